"""Totals of a conference, kept up to date. Whoever changes a pair or an attendee notes that in the same transaction, and
waits for nobody; one at a time then counts anew what was noted. No rules here."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, select, text

from services.followup.domain.tallying import Change
from services.followup.tables import counted_pairs, counted_people, pairs, particulars, recounts, totals
from shared.contracts import IntroductionGoalAgreed, IntroductionProposed
from shared.database import adding, replacing
from shared.tables import known_attendees
from shared.work import Work

NOTE = insert(recounts)
NOTED = select(func.count()).select_from(recounts)


PAIRS, PEOPLE = replacing(counted_pairs, "id"), replacing(counted_people, "attendee")
ADD = adding(totals, "count")
PROPOSED = replacing(particulars, "pair", "topics", "chance")
AGREED = replacing(particulars, "pair", "goal_seen", "goal_by")


def note_pair(pair: str, work: Work) -> None:
    """It is to be counted anew."""
    work.later(NOTE, {"kind": "pair", "id": pair})


def note_attendee(attendee: str, work: Work) -> None:
    """She and her pairs are to be counted anew."""
    work.later(NOTE, {"kind": "attendee", "id": attendee})


def note_conference(conference: str, work: Work) -> None:
    """All its pairs are to be counted anew."""
    its = select(pairs.c.id).where(pairs.c.conference == conference)
    for pair in work.connection.execute(its).scalars().all():
        note_pair(pair, work)


def count_noted(connection: Connection) -> int:
    """How much is to be counted anew."""
    return connection.execute(NOTED).scalar_one()


def alone(work: Work) -> None:
    """From here to the end of the transaction nobody else counts. SQLite has one writer anyway."""
    if work.dialect == "postgresql":
        work.connection.execute(text("LOCK TABLE totals IN SHARE ROW EXCLUSIVE MODE"))


def keep(change: Change, work: Work) -> None:
    """Pairs, people and totals as they are from now on."""
    connection = work.connection
    if change.pairs:
        connection.execute(PAIRS[work.dialect], [dict(vars(pair)) for pair in change.pairs])
    if change.people:
        connection.execute(PEOPLE[work.dialect], [dict(vars(person)) for person in change.people])
    if change.cells:
        rows = [
            {"conference": conference, "what": what, "value": value, "letters": letters, "count": by}
            for (conference, (what, value, letters)), by in sorted(change.cells.items())
        ]
        connection.execute(ADD[work.dialect], rows)


def done(numbers: Collection[int], work: Work) -> None:
    """What was noted is counted."""
    work.connection.execute(delete(recounts).where(recounts.c.number.in_(list(numbers))))


def forget_totals(conference: str, work: Work) -> None:
    """As if nothing of this conference had been counted."""
    for table in (totals, counted_pairs, counted_people):
        work.connection.execute(delete(table).where(table.c.conference == conference))


def everything_of(conference: str, work: Work) -> tuple[list[str], list[str]]:
    """(pairs, attendees) of a conference, by their ids."""
    its = select(pairs.c.id).where(pairs.c.conference == conference).order_by(pairs.c.number)
    hers = select(known_attendees.c.attendee).where(known_attendees.c.conference == conference)
    execute = work.connection.execute
    return list(execute(its).scalars()), list(execute(hers.order_by(known_attendees.c.attendee)).scalars())


def remember_proposal(event: IntroductionProposed, work: Work) -> None:
    """What spoke for the two; a meeting is proposed once."""
    topics: Iterable[str] = {reason.code[:64] for reason in event.reasons if reason.kind == "topic"}
    values = {"topics": sorted(topics), "chance": event.probability if event.drawn else None}
    pair = {"pair": event.introduction, "conference": event.conference}
    work.connection.execute(PROPOSED[work.dialect], {**pair, **values})


def remember_goal(event: IntroductionGoalAgreed, work: Work) -> None:
    """The newest goal card of the two: its day and nothing else."""
    mine = particulars.c.pair == event.introduction
    seen = work.connection.execute(select(particulars.c.goal_seen).where(mine)).scalar()
    if seen is None or seen < event.version:
        goal = {"goal_seen": event.version, "goal_by": event.by}
        pair = {"pair": event.introduction, "conference": event.conference}
        work.connection.execute(AGREED[work.dialect], {**pair, **goal})
        note_pair(event.introduction, work)
