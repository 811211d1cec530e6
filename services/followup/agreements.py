"""Loads and saves what the two of a pair write to each other, and forgets it. No rules here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, func, insert, select, update

from services.followup.agreement_tables import agreements, feedback, hours, talks, thanks, year_cards
from services.followup.domain.agreement import Agreement, Wishes
from services.followup.domain.came_of import CameOf
from services.followup.domain.notes import Feedback, Note
from services.followup.domain.talks import Hours, Talk
from shared.database import unless_known
from shared.work import Work

OF_PAIRS: tuple[Table, ...] = (agreements, feedback, thanks, hours, talks)
"""Everything that goes with a pair when one of the two goes."""
CARD_DUE = year_cards.c.due_at <= bindparam("now")
NEW_CARD = unless_known(year_cards, "relationship", "attendee")


def agreement(connection: Connection, relationship: str) -> Agreement:
    """What the two expect of each other, as they last wrote it."""
    row = connection.execute(select(agreements).where(agreements.c.relationship == relationship)).first()
    if row is None:
        return Agreement(relationship=relationship)
    return Agreement(
        relationship=relationship,
        wishes=Wishes(
            often=row.often,
            lasts=row.lasts,
            goals=tuple(goal for goal in (row.goal, row.second_goal) if goal is not None),
            not_for=row.not_for,
        ),
        revision=row.revision,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        fine_at=row.fine_at,
    )


def save_agreement(after: Agreement, work: Work) -> None:
    """Keep this version in place of the one before; the pair is locked."""
    goals = (*after.wishes.goals, None, None)
    values = {
        "often": after.wishes.often,
        "lasts": after.wishes.lasts,
        "goal": goals[0],
        "second_goal": goals[1],
        "not_for": after.wishes.not_for,
        "revision": after.revision,
        "changed_by": after.changed_by,
        "changed_at": after.changed_at,
        "fine_at": after.fine_at,
    }
    _put(agreements, {"relationship": after.relationship}, values, work)


def feedback_of(connection: Connection, relationship: str) -> dict[str, Feedback]:
    """What each of the two said to the other, by who wrote it."""
    rows = connection.execute(select(feedback).where(feedback.c.relationship == relationship))
    return {row.attendee: Feedback(helped=row.helped, wish=row.wish, at=row.at) for row in rows}


def save_feedback(relationship: str, attendee: str, said: Feedback | None, work: Work) -> None:
    """Keep what she says in place of what she said; None takes it back."""
    key = {"relationship": relationship, "attendee": attendee}
    if said is None:
        mine = feedback.c.relationship == relationship, feedback.c.attendee == attendee
        work.connection.execute(delete(feedback).where(*mine))
    else:
        _put(feedback, key, {"helped": said.helped, "wish": said.wish, "at": said.at}, work)


def note_of_thanks(connection: Connection, relationship: str) -> Note | None:
    """The mentee's newest note."""
    row = connection.execute(select(thanks).where(thanks.c.relationship == relationship)).first()
    return None if row is None else Note(text=row.text, at=row.at, month=row.month)


def save_note(relationship: str, note: Note, work: Work) -> None:
    """Keep the newest note in place of the one before."""
    _put(thanks, {"relationship": relationship}, {"text": note.text, "at": note.at, "month": note.month}, work)


def hours_of(connection: Connection, relationship: str) -> dict[str, Hours]:
    """When each of the two works, of those who said so."""
    rows = connection.execute(select(hours).where(hours.c.relationship == relationship))
    return {row.attendee: Hours(zone=row.zone, starts=row.starts, ends=row.ends) for row in rows}


def save_hours(relationship: str, attendee: str, said: Hours, work: Work) -> None:
    """When she works, from now on."""
    _put(hours, {"relationship": relationship, "attendee": attendee}, vars(said), work)


def talk(connection: Connection, relationship: str) -> Talk | None:
    """The talk that they chose."""
    row = connection.execute(select(talks).where(talks.c.relationship == relationship)).first()
    return None if row is None else Talk(**{item.name: getattr(row, item.name) for item in fields(Talk)})


