"""Days and hours as a conference's own zone has them. Pure: the present comes in as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from shared.contracts import ConferencePublished


def at_local(conference: ConferencePublished, day: date, hhmm: str) -> datetime:
    """A local time `HH:MM` of a day at the conference, as UTC. A time that the clocks skip is taken an hour later."""
    hour, minute = (int(part) for part in hhmm.split(":"))
    return datetime.combine(day, time(hour, minute), ZoneInfo(conference.timezone)).astimezone(UTC)


def first_midnight(conference: ConferencePublished) -> datetime:
    """When check-in opens: midnight of the first day in the conference's zone, as UTC."""
    return at_local(conference, conference.days[0].date, "00:00")


def local_day(conference: ConferencePublished, now: datetime) -> date:
    """The date at the conference."""
    return now.astimezone(ZoneInfo(conference.timezone)).date()


def local_time(conference: ConferencePublished, moment: datetime) -> str:
    """`HH:MM` at the conference."""
    return f"{moment.astimezone(ZoneInfo(conference.timezone)):%H:%M}"


def slot_day(slot_id: str) -> date:
    """The local date of a slot, which its id says."""
    return date(int(slot_id[:4]), int(slot_id[4:6]), int(slot_id[6:8]))
