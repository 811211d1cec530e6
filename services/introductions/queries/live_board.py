"""The live board of a conference: what is to be seen at its venue now, with names and reasons, read once for all who look
at about the same time. It judges nothing."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    func,
    literal,
    select,
)

from services.introductions.domain import ACTIVE, Introduction
from services.introductions.domain.floor import Floor, Waits, floor_of
from services.introductions.planner import Why, why_unplaced
from services.introductions.planner.board import lot
from services.introductions.queries.day import Day, day_of, lead
from services.introductions.queries.looking import board
from services.introductions.queries.needs import wish
from services.introductions.queries.ready import Ready, ready_of
from services.introductions.tables import free_now, introductions, late, paused, screens
from shared import address_book, attendees
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.tables import known_attendees, known_conferences

OfDay = Callable[[Connection, str, date], Sequence[Introduction]]
"""Reads the introductions of a day of a conference."""
MOST = 8
"""Conferences that are kept."""
MOST_REASONS = 40
"""Of so many people it is said why they have none: each takes a look at everybody."""
SHARE, LONGEST, REASONS_LAST = 20, 1.5, 20.0
"""So many times longer than it takes to read a board it is looked at before it is read again, this many seconds at most:
while people stream in everything is new every moment. Why somebody has none lasts longer: it seldom changes by one
arrival, and takes longest."""
_its: BindParameter[str] = bindparam("conference")


def _versions(column: Column[int], where: ColumnElement[bool]) -> Select[Any]:
    return select(func.coalesce(func.sum(column), 0) * 1000 + func.count()).where(where)


MARK = select(
    _versions(introductions.c.version, introductions.c.conference == _its).scalar_subquery(),
    _versions(known_attendees.c.version, known_attendees.c.conference == _its).scalar_subquery(),
    select(known_conferences.c.version).where(known_conferences.c.conference == _its).scalar_subquery(),
    select(func.count()).where(paused.c.conference == _its).scalar_subquery(),
    *(
        select(func.max(table.c.until)).where(table.c.conference == _its).scalar_subquery()
        for table in (free_now, late)
    ),
    *(select(func.count()).where(table.c.conference == _its).scalar_subquery() for table in (free_now, late)),
    select(func.count(literal(1)) * 1000 + func.count(screens.c.ended_at))
    .where(screens.c.conference == _its)
    .scalar_subquery(),
)
MEETINGS = select(introductions.c.mentee, introductions.c.ends_at).where(
    introductions.c.conference == _its, introductions.c.status.in_(ACTIVE)
)


@dataclass(frozen=True, kw_only=True)
class LiveBoard:
    """What there is to see, the mark it was read under (and not before), what people are called, why some have none."""

    mark: str
    floor: Floor
    names: Mapping[str, str]
    """Attendee -> name, of everybody whom the floor speaks of and who told us."""
    why: Mapping[str, Why]
    """Of those who wait, or of the first of them."""
    consented: frozenset[str]
    """Who of today's meetings agrees to be introduced."""
    drawn: dict[Hashable, str] = field(default_factory=dict, compare=False)
    """What pages made of it, for the next one who looks: by page, language and what she may see."""


@dataclass(frozen=True)
class _Read:
    board: LiveBoard
    minute: datetime
    until: float
    why_until: float


_boards: WeakKeyDictionary[Engine, OrderedDict[str, _Read]] = WeakKeyDictionary()
_lock = threading.Lock()


def mark_of_board(connection: Connection, conference: str) -> str:
    """Another text whenever anything changed that a board of this conference shows."""
    return "|".join(str(value) for value in connection.execute(MARK, {"conference": conference}).one())


def live_board(
    connection: Connection, conference: ConferencePublished, now: datetime, mark: str, of_day: OfDay
) -> LiveBoard:
    """The board as it is, or was a moment ago; `mark` was read before this connection began to read."""
    key, minute = conference.conference, now.replace(second=0, microsecond=0)
    with _lock:  # a crew that looks at once waits for one reading
        boards = _boards.setdefault(connection.engine, OrderedDict())
        read = boards.get(key)
        if read is None or read.minute != minute or (read.board.mark != mark and time.monotonic() >= read.until):
            read = boards[key] = _read_again(read, connection, conference, now, mark, of_day)
            while len(boards) > MOST:
                boards.popitem(last=False)
    return read.board


