"""Pairs whose day on the goal card has passed, and who of them may get a word about it. What they agreed on is not here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, select

from services.followup.domain.goals import PassedPair
from services.followup.policies import CHECK_INS, IN_TOUCH
from services.followup.tables import pairs, particulars, questions, steps, stops
from shared import attendees
from shared.contracts import ConferencePublished

TOLD = "goal_passed"
"""The step of somebody who got a word about a pair's day; it is done from the beginning."""


def passed(connection: Connection, conference: ConferencePublished, today: date) -> Sequence[PassedPair]:
    """All pairs that met and whose day is over, in the order of their ids."""
    its = particulars.c.conference == conference.conference, particulars.c.goal_by < today
    where = (pairs.c.id == particulars.c.pair, pairs.c.met_at.is_not(None), *its)
    counted = {
        state["attendee"]
        for state in attendees.states(connection, conference.conference)
        if state["consents"]["statistics"]
    }
    said = select(questions.c.relationship, questions.c.attendee).where(
        questions.c.relationship == pairs.c.id,
        *where,
        questions.c.question.in_(CHECK_INS),
        questions.c.answer.in_(IN_TOUCH),
    )
    contact = {row.relationship for row in connection.execute(said) if row.attendee in counted}
    columns = ("id", "mentor", "mentee", "continued_at", "ended_at", "lapsed_at", "cause")
    found = connection.execute(select(*(pairs.c[name] for name in columns)).where(*where).order_by(pairs.c.id))
    return [
        PassedPair(
            id=row.id,
            mentor=row.mentor,
            mentee=row.mentee,
            contact=row.id in contact,
            complete=row.cause == "complete" and row.id not in contact,
            exchanged=row.continued_at is not None,
            over=row.ended_at is not None or row.lapsed_at is not None,
        )
        for row in found
    ]


def to_write_to(
    connection: Connection, conference: ConferencePublished, found: Iterable[PassedPair]
) -> dict[str, list[str]]:
    """Attendee -> those of her pairs that she has not got a word about, for everybody who may be written to."""
    told = select(steps.c.relationship, steps.c.attendee).where(
        steps.c.step == TOLD, steps.c.relationship == pairs.c.id
    )
    done = {tuple(row) for row in connection.execute(told.where(pairs.c.conference == conference.conference))}
    stopped = set(connection.execute(select(stops.c.attendee)).scalars())
    agreed = {
        state["attendee"]
        for state in attendees.states(connection, conference.conference)
        if state["consents"]["follow_up"] and state["status"] != "withdrawn"
    }
    whom: dict[str, list[str]] = {}
    for pair in found:
        if not pair.may_be_written_to:
            continue
        for attendee in (pair.mentor, pair.mentee):
            if attendee in agreed - stopped and (pair.id, attendee) not in done:
                whom.setdefault(attendee, []).append(pair.id)
    return whom


def goal_days(connection: Connection, relationships: Iterable[str]) -> dict[str, date]:
    """Pair -> the day on its goal card."""
    which = particulars.c.pair.in_(list(relationships)), particulars.c.goal_by.is_not(None)
    return {row.pair: row.goal_by for row in connection.execute(select(particulars).where(*which))}
