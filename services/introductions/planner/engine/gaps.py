"""Closes idle slots between two meetings of a half-day by moving meetings in time; who meets whom stays as it is. A
move exchanges two slots along a chain, as in `timetable`, and is made only where gaps become fewer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.introductions.planner.bits import bits
from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.timetable import Timetable

MOST_PASSES = 6
MOST_TRIED = 40
"""Meetings that are asked whether they go the other way."""


class Gaps:
    """How many idle slots lie between the meetings of a set of slots, counted in each half-day."""

    def __init__(self, half: Integers) -> None:
        self.halves = [
            sum(1 << slot for slot, of in enumerate(half.tolist()) if of == one) for one in set(half.tolist())
        ]
        self.known: dict[int, int] = {}

    def __call__(self, used: int) -> int:
        """Of one person."""
        found = self.known.get(used)
        if found is None:
            found = self.known[used] = sum(self._in_half(used & half) for half in self.halves)
        return found

    def _in_half(self, used: int) -> int:
        if used == 0:
            return 0
        return used.bit_length() - (used & -used).bit_length() + 1 - used.bit_count()


def close(
    model: Model, room: Room, mentor: Integers, mentee: Integers, slot: Integers, go_on: Callable[[], bool]
) -> Integers:
    """[n] slots for the same meetings with fewer gaps."""
    timetable = Timetable(model, room)
    for one, other, at in zip(
        model.mentors[mentor].tolist(), model.mentees[mentee].tolist(), slot.tolist(), strict=True
    ):
        timetable.put(one, other, at)
    closing = _Closing(timetable, Gaps(model.half))
    people = sorted({person for pair in timetable.pairs for person in pair})
    for _ in range(MOST_PASSES):
        moved = sum([closing.of_person(person) for person in people if closing.gaps_of(person)])
        if not moved or not go_on():
            break
    return np.array(timetable.slot, np.int64)


class _Closing:
    def __init__(self, timetable: Timetable, gaps: Gaps) -> None:
        self.timetable, self.gaps = timetable, gaps
        self.in_slot: list[list[int]] = [[] for _ in range(timetable.slots)]
        """Meetings of each slot, and some that have left it."""
        for meeting, slot in enumerate(timetable.slot):
            self.in_slot[slot].append(meeting)

    def gaps_of(self, person: int) -> int:
        """Gaps that somebody has now, fixed meetings included."""
        return self.gaps(self.timetable.used(person))

    def of_person(self, person: int) -> int:
        """How many moves that made gaps fewer were found for her."""
        moved = 0
        while self.gaps_of(person) and self._one_move(person):
            moved += 1
        return moved

    def _one_move(self, person: int) -> bool:
        table = self.timetable
        used = table.used(person)
        now = self.gaps(used)
        for here in bits(used & table.open[person]):
            if person * table.slots + here not in table.at:
                continue
            for there in bits(table.open[person] & ~(1 << here)):
                swapped = used if used >> there & 1 else used & ~(1 << here) | 1 << there
                if swapped != used and self.gaps(swapped) >= now:
                    continue
                if self._try(person, here, there):
                    return True
        return False

    def _try(self, person: int, here: int, there: int) -> bool:
        """Exchange the two slots for everybody who must follow, if gaps become fewer by it; where tables are full,
        another meeting goes the other way."""
        table = self.timetable
        group = table.group(person, here, there)
        if group is None:
            return False
        gain = self._gain(group, here, there)
        if gain <= 0:
            return False
        if not table.has_tables(group, here, there):
            other = self._back(group, here, there, gain)
            if other is None:
                return False
            group.append(other)
        if not table.exchange(group, here, there):
            return False
        for meeting in group:
            self.in_slot[table.slot[meeting]].append(meeting)
        return True

    def _gain(self, group: list[int], here: int, there: int) -> int:
        """How many gaps fewer there are when these meetings exchange the two slots."""
        table, gain = self.timetable, 0
        change = (1 << here) | (1 << there)
        for one in {one for meeting in group for one in table.pairs[meeting]}:
            used = table.used(one)
            if not (used >> here & used >> there & 1):
                gain += self.gaps(used) - self.gaps(used ^ change)
        return gain

    def _back(self, group: list[int], here: int, there: int, gain: int) -> int | None:
        """A meeting in the full slot that can go the other way alone and costs fewer gaps than are won."""
        table = self.timetable
        if sum(table.slot[one] == here for one in group) * 2 != len(group) + 1:
            return None
        people = {one for meeting in group for one in table.pairs[meeting]}
        tried = 0
        for meeting in reversed(self.in_slot[there]):
            first, second = table.pairs[meeting]
            if table.slot[meeting] != there or not table.free[first] & table.free[second] & 1 << here:
                continue
            tried += 1
            if tried > MOST_TRIED:
                return None
            if first not in people and second not in people and gain + self._gain([meeting], there, here) > 0:
                return meeting
        return None
