"""Loads and saves what the two of a pair write to each other, and forgets it. No rules here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields

from sqlalchemy import Connection, Table, delete, insert, select, update

from services.followup.agreement_tables import agreements, feedback, hours, talks, thanks
from services.followup.domain.agreement import Agreement, Wishes
from services.followup.domain.notes import Feedback, Note
from services.followup.domain.talks import Hours, Talk
from shared.work import Work

OF_PAIRS: tuple[Table, ...] = (agreements, feedback, thanks, hours, talks)
"""Everything that goes with a pair when one of the two goes."""


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


def forget(relationships: Collection[str], work: Work) -> None:
    """Nothing that the two wrote to each other is kept, whoever of them wrote it."""
    if relationships:
        for table in OF_PAIRS:
            work.connection.execute(delete(table).where(table.c.relationship.in_(list(relationships))))


def _put(table: Table, key: Mapping[str, object], values: Mapping[str, object], work: Work) -> None:
    """The row of this key as it now is; its pair is locked, so that nobody else adds it at this moment."""
    mine = [table.c[name] == value for name, value in key.items()]
    if work.connection.execute(update(table).where(*mine).values(**values)).rowcount == 0:
        work.connection.execute(insert(table), {**key, **values})
