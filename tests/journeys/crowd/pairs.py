"""Who could still be introduced to whom: once as the service's own planner is told it, once counted by brute force from what
the crowd remembers and what an organizer's program sees. The two share no code, and both must find nobody.

Two people are a free pair where the rules let them meet, both are here and want (more), and both and a table are free in a
slot that can still be proposed: one that begins in ten minutes or later, and in less than 25 only where both said that they
are free now. A further introduction counts where it is worth one and is not kept for people who are still to come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.introductions import policies, queries
from services.introductions.planner import Board
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from tests.journeys.crowd.attendee import Attendee
from tests.journeys.crowd.people import Person

Pair = tuple[str, str]
LIVE = ("proposed", "accepted", "met", "unreported")
LEAD, NEAR = timedelta(minutes=10), timedelta(minutes=25)
IN_A_ROW, BEYOND, A_HALF, USUALLY, AT_MOST = 3, 2, 2, 2, 3


def by_the_planner(connection: Connection, slug: str, now: datetime) -> set[Pair]:
    """What a plan made now could still propose, by its own input."""
    conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), slug)
    board = Board(queries.problem(connection, conference, now))
    mentors = [seat for seat in board.seats.values() if board.open_to(seat)]
    found = set()
    for mentee in board.seats.values():
        if mentee.wishes <= 0 or not mentee.free or (mentee.has and board.problem.reserve):
            continue
        for mentor in mentors:
            if not board.common(mentor, mentee) or not board.may_meet(mentor, mentee):
                continue
            points = policies.score(mentor.who, mentee.who, board.problem.weights)
            worth = not mentee.has or points > board.problem.another * mentee.has
            if worth and next(board.times(mentor, mentee), None) is not None:
                found.add((mentor.who.id, mentee.who.id))
    return found


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The day as its programme has it: slots by id with their beginning, tables in all."""

    slots: Mapping[str, datetime]
    rows: Mapping[str, tuple[int, int]]
    """Slot -> (half-day, position; a break leaves one out)."""
    tables: int


class ByMemory:
    """First introductions that could be made, as the crowd knows them."""

    def __init__(
        self, crowd: Sequence[Attendee], introductions: Sequence[Mapping[str, Any]], frame: Frame, now: datetime
    ) -> None:
        self._frame, self._now = frame, now
        self._crowd = [one for one in crowd if one.here and not one.paused and self._hears(one)]
        live = [row for row in introductions if row["status"] in LIVE]
        self._known = {frozenset((row["mentor"], row["mentee"])) for row in introductions}
        self._taken = Counter(row["slot"] for row in live)
        self._busy = {(who, row["slot"]) for row in live for who in (row["mentor"], row["mentee"])}
        self._gives = Counter(row["mentor"] for row in live)
        self._gives_in = Counter((row["mentor"], frame.rows[row["slot"]][0]) for row in live)
        self._asked = Counter(row["mentor"] for row in introductions)
        self._served = {row["mentee"] for row in live}

    def pairs(self) -> set[Pair]:
        """(mentor, mentee) of all that are found."""
        return set(self._found())

    def _hears(self, one: Attendee) -> bool:
        """Whoever gets no more mails today is proposed nothing, unless she looks."""
        return not one.has_all_mails or (one.free_until is not None and one.free_until > self._now)

    def _found(self) -> Iterator[Pair]:
        asking = [one for one in self._crowd if one.person.asks and one.person.id not in self._served]
        for mentee in asking:
            for mentor in self._crowd:
                if self._may(mentor.person, mentee.person) and any(self._slots(mentor, mentee)):
                    yield mentor.person.id, mentee.person.id

    def _may(self, mentor: Person, mentee: Person) -> bool:
        return (
            mentor.gives
            and mentor is not mentee
            and not mentor.offers.isdisjoint(mentee.wants)
            and not mentor.languages.isdisjoint(mentee.languages)
            and (mentor.company is None or mentor.company != mentee.company)
            and mentor.id not in mentee.never
            and mentee.id not in mentor.never
            and frozenset((mentor.id, mentee.id)) not in self._known
        )

    def _slots(self, mentor: Attendee, mentee: Attendee) -> Iterator[bool]:
        for slot in self._frame.slots:
            yield self._open(slot, mentor) and self._open(slot, mentee) and self._takes(mentor.person, slot)

    def _open(self, slot: str, one: Attendee) -> bool:
        begins, person = self._frame.slots[slot], one.person
        if begins < self._now + LEAD or self._taken[slot] >= self._frame.tables or (person.id, slot) in self._busy:
            return False
        if begins < self._now + NEAR and (one.free_until is None or one.free_until <= self._now):
            return False
        if one.late_until is not None and begins < one.late_until:
            return False
        return person.available is None or slot in person.available

    def _takes(self, mentor: Person, slot: str) -> bool:
        there = len(self._frame.slots) if mentor.available is None else len(mentor.available)
        if self._asked[mentor.id] >= there + BEYOND or self._too_many_in_a_row(mentor, slot):
            return False
        if mentor.capacity is not None:
            return self._gives[mentor.id] < mentor.capacity
        return self._gives_in[mentor.id, self._frame.rows[slot][0]] < A_HALF

    def _too_many_in_a_row(self, mentor: Person, slot: str) -> bool:
        at = {position: name for name, (_half, position) in self._frame.rows.items()}
        row, here = 1, self._frame.rows[slot][1]
        for step in (-1, 1):
            position = here + step
            while position in at and (mentor.id, at[position]) in self._busy:
                row, position = row + 1, position + step
        return row > IN_A_ROW
