"""Who meets whom, when and where at this moment, changed in place with a journal, so that what did not work out is taken
back. It keeps every rule of a plan when asked where a meeting could be (`common`), and decides nothing."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, TypeAlias

from services.introductions.planner.bits import bits
from services.introductions.planner.engine.gaps import Gaps
from services.introductions.planner.engine.model import Integers, Model

Pair: TypeAlias = tuple[int, int]
"""(mentor row, mentee row)."""


class Status(IntEnum):
    """How far a meeting is. Only an agreed one, and one whose slot is over, never changes."""

    SENT = 0
    SEEN = 1
    AGREED = 2


FEW = 1_500
"""Mentees up to which a warm round has time to look widely."""
STAY = ((400, 6, 30), (FEW, 1, 10), (10**9, 20, 60))
"""Up to so many mentees: points that a proposal (sent, seen) is worth more than what would take its place, since people have
been told of it. Measured: with more the value stays short of planning anew, with less too few proposals stay."""


class Held(NamedTuple):
    """Where a meeting is."""

    slot: int
    table: int
    status: Status
    points: int


class State:
    """The situation on site. Rows are those of the model; rows of walk-ins are appended."""

    def __init__(self, model: Model, meetings: Integers) -> None:
        """`meetings` [n, 4] is a valid plan of the model; what the model has fixed is agreed, all else proposed."""
        self.slots, self.now = model.slots, 0
        sent, seen = next(stay for most, *stay in STAY if len(model.mentees) <= most)
        self.stay = {Status.SENT: sent, Status.SEEN: seen}
        self.gaps = Gaps(model.half)
        self.attention: list[int] = model.attention.tolist()
        self.registered: list[int] = model.available.tolist()
        self.there: list[int] = model.available.tolist()
        """Slots in which somebody is or will be there."""
        self.busy = [0] * model.people
        self.mentors: list[int] = model.mentors.tolist()
        self.mentees: list[int] = model.mentees.tolist()
        self.mentor_row = {person: row for row, person in enumerate(self.mentors)}
        self.mentee_row = {person: row for row, person in enumerate(self.mentees)}
        self.capacity: list[int] = model.capacity.tolist()
        self.wish: list[int] = model.wish.tolist()
        self.tables: list[int] = model.tables.tolist()
        self.vacant = [(1 << count) - 1 for count in self.tables]
        """Free tables of each slot, one bit each."""
        self.open = sum(1 << slot for slot, left in enumerate(self.vacant) if left)
        """Slots that are not over and have a free table."""
        self.meetings: dict[Pair, Held] = {}
        self.gives: list[dict[int, None]] = [{} for _ in self.mentors]
        self.takes: list[dict[int, None]] = [{} for _ in self.mentees]
        self.at: dict[int, Pair] = {}
        """person * slots + slot -> who meets there."""
        self.seats: list[dict[int, Pair]] = [{} for _ in self.tables]
        """Of each slot: table -> who sits there."""
        self.waiting = set(range(len(self.mentees)))
        """Mentees without a meeting."""
        self.declined: set[Pair] = set()
        self.journal: list[tuple[Pair, Held | None]] = []
        """What was before each change since `settle`."""
        fixed = set(map(tuple, model.fixed.tolist()))
        points = model.utility.of_pairs(meetings[:, 1], meetings[:, 0]).tolist()
        for row, worth in zip(map(tuple, meetings.tolist()), points, strict=True):
            mentor, mentee, slot, table = row
            status = Status.AGREED if row in fixed else Status.SENT
            self._enter((mentor, mentee), Held(slot, table, status, worth))

    # --- asking

    def free(self, person: int) -> int:
        """Slots to come in which somebody is there and has nothing."""
        return self.there[person] & ~self.busy[person] & (-1 << self.now)

    def common(self, pair: Pair) -> int:
        """Slots with a table in which these two could meet now; whether they may, and how often, is not asked."""
        one, other = self.mentors[pair[0]], self.mentees[pair[1]]
        return self.there[one] & self.there[other] & ~self.busy[one] & ~self.busy[other] & self.open

    def has_place(self, mentor: int) -> bool:
        """Whether she takes another meeting."""
        return len(self.gives[mentor]) < self.capacity[mentor]

    def wants_more(self, mentee: int) -> bool:
        """Whether she wishes another meeting."""
        return len(self.takes[mentee]) < self.wish[mentee]

    def may(self, pair: Pair) -> bool:
        """Whether these two have neither a meeting nor said no."""
        return pair not in self.meetings and pair not in self.declined

    def loose(self, pair: Pair) -> bool:
        """Whether a meeting may still change."""
        held = self.meetings[pair]
        return held.status < Status.AGREED and held.slot >= self.now

    def next_cost(self, mentee: int) -> int:
        """What another meeting of hers costs; she must wish one."""
        return self.attention[len(self.takes[mentee])]

    def loss(self, pair: Pair) -> int:
        """Points that are gone with a proposal of somebody who keeps another meeting, having been told of it included."""
        held = self.meetings[pair]
        return held.points - self.attention[len(self.takes[pair[1]]) - 1] + self.stay[held.status]

    def best_slot(self, pair: Pair, among: int) -> int:
        """Of these slots (at least one) the one with fewest idle slots around it, then most tables left, then the first."""
        used = [self.busy[self.mentors[pair[0]]], self.busy[self.mentees[pair[1]]]]
        if among & (among - 1) == 0:
            return among.bit_length() - 1
        return min(bits(among), key=lambda at: (self._idle(used, at), -self.vacant[at].bit_count(), at))

    def _idle(self, used: list[int], slot: int) -> int:
        return sum(self.gaps(one | 1 << slot) for one in used)

    def in_slot(self, slot: int) -> list[Pair]:
        """The meetings of a slot, by table."""
        return [self.seats[slot][table] for table in sorted(self.seats[slot])]

    # --- changing

    def put(self, pair: Pair, slot: int, points: int, status: Status = Status.SENT) -> None:
        """A meeting in a slot of `common`, at its first free table."""
        vacant = self.vacant[slot]
        self.place(pair, Held(slot, (vacant & -vacant).bit_length() - 1, status, points))

    def place(self, pair: Pair, held: Held) -> None:
        """A meeting at a table that is free."""
        self.journal.append((pair, None))
        self._enter(pair, held)

    def take(self, pair: Pair) -> Held:
        """End a meeting; what it was."""
        held = self.meetings[pair]
        self.journal.append((pair, held))
        self._leave(pair)
        return held

    def undo(self, mark: int) -> None:
        """Take back all changes since the journal was so long."""
        while len(self.journal) > mark:
            pair, before = self.journal.pop()
            if before is None:
                self._leave(pair)
            else:
                self._enter(pair, before)

    def settle(self) -> None:
        """What was done stays done."""
        self.journal.clear()

    def answered(self, pair: Pair, status: Status) -> None:
        """How far a meeting is now."""
        self.meetings[pair] = self.meetings[pair]._replace(status=status)

    def close_before(self, slot: int) -> None:
        """Everything before this slot is over."""
        self.now = slot
        self.open &= -1 << slot

    def set_tables(self, slot: int, count: int) -> None:
        """So many tables from now on; nobody may sit at those that are gone."""
        self.tables[slot] = count
        self.vacant[slot] &= (1 << count) - 1
        self._look_open(slot)

    def add(self, available: int, capacity: int | None, wish: int | None) -> int:
        """Somebody more, with the meetings she takes and wishes (None = not her role); her number."""
        person = len(self.there)
        self.registered.append(available)
        self.there.append(available)
        self.busy.append(0)
        if capacity is not None:
            self.mentor_row[person] = len(self.mentors)
            self.mentors.append(person)
            self.capacity.append(capacity)
            self.gives.append({})
        if wish is not None:
            self.mentee_row[person] = len(self.mentees)
            self.waiting.add(len(self.mentees))
            self.mentees.append(person)
            self.wish.append(wish)
            self.takes.append({})
        return person

    def _enter(self, pair: Pair, held: Held) -> None:
        mentor, mentee = pair
        self.meetings[pair] = held
        self.gives[mentor][mentee] = None
        self.takes[mentee][mentor] = None
        self.waiting.discard(mentee)
        self.seats[held.slot][held.table] = pair
        self.vacant[held.slot] &= ~(1 << held.table)
        self._look_open(held.slot)
        for person in (self.mentors[mentor], self.mentees[mentee]):
            self.busy[person] |= 1 << held.slot
            self.at[person * self.slots + held.slot] = pair

    def _leave(self, pair: Pair) -> None:
        mentor, mentee = pair
        held = self.meetings.pop(pair)
        del self.gives[mentor][mentee], self.takes[mentee][mentor], self.seats[held.slot][held.table]
        if not self.takes[mentee]:
            self.waiting.add(mentee)
        if held.table < self.tables[held.slot]:
            self.vacant[held.slot] |= 1 << held.table
        self._look_open(held.slot)
        for person in (self.mentors[mentor], self.mentees[mentee]):
            self.busy[person] &= ~(1 << held.slot)
            del self.at[person * self.slots + held.slot]

    def _look_open(self, slot: int) -> None:
        if self.vacant[slot] and slot >= self.now:
            self.open |= 1 << slot
        else:
            self.open &= ~(1 << slot)
