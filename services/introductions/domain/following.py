"""What becomes of a meeting when its conference is published anew: it moves along with what was announced on the day, or has
no place any more. Pure: (meeting, conference before and after, now) -> the meeting as it then is, and the events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from services.introductions.domain.at_the_table import EARLY
from services.introductions.domain.introduction import Introduction, Place
from shared.announced import delay_of
from shared.contracts import ConferencePublished, IntroductionAccepted, IntroductionMoved
from shared.contracts.introduction import PlacedIntroductionEvent

News = Literal["late", "elsewhere"]
TIME_TO_ANSWER = timedelta(minutes=5)
"""A hold that moves to an earlier time leaves at least so much of it."""


def place_in(place: Place, before: ConferencePublished | None, after: ConferencePublished) -> Place | None:
    """The place as the conference now has it; None where its time or its table is gone."""
    later = delay_of(after.delays, place.slot) - delay_of(before.delays if before else (), place.slot)
    moved = replace(place, starts_at=place.starts_at + later, ends_at=place.ends_at + later)
    slot = next((slot for slot in after.slots if slot.id == place.slot), None)
    tables = next((point.tables for point in after.meeting_points if point.code == place.meeting_point), 0)
    # One that was found for somebody who waited begins within its slot.
    still_there = slot is not None and slot.ends_at == moved.ends_at and slot.starts_at <= moved.starts_at
    return moved if still_there and place.table <= tables else None


def news_of(
    introduction: Introduction, place: Place, before: ConferencePublished | None, after: ConferencePublished
) -> News | None:
    """What both are told: that it starts at another time, or that its meeting point is somewhere else."""
    if place.starts_at != introduction.place.starts_at:
        return "late"
    code = place.meeting_point
    found = [
        [(point.name, point.landmark) for point in one.meeting_points if point.code == code]
        for one in (before or after, after)
    ]
    return None if found[0] == found[1] else "elsewhere"


def go_along(
    introduction: Introduction, place: Place, now: datetime
) -> tuple[Introduction, tuple[PlacedIntroductionEvent, ...]]:
    """At its new time, with every word that was said and every link as they were; calendars hear of it. A meeting that both
    agreed on is moved and agreed on in one go."""
    later = place.starts_at - introduction.place.starts_at
    new = replace(introduction, version=introduction.version + 1, sequence=introduction.sequence + 1)
    if not later:
        return new, ()
    still = now >= place.starts_at - EARLY
    new = replace(
        new,
        place=place,
        hold_until=_held(introduction, place, later, now),
        here=introduction.here if still else {},
        late={side: until for side, until in introduction.late.items() if until > place.starts_at},
        alone_until=introduction.alone_until + later if still and introduction.alone_until else None,
    )
    moved = IntroductionMoved(**new.facts(now), **vars(place), hold_until=new.hold_until)
    if new.status != "accepted":
        return new, (moved,)
    new = replace(new, version=new.version + 1)
    return new, (moved, IntroductionAccepted(**new.facts(now), **vars(place)))


def _held(introduction: Introduction, place: Place, later: timedelta, now: datetime) -> datetime:
    """The hold moves along; to an earlier time it leaves a while to answer, and never goes past the start."""
    return min(max(introduction.hold_until + later, now + TIME_TO_ANSWER), place.starts_at)
