"""What pages look at that is too much to read for each of them: one board for all who look at about the same time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select

from services.introductions.planner import Board
from services.introductions.queries.day import day_of, lead
from services.introductions.queries.problem import problem
from services.introductions.queries.ready import ready_of
from services.introductions.tables import planning
from shared.contracts import ConferencePublished
from shared.days import local_day

SHARE, FEW = 20, 300
"""So many times longer than it takes to read a board it is looked at before it is read again, a twentieth of one core at
most; with few people it is read again whenever something happened."""
MOST = 8
HAPPENED = select(planning.c.dirty).where(planning.c.conference == bindparam("conference"))


@dataclass(frozen=True)
class _Read:
    board: Board
    happened: int | None
    minute: datetime
    until: float
    will_do: bool
    """Whether it is looked at while somebody reads the next one."""

    def is_new(self, happened: int | None, minute: datetime) -> bool:
        """Whether nothing happened since, or too little time went by."""
        return (self.happened, self.minute) == (happened, minute) or time.monotonic() < self.until


_boards: WeakKeyDictionary[Engine, OrderedDict[str, _Read]] = WeakKeyDictionary()
_lock, _reading = threading.Lock(), threading.Lock()


def board(connection: Connection, conference: ConferencePublished, now: datetime) -> Board:
    """Today's board with everybody, to look at, not to place anything on."""
    key = f"{conference.conference}|{conference.version}"
    minute = now.replace(second=0, microsecond=0)
    happened = connection.execute(HAPPENED, {"conference": conference.conference}).scalar()
    with _lock:
        boards = _boards.setdefault(connection.engine, OrderedDict())
    read = boards.get(key)
    if read is not None and (read.is_new(happened, minute) or (read.will_do and _reading.locked())):
        return read.board
    with _reading:  # a hundred pages at once wait for one reading
        read = boards.get(key)
        if read is None or not read.is_new(happened, minute):
            began = time.monotonic()
            made = Board(problem(connection, conference, now, everybody=True))
            lasts = (time.monotonic() - began) * SHARE if len(made.seats) > FEW else 0
            read = boards[key] = _Read(made, happened, minute, began + lasts, will_do=lasts > 0)
            while len(boards) > MOST:
                boards.popitem(last=False)
        return read.board


def only_soon(connection: Connection, conference: ConferencePublished, attendee: str, now: datetime) -> bool:
    """Whether all that is left today begins so soon that somebody is only asked who is free now, and she did not say so."""
    day = day_of(conference, local_day(conference, now), now + lead(conference))
    ready = ready_of(connection, day, now, reached=False)
    return bool(day.open) and not day.open & ~ready.near and attendee not in ready.free_now