def _read_again(
    before: _Read | None,
    connection: Connection,
    conference: ConferencePublished,
    now: datetime,
    mark: str,
    of_day: OfDay,
) -> _Read:
    began = time.monotonic()
    known = before.board.why if before is not None and began < before.why_until else {}
    made = _read(connection, conference, now, mark, of_day, known)
    ended = time.monotonic()
    took = (ended - began) * SHARE if made.floor.here > MOST_REASONS else 0
    why_until = before.why_until if before is not None and known else ended + min(took, REASONS_LAST)
    return _Read(made, now.replace(second=0, microsecond=0), ended + min(took, LONGEST), why_until)


def _read(
    connection: Connection,
    conference: ConferencePublished,
    now: datetime,
    mark: str,
    of_day: OfDay,
    known: Mapping[str, Why],
) -> LiveBoard:
    today = local_day(conference, now)
    day = day_of(conference, today, now + lead(conference))
    states = {state["attendee"]: state for state in attendees.states(connection, conference.conference)}
    here = {name: state for name, state in states.items() if today.isoformat() in state["present_on"]}
    ready = ready_of(connection, day, now)
    of_today = of_day(connection, conference.conference, today)
    waiting = _waiting(connection, day, here, ready, now)
    floor = floor_of(conference, now, here=len(here), waiting=waiting, introductions=of_today)
    people = {name: states[name]["person"] for name in _shown(floor) if name in states}
    names = address_book.names(connection, list(people.values()))
    some = [one.attendee for one in waiting[:MOST_REASONS]]
    why = {name: known[name] for name in some if name in known}
    return LiveBoard(
        mark=mark,
        floor=floor,
        names={name: names[person] for name, person in people.items() if person in names},
        why=why | _why(connection, conference, [name for name in some if name not in why], day, ready, now),
        consented=_consented(states, of_today),
    )


def _waiting(
    connection: Connection, day: Day, here: Mapping[str, attendees.State], ready: Ready, now: datetime
) -> Sequence[Waits]:
    """Who is here, wants another meeting, and neither has one ahead nor sits in one; those who have had none first."""
    had: Counter[str] = Counter()
    ahead = set()
    for mentee, ends_at in connection.execute(MEETINGS, {"conference": day.conference.conference}):
        had[mentee] += 1
        if ends_at > now:
            ahead.add(mentee)
    found = [
        Waits(attendee=name, had=had[name])
        for name, state in here.items()
        if state["role"] != "mentor"
        and state["consents"]["introductions"] is True
        and name not in ready.resting
        and name not in ahead
        and wish(state, day) > had[name]
    ]
    return sorted(found, key=lambda one: (one.had, lot(one.attendee)))


def _shown(floor: Floor) -> Collection[str]:
    """Everybody whom it speaks of by name."""
    people = {one.attendee for one in floor.waiting[:MOST_REASONS]}
    for slot in floor.slots:
        if slot.when != "over":
            people |= {name for item in slot.meetings for name in (item.mentor, item.mentee)}
    return people


def _consented(states: Mapping[str, attendees.State], items: Iterable[Introduction]) -> frozenset[str]:
    people = {name for item in items for name in (item.mentor, item.mentee)}
    return frozenset(
        name
        for name in people
        if name in states
        and states[name]["consents"]["introductions"] is True
        and states[name]["status"] != "withdrawn"
    )


def _why(
    connection: Connection,
    conference: ConferencePublished,
    waiting: Sequence[str],
    day: Day,
    ready: Ready,
    now: datetime,
) -> dict[str, Why]:
    if not waiting or not day.open:
        return dict.fromkeys(waiting, Why(kind="late"))
    everybody = board(connection, conference, now)
    found = {}
    for name in waiting:
        soon = not day.open & ~ready.near and name not in ready.free_now
        why = Why(kind="near") if soon else why_unplaced(everybody, name)
        found[name] = why or Why(kind="soon")
    return found