def save_talk(relationship: str, chosen: Talk, work: Work) -> None:
    """What they chose, in place of what they chose before."""
    _put(talks, {"relationship": relationship}, vars(chosen), work)


def plan_card(relationship: str, attendee: str, conference: str, at: datetime, work: Work) -> None:
    """She is to be asked what came of it; asking for it again changes nothing."""
    key = {"relationship": relationship, "attendee": attendee}
    values = {"conference": conference, "due_at": at, "codes": [], "quote": False}
    work.connection.execute(NEW_CARD[work.dialect], {**key, **values})


def count_cards(connection: Connection, now: datetime) -> int:
    """How many cards are due."""
    return connection.execute(select(func.count()).select_from(year_cards).where(CARD_DUE), {"now": now}).scalar_one()


def whose_card(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Attendees of whom a card is due."""
    query = select(year_cards.c.attendee).where(CARD_DUE).distinct().order_by(year_cards.c.attendee).limit(limit)
    return connection.execute(query, {"now": now}).scalars().all()


def due_cards(connection: Connection, attendee: str, now: datetime) -> Sequence[str]:
    """The pairs about which she is to be asked now."""
    query = select(year_cards.c.relationship).where(year_cards.c.attendee == attendee, CARD_DUE)
    return connection.execute(query, {"now": now}).scalars().all()


def take_card(relationship: str, attendee: str, work: Work) -> bool:
    """Mark it as done; False where somebody else did. The pair is locked."""
    due = update(year_cards).where(*_card(relationship, attendee), CARD_DUE).values(due_at=None)
    return work.connection.execute(due, {"now": work.now}).rowcount == 1


def ask_card(relationship: str, attendee: str, work: Work) -> None:
    """She is asked about this pair."""
    work.connection.execute(update(year_cards).where(*_card(relationship, attendee)).values(asked_at=work.now))


def cards_of(connection: Connection, attendee: str) -> list[CameOf]:
    """What she was asked, and said."""
    query = select(year_cards).where(year_cards.c.attendee == attendee, year_cards.c.asked_at.is_not(None))
    return [_came_of(row) for row in connection.execute(query.order_by(year_cards.c.relationship))]


def save_card(card: CameOf, work: Work) -> None:
    """What she says, in place of what she said."""
    values = {
        "codes": list(card.codes),
        "sentence": card.sentence,
        "quote": card.quote,
        "answered_at": card.answered_at,
    }
    mine = _card(card.relationship, card.attendee)
    work.connection.execute(update(year_cards).where(*mine).values(**values))


def cards_at(connection: Connection, conference: str) -> list[CameOf]:
    """What everybody who was asked at a conference said; for counting, and for what may be quoted."""
    query = select(year_cards).where(year_cards.c.conference == conference, year_cards.c.asked_at.is_not(None))
    return [_came_of(row) for row in connection.execute(query.order_by(year_cards.c.relationship))]


def _card(relationship: str, attendee: str) -> tuple[ColumnElement[bool], ...]:
    return year_cards.c.relationship == relationship, year_cards.c.attendee == attendee


def _came_of(row: Row[Any]) -> CameOf:
    return CameOf(
        relationship=row.relationship,
        attendee=row.attendee,
        codes=tuple(row.codes),
        sentence=row.sentence,
        quote=row.quote,
        answered_at=row.answered_at,
    )


def forget(relationships: Collection[str], work: Work) -> None:
    """Nothing that the two wrote is kept, whoever of them wrote it, and nobody is asked. Codes stay for the count."""
    if relationships:
        for table in OF_PAIRS:
            work.connection.execute(delete(table).where(table.c.relationship.in_(list(relationships))))
        cards = update(year_cards).where(year_cards.c.relationship.in_(list(relationships)))
        work.connection.execute(cards.values(sentence=None, quote=False, due_at=None))


def _put(table: Table, key: Mapping[str, object], values: Mapping[str, object], work: Work) -> None:
    """The row of this key as it now is; its pair is locked, so that nobody else adds it at this moment."""
    mine = [table.c[name] == value for name, value in key.items()]
    if work.connection.execute(update(table).where(*mine).values(**values)).rowcount == 0:
        work.connection.execute(insert(table), {**key, **values})
