"""Rows for pages and API answers. Everything is limited to a conference that the caller may see, or to one attendee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from services.followup.domain import Relationship
from services.followup.queries.details_json import details_json
from services.followup.queries.funnels_json import funnels_json
from services.followup.queries.tallies import totals_of
from services.followup.queries.told import funnels, told, told_beside
from services.followup.tables import pairs, questions
from shared.contracts import ConferencePublished

__all__ = [
    "as_json",
    "details_json",
    "funnels",
    "funnels_json",
    "in_round",
    "relationship_rows",
    "told",
    "told_beside",
    "totals_of",
]


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
