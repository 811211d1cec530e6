"""Rows for pages and API answers. Everything is limited to a conference that the caller may see, or to one attendee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.followup.domain import Relationship
from services.followup.domain.outcomes import Met, Outcomes, count
from services.followup.policies import CHECK_INS
from services.followup.tables import pairs, questions
from shared import attendees
from shared.contracts import ConferencePublished
from shared.tables import known_attendees


def relationship_rows(
    connection: Connection, conference: ConferencePublished, after: str, limit: int
) -> Sequence[Row[Any]]:
    """Pairs that met, in the order in which they became known; up to `limit + 1`."""
    behind = int(after) if after.isdigit() else 0
    query = select(pairs).where(pairs.c.conference == conference.conference, pairs.c.started, pairs.c.number > behind)
    return connection.execute(query.order_by(pairs.c.number).limit(limit + 1)).all()


def as_json(pair: Relationship | Row[Any]) -> dict[str, Any]:
    """A pair as an organizer may know it, from its row or as it is in hand."""
    known = pair if isinstance(pair, Relationship) else _pair_of(pair)
    return {
        "id": known.id,
        "mentor": known.mentor,
        "mentee": known.mentee,
        "status": known.status,
        "history": [
            {"state": state, "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z")} for state, at in known.history
        ],
    }


def _pair_of(row: Row[Any]) -> Relationship:
    names = ("id", "account", "conference", "mentor", "mentee", "met_at", "continued_at", "ended_at", "lapsed_at")
    contacted = {question: datetime.fromisoformat(at) for question, at in row.contacted.items()}
    return Relationship(**{name: getattr(row, name) for name in names}, contacted=contacted)


def in_round(connection: Connection, attendee: str, number: int) -> Sequence[tuple[str, str]]:
    """(relationship, question) of what she was asked in this mail."""
    query = select(questions.c.relationship, questions.c.question)
    mine = questions.c.attendee == attendee, questions.c.round == number
    return [(row.relationship, row.question) for row in connection.execute(query.where(*mine))]


def outcomes(connection: Connection, conference: ConferencePublished) -> Outcomes:
    """What became of all introductions of a conference, as of now."""
    here = pairs.c.conference == conference.conference
    facts = (pairs.c.introduced_at, pairs.c.accepted_at, pairs.c.met_at, pairs.c.continued_at)
    found = [
        Met(
            id=row.id,
            mentor=row.mentor,
            mentee=row.mentee,
            introduced=row.introduced_at is not None,
            accepted=row.accepted_at is not None,
            met=row.met_at is not None,
            continued=row.continued_at is not None,
        )
        for row in connection.execute(select(pairs.c.id, pairs.c.mentor, pairs.c.mentee, *facts).where(here))
    ]
    said = (
        select(questions.c.relationship, questions.c.attendee, questions.c.question, questions.c.answer)
        .join(pairs, pairs.c.id == questions.c.relationship)
        .where(here, questions.c.question.in_(CHECK_INS), questions.c.answer.is_not(None))
    )
    states = attendees.states(connection, conference.conference)
    counted = {state["attendee"] for state in states if state["consents"]["statistics"]}
    came = select(func.count(), func.count(known_attendees.c.first_checked_in_at)).where(
        known_attendees.c.conference == conference.conference
    )
    registered, checked_in = connection.execute(came).one()
    answers = [(row.relationship, row.attendee, row.question, row.answer) for row in connection.execute(said)]
    return count(found, answers, counted, registered, checked_in)


def asked(connection: Connection, conference: ConferencePublished) -> frozenset[str]:
    """The questions that were put to anybody by now."""
    query = (
        select(questions.c.question)
        .join(pairs, pairs.c.id == questions.c.relationship)
        .where(pairs.c.conference == conference.conference, questions.c.asked_at.is_not(None))
    )
    return frozenset(connection.execute(query.distinct()).scalars())


def outcomes_json(found: Outcomes) -> dict[str, Any]:
    """The outcomes to the letter of the fixed interface, and what stands apart beside it."""
    people, pairs_ = found.people, found.pairs
    return {
        "people": {
            "registered": people.registered,
            "checked_in": people.checked_in,
            "introduced": people.introduced,
            "accepted": people.accepted,
            "met": people.met,
            "in_touch": dict(people.in_touch),
        },
        "pairs": {
            "introduced": pairs_.introduced,
            "accepted": pairs_.accepted,
            "met": pairs_.met,
            "continued": pairs_.continued,
            "in_touch": {
                question: {"yes": parts.yes, "no": parts.no, "unknown": parts.unknown}
                for question, parts in pairs_.in_touch.items()
            },
            "apart": {
                question: {"wrote": parts.wrote, "complete": parts.complete}
                for question, parts in pairs_.in_touch.items()
            },
        },
    }
