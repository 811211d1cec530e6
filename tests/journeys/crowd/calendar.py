"""A calendar program as RFC 5546 has it: of one UID the highest SEQUENCE counts, the later DTSTAMP among equals. Pure, and of
its own: it shares no code with what writes the entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Entry = tuple[datetime, datetime]
"""(begin, end)."""


@dataclass
class Calendar:
    """What a calendar program holds by the mails it was given."""

    entries: dict[str, Entry] = field(default_factory=dict)
    _newest: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, text: str) -> str:
        """What came in a mail; the UID of its entry, or nothing."""
        uid = ""
        for event in events(text):
            uid, rank = event["UID"], (int(event["SEQUENCE"]), event["DTSTAMP"])
            if uid in self._newest and rank < self._newest[uid]:
                continue
            self._newest[uid] = rank
            if event["METHOD"] == "CANCEL":
                self.entries.pop(uid, None)
            else:
                self.entries[uid] = when(event)
        return uid


def introduction_of(uid: str) -> str:
    """The id of the introduction whose entry this is."""
    return uid.removeprefix("intro-").removesuffix("@rapport")


def subscribed(text: str) -> dict[str, Entry]:
    """What a program shows that reads a whole calendar."""
    return {event["UID"]: when(event) for event in events(text)}


def events(text: str) -> Iterator[Mapping[str, str]]:
    """Every entry's properties by name (parameters kept behind a `;`), with the calendar's METHOD."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    method = next((line[7:] for line in lines if line.startswith("METHOD:")), "")
    found: dict[str, str] | None = None
    for line in lines:
        if line == "BEGIN:VEVENT":
            found = {"METHOD": method}
        elif line == "END:VEVENT" and found is not None:
            yield found
            found = None
        elif found is not None:
            name, _, value = line.partition(":")
            found[name.partition(";")[0]] = value if ";" not in name else f"{name.partition(';')[2]}:{value}"


def when(event: Mapping[str, str]) -> Entry:
    """Begin and end of an entry."""
    return _moment(event["DTSTART"]), _moment(event["DTEND"])


def _moment(value: str) -> datetime:
    zone, _, clock = value.rpartition(":")
    moment = datetime.strptime(clock.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone stands beside it
    return moment.replace(tzinfo=ZoneInfo(zone.removeprefix("TZID=")) if zone else UTC).astimezone(UTC)
