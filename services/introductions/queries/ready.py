"""Who wants none at the moment, who can be asked at short notice, who comes only later: which slots are not for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.introductions.domain.holding import SHORT
from services.introductions.queries.allowance import unmailed
from services.introductions.queries.day import Day
from services.introductions.tables import free_now, late, paused

RESTING = select(paused.c.attendee).where(paused.c.conference == bindparam("conference"))
FREE_NOW = select(free_now.c.attendee).where(
    free_now.c.conference == bindparam("conference"), free_now.c.until > bindparam("now")
)
LATE = select(late.c.attendee, late.c.until).where(
    late.c.conference == bindparam("conference"), late.c.until > bindparam("now")
)


@dataclass
class Ready:
    """What is known of people's readiness at one moment."""

    resting: frozenset[str] = frozenset()
    free_now: frozenset[str] = frozenset()
    near: int = 0
    """Slots that begin so soon that only who is free now is asked: a hold of minutes would die in somebody's talk."""
    before: Mapping[str, int] = field(default_factory=dict)
    """The slots that begin before somebody comes."""
    unmailed: frozenset[str] = frozenset()
    """People (not attendees) who get no more mails today."""

    def reached(self, state: Mapping[str, Any]) -> bool:
        """Whether she would hear of a proposal before it is over: by mail, or because she looks at her day."""
        return state["person"] not in self.unmailed or state["attendee"] in self.free_now

    def closed(self, attendee: str) -> int:
        """The slots that are not for her."""
        return (0 if attendee in self.free_now else self.near) | self.before.get(attendee, 0)


def ready_of(connection: Connection, day: Day, now: datetime, *, reached: bool = True) -> Ready:
    """Everybody of the day's conference. Without `reached` it is not asked who gets no more mails: that was looked at a
    moment ago, or does not matter."""
    asked = {"conference": day.conference.conference, "now": now}
    late_ones = connection.execute(LATE, asked).all()
    return Ready(
        resting=frozenset(connection.execute(RESTING, asked).scalars()),
        free_now=frozenset(connection.execute(FREE_NOW, asked).scalars()),
        near=near(day, now),
        before={row.attendee: _before(day, row.until) for row in late_ones},
        unmailed=unmailed(connection, day.conference, now) if reached else frozenset(),
    )


def near(day: Day, now: datetime) -> int:
    """The slots that are still open and begin so soon that a proposal is held for minutes only."""
    least = timedelta(minutes=day.conference.policy.hold_ends_minutes_before_slot + SHORT[0])
    return day.open & _before(day, now + least)


def _before(day: Day, moment: datetime) -> int:
    return sum(1 << number for number, slot in enumerate(day.slots) if slot.starts_at < moment)
