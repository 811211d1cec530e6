"""A day of a conference as the planner counts it: slots by number, what somebody can still give or wish for in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.introductions.planner import Point, Time
from services.introductions.policies import Groups, groups_of
from shared.contracts import ConferencePublished
from shared.contracts.conference import Slot
from shared.days import local_day, slot_day

AFTERNOON = 13
MINUTE = timedelta(minutes=1)


@dataclass
class Day:
    """A day's slots by id, and which of them can still be given."""

    conference: ConferencePublished
    slots: list[Slot]
    times: tuple[Time, ...]
    number: dict[str, int]
    open: int
    all: int
    first_half_ends: datetime
    groups: Groups
    halves: int = 2
    """Half-days, over all its days."""


def day_of(conference: ConferencePublished, day: date, earliest: datetime) -> Day:
    """The slots of a day; open are those that begin at `earliest` or later."""
    return days_of(conference, (day,), earliest)


def days_of(conference: ConferencePublished, days: Sequence[date], earliest: datetime) -> Day:
    """The slots of several days as if they were one; open are those that begin at `earliest` or later."""
    slots = [slot for slot in conference.slots if slot_day(slot.id) in days]
    zone = ZoneInfo(conference.timezone)
    change = timedelta(minutes=conference.change_minutes)
    times: list[Time] = []
    position = 0
    for number, slot in enumerate(slots):
        if number:
            position += 1 if slot.starts_at - slots[number - 1].ends_at <= change else 2
        half = 2 * days.index(slot_day(slot.id)) + (slot.starts_at.astimezone(zone).hour >= AFTERNOON)
        starts, ends = (round((at - slots[0].starts_at) / MINUTE) for at in (slot.starts_at, slot.ends_at))
        times.append(Time(id=slot.id, position=position, half=half, starts=starts, ends=ends))
    return Day(
        conference=conference,
        slots=slots,
        times=tuple(times),
        number={slot.id: number for number, slot in enumerate(slots)},
        all=(1 << len(slots)) - 1,
        open=sum(1 << number for number, slot in enumerate(slots) if slot.starts_at >= earliest),
        first_half_ends=slots[(len(slots) - 1) // 2].ends_at if slots else earliest,
        groups=groups_of(conference.topics),
        halves=2 * len(days),
    )


def has_open_slots(conference: ConferencePublished, now: datetime) -> bool:
    """Whether anything can still be proposed today."""
    return bool(day_of(conference, local_day(conference, now), now + lead(conference)).open)


def lead(conference: ConferencePublished) -> timedelta:
    return timedelta(minutes=conference.policy.propose_minutes_before_slot)


def points_of(conference: ConferencePublished) -> tuple[Point, ...]:
    """Its meeting points, and what there is to know of the way."""
    return tuple(
        Point(code=point.code, step_free=point.step_free, quiet=point.quiet, walk=point.walk_minutes)
        for point in conference.meeting_points
    )


def has_ways(conference: ConferencePublished) -> bool:
    """Whether it takes any time from one meeting point to another."""
    return any(point.walk_minutes for point in conference.meeting_points)


def places(conference: ConferencePublished) -> tuple[tuple[str, int], ...]:
    return tuple((point.code, number) for point in conference.meeting_points for number in range(1, point.tables + 1))
