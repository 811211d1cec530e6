"""Calendar entries for meetings (RFC 5545). Neutral titles, no token, no goal: calendars are shared with employers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar as ICalendar
from icalendar import Event as IEvent
from icalendar import Timezone, vRecur

from shared.mail.message import Calendar


@lru_cache(maxsize=64)
def event_ics(
    *,
    uid_object: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    summary: str,
    location: str,
    now: datetime,
    confirmed: bool = False,
    cancelled: bool = False,
) -> Calendar:
    """One entry: the same UID for the life of the object, a rising SEQUENCE, METHOD PUBLISH or CANCEL. Kept for a
    while, since both people get the same one."""
    zone = ZoneInfo(timezone)
    entry = IEvent()
    entry.add("uid", f"intro-{uid_object}@rapport")
    entry.add("sequence", sequence)
    entry.add("dtstamp", now)
    entry.add("dtstart", starts_at.astimezone(zone))
    entry.add("dtend", ends_at.astimezone(zone))
    entry.add("summary", summary)
    entry.add("location", location)
    entry.add("class", "PRIVATE")
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED" if confirmed else "TENTATIVE")
    entry.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    method = "CANCEL" if cancelled else "PUBLISH"
    return Calendar(method=method, text=_written(entry, method, starts_at.year))


def talks_ics(
    *,
    uid_object: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    summary: str,
    rule: str,
    now: datetime,
) -> Calendar:
    """A talk that comes again by a rule (the value of an RRULE, RFC 5545, 3.3.10; empty: it comes once): the same UID as
    long as the two of a pair talk, a rising SEQUENCE."""
    zone = ZoneInfo(timezone)
    entry = IEvent()
    entry.add("uid", f"pair-{uid_object}@rapport")
    entry.add("sequence", sequence)
    entry.add("dtstamp", now)
    entry.add("dtstart", starts_at.astimezone(zone))
    entry.add("dtend", ends_at.astimezone(zone))
    if rule:
        entry.add("rrule", vRecur.from_ical(rule))
    entry.add("summary", summary)
    entry.add("class", "PRIVATE")
    entry.add("status", "CONFIRMED")
    entry.add("transp", "OPAQUE")
    return Calendar(method="PUBLISH", text=_written(entry, "PUBLISH", starts_at.year), name="talks.ics")


def _written(entry: IEvent, method: str, year: int) -> str:
    """A calendar of one entry, as text, with the rules of its zone around that year."""
    calendar = ICalendar()
    calendar.add("prodid", "-//Rapport//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    zones = "".join(_zone(name, year) for name in sorted(calendar.get_missing_tzids()))
    return str(calendar.to_ical().decode().replace("BEGIN:VEVENT", zones + "BEGIN:VEVENT", 1))


def feed_ics(name: str, entries: Sequence[Calendar]) -> str:
    """A calendar to subscribe to, of entries that `event_ics` made: put together as text, since reading each of them anew
    takes longer than the whole page that asks for it."""
    whole = ICalendar()
    whole.add("prodid", "-//Rapport//Meetings//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", name)
    head, end, _rest = str(whole.to_ical().decode()).partition("END:VCALENDAR")
    zones: dict[str, str] = {}
    events = []
    for entry in entries:
        before, begin, event = entry.text.partition("BEGIN:VEVENT")
        for zone in before.split("BEGIN:VTIMEZONE")[1:]:
            zones.setdefault(zone.partition("TZID:")[2].partition("\r\n")[0], "BEGIN:VTIMEZONE" + zone)
        events.append(begin + event.partition(end)[0])
    return "".join((head, *zones.values(), *events, end, "\r\n"))


@lru_cache(maxsize=32)
def _zone(name: str, year: int) -> str:
    """The zone's rules around a year, as they are written. Kept, since the library takes longer for them than for the
    whole mail."""
    zone = Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    return str(zone.to_ical().decode())
