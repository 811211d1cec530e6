"""The pairs that organizers want to meet, or keep apart. It reads; `store.drafts` writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from services.introductions.tables import wanted_pairs as table

OF = (
    select(table.c.mentor, table.c.mentee, table.c.kind)
    .where(table.c.conference == bindparam("conference"))
    .order_by(table.c.at, table.c.mentor, table.c.mentee)
)


@dataclass(frozen=True)
class Wanted:
    """(mentor, mentee) pairs, oldest first."""

    pins: tuple[tuple[str, str], ...] = ()
    bans: tuple[tuple[str, str], ...] = ()
    apart: dict[str, frozenset[str]] = field(default_factory=dict)
    """Attendee -> whom she is kept apart from, either way."""


def wanted(connection: Connection, conference: str) -> Wanted:
    """Of a conference."""
    rows = connection.execute(OF, {"conference": conference}).all()
    pins, bans = (tuple((mentor, mentee) for mentor, mentee, is_ in rows if is_ == kind) for kind in ("pin", "ban"))
    apart: dict[str, set[str]] = defaultdict(set)
    for mentor, mentee in bans:
        apart[mentor].add(mentee)
        apart[mentee].add(mentor)
    return Wanted(pins, bans, {name: frozenset(others) for name, others in apart.items()})
