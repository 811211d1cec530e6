"""How a day lies on paper: names in their order, slips in rows of two that one cut parts, rows on pages. Pure; it knows
neither who asks for help nor what about."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.introductions.queries.paper import Meeting, Paper, Somebody
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.text import fold

A_PAGE = 248
"""Millimetres that A4 and Letter both have between their margins (`style.css`: @page)."""
HEIGHTS = {10: 62, 14: 82, 24: 124}
"""So many lines at most -> how high a slip is, in millimetres, with the space between them. The same heights stand in
`paper.css`."""
MOST = max(HEIGHTS)
WIDE = 34
"""Letters that surely fit on a line of a slip."""
NAME_LINES = ((22, 2), (44, 3))
"""A name of so many letters at most -> what it takes, in lines of the text below it; longer ones are set as small as that."""
LAST = chr(0x10FFFF)


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A slip: whose, and what stands on it. Who has more meetings than fit on one gets another one."""

    who: Somebody
    meetings: Sequence[Meeting]
    lines: int
    number: int = 1
    of: int = 1

    @property
    def height(self) -> int:
        """In millimetres."""
        return next(height for most, height in HEIGHTS.items() if self.lines <= most or most == MOST)

    @property
    def long(self) -> bool:
        """Whether her name is too long for large letters."""
        return width(self.who.name or "") > NAME_LINES[-1][0]


@dataclass(frozen=True, kw_only=True)
class Row:
    """Two slips beside each other, or the last one."""

    slips: Sequence[Slip]

    @property
    def height(self) -> int:
        """In millimetres."""
        return max(slip.height for slip in self.slips)


def width(text: str) -> int:
    """How many letters wide a text is; those of Chinese, Japanese and Korean count twice."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def lines(*texts: str) -> int:
    """How many lines these texts take at most, each of which begins a new one."""
    return sum(-(-width(text) // WIDE) for text in texts)


def in_order(somebody: Somebody) -> tuple[str, str, str]:
    """By last name, then by all of it; who has no name yet comes last."""
    words = fold(somebody.name or "").split()
    return (words[-1] if words else LAST, " ".join(words), somebody.attendee)


def slips(paper: Paper, lines_of: Callable[[Meeting, str], int], person: str = "") -> list[Slip]:
    """One for everybody who has a meeting (or for one of them), by name; `lines_of` says how much room a meeting takes."""
    whose = sorted((paper.people[attendee] for attendee in paper.of if person in ("", attendee)), key=in_order)
    return [slip for somebody in whose for slip in _of(somebody, list(paper.of[somebody.attendee]), lines_of)]


def _of(somebody: Somebody, meetings: Sequence[Meeting], lines_of: Callable[[Meeting, str], int]) -> list[Slip]:
    name = somebody.name or ""
    head = next((taken for most, taken in NAME_LINES if width(name) <= most), 1 + lines(name))
    parts: list[tuple[list[Meeting], int]] = [([], head)]
    for meeting in meetings:
        some, used = parts[-1]
        more = lines_of(meeting, somebody.attendee)
        if some and used + more > MOST:
            parts.append(([meeting], head + more))
        else:
            parts[-1] = ([*some, meeting], used + more)
    return [
        Slip(who=somebody, meetings=some, lines=used, number=number, of=len(parts))
        for number, (some, used) in enumerate(parts, 1)
    ]


def pages(found: Sequence[Slip]) -> list[list[Row]]:
    """Rows on pages: between four slips and eight a page, in their order."""
    made: list[list[Row]] = []
    left = 0
    for start in range(0, len(found), 2):
        row = Row(slips=found[start : start + 2])
        if row.height > left:
            made.append([])
            left = A_PAGE
        made[-1].append(row)
        left -= row.height
    return made


def by_table(paper: Paper) -> dict[tuple[str, int], list[Meeting]]:
    """Place -> its meetings by time, for every table that has one."""
    found: dict[tuple[str, int], list[Meeting]] = {}
    for meeting in paper.meetings.values():
        found.setdefault((meeting.point, meeting.table), []).append(meeting)
    return dict(sorted(found.items()))


def by_time(paper: Paper) -> dict[datetime, list[Meeting]]:
    """Start -> the meetings that begin then, by table."""
    found: dict[datetime, list[Meeting]] = {}
    for meeting in paper.meetings.values():
        found.setdefault(meeting.starts_at, []).append(meeting)
    return found


def day_to_print(conference: ConferencePublished, wanted: str, now: datetime) -> date:
    """The day that was asked for; else the first one on which something is still to come, or the last one."""
    days = [day.date for day in conference.days]
    asked = next((day for day in days if day.isoformat() == wanted), None)
    coming = next((local_day(conference, slot.starts_at) for slot in conference.slots if slot.ends_at > now), days[-1])
    return asked or coming
