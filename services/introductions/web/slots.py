"""The times of somebody's days, as she may keep them free. Changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from services.introductions import store
from services.introductions.domain import OPEN
from shared import dates
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.days import local_time, slot_day


class Time(NamedTuple):
    """A slot of somebody's as her day offers to keep it free."""

    slot: str
    starts: str
    is_kept: bool
    meeting: str
    """`proposed` or `accepted`, where she has one."""


def of_days(
    state: AttendeeEvent,
    conference: ConferencePublished | None,
    connection: Connection,
    now: datetime,
    *,
    free: str = "",
    again: str = "",
) -> list[tuple[str, list[Time]]]:
    """(day in words, its slots that have not begun) of every day. What she said a moment ago, to keep one `free` or to be
    there `again`, may not be heard yet."""
    if conference is None:
        return []
    every = store.of_attendee(connection, state.attendee)
    meetings = {item.place.slot: item.status for item in every if item.status in OPEN}
    found: dict[str, list[Time]] = {}
    for slot in conference.slots:
        if slot.starts_at > now:
            kept = state.available is not None and slot.id not in state.available
            kept = slot.id == free or (kept and slot.id != again)
            time = Time(slot.id, local_time(conference, slot.starts_at), kept, meetings.get(slot.id, ""))
            found.setdefault(dates.weekday_and_day(slot_day(slot.id)), []).append(time)
    return list(found.items())
