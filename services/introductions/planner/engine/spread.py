"""Spreads meetings over mentors: one hands a meeting to another who is worth the same to the mentee and free then, where
load / capacity are more even afterwards (Jain's index), or as even and nobody's is as large. Points, times and who is
served stay as they are."""

from __future__ import annotations

import numpy as np

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns
from services.introductions.planner.engine.timetable import Timetable
from services.introductions.planner.engine.utility import MOST_POINTS

MOST_PASSES = 4
SURELY = 1e-12
"""More than the last bits of a sum of shares."""


def spread(model: Model, room: Room, columns: Columns, slot: Integers) -> Integers:
    """[columns] slots of a plan that is worth the same, with mentors' load / capacity nearer to each other."""
    equal = _with_an_equal(columns, slot)
    if not len(equal):
        return slot
    spreading = _Spreading(model, room, columns, slot, equal)
    for _ in range(MOST_PASSES):
        if not sum([spreading.hand_on(column) for column in range(len(equal)) if spreading.slot[column] >= 0]):
            break
    result = slot.copy()
    result[equal] = spreading.slot
    return result


def _with_an_equal(columns: Columns, slot: Integers) -> Integers:
    """The columns of mentees who have a meeting and could have another one of the same points instead."""
    _keys, group = np.unique(columns.mentee * (MOST_POINTS + 1) + columns.points, return_inverse=True)
    placed = np.bincount(group, slot >= 0)
    found: Integers = np.flatnonzero((placed > 0)[group] & (placed < np.bincount(group))[group])
    return found


class _Spreading:
    def __init__(self, model: Model, room: Room, columns: Columns, slot: Integers, equal: Integers) -> None:
        self.person = model.mentors.tolist()
        self.slot, self.mentor = slot[equal].tolist(), columns.mentor[equal].tolist()
        self.group = (columns.mentee[equal] * (MOST_POINTS + 1) + columns.points[equal]).tolist()
        self.others: dict[int, list[int]] = {}
        for column, group in enumerate(self.group):
            self.others.setdefault(group, []).append(column)
        self.capacity = np.maximum(1, model.capacity).tolist()
        meet = np.flatnonzero(slot >= 0)
        load = np.bincount(columns.mentor[meet], minlength=len(self.person))
        self.left = (room.capacity - load).tolist()
        self.load = (model.capacity - room.capacity + load).tolist()
        shares = np.array(self.load) / np.array(self.capacity)
        self.total, self.squares = float(shares.sum()), float((shares**2).sum())
        """Jain's index is total**2 / (number of mentors * squares)."""
        self.timetable = Timetable(model, room)
        givers, askers = model.mentors[columns.mentor[meet]], model.mentees[columns.mentee[meet]]
        for one, other, at in zip(givers.tolist(), askers.tolist(), slot[meet].tolist(), strict=True):
            self.timetable.put(one, other, at)
        number = np.full(len(slot), -1, np.int64)
        number[meet] = np.arange(len(meet))
        self.meeting = number[equal].tolist()
        """The number of its meeting in the timetable; -1 for a pair that does not meet."""

    def hand_on(self, column: int) -> bool:
        """Whether another mentor took this meeting: the one with the smallest share."""
        giver, at = self.mentor[column], self.slot[column]
        best = None
        for other in self.others[self.group[column]]:
            taker = self.mentor[other]
            if self.slot[other] >= 0 or not self._is_fairer(giver, taker):
                continue  # a mentor whom she meets as well takes nothing over
            after = (self.load[taker] + 1) / self.capacity[taker]
            if (best is None or after < best[0]) and self._can(taker, at):
                best = (after, other)
        if best is None:
            return False
        self._hand(column, best[1])
        return True

    def _is_fairer(self, giver: int, taker: int) -> bool:
        gave, gives = (load / self.capacity[giver] for load in (self.load[giver], self.load[giver] - 1))
        took, takes = (load / self.capacity[taker] for load in (self.load[taker], self.load[taker] + 1))
        total = self.total - gave - took + gives + takes
        squares = self.squares - gave**2 - took**2 + gives**2 + takes**2
        more = total**2 * self.squares - self.total**2 * squares
        even = SURELY * self.total**2 * self.squares
        return bool(more > even or (more >= -even and takes < gave))

    def _can(self, mentor: int, at: int) -> bool:
        person, table = self.person[mentor], self.timetable
        return self.left[mentor] > 0 and bool(table.free[person] >> at & 1) and table.keeps(person, gives=1 << at)

    def _hand(self, column: int, other: int) -> None:
        giver, taker = self.mentor[column], self.mentor[other]
        for mentor, more in ((giver, -1), (taker, 1)):
            before, after = (load / self.capacity[mentor] for load in (self.load[mentor], self.load[mentor] + more))
            self.total += after - before
            self.squares += after**2 - before**2
            self.load[mentor] += more
            self.left[mentor] -= more
        self.timetable.give(self.meeting[column], self.person[taker])
        self.slot[column], self.slot[other] = -1, self.slot[column]
        self.meeting[column], self.meeting[other] = -1, self.meeting[column]
