"""Spreads meetings over mentors: one with a larger share of what she takes hands a meeting to one with a smaller share
who is worth the same to the mentee and free then. Points, times and who is served stay as they are."""

from __future__ import annotations

import numpy as np

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns
from services.introductions.planner.engine.timetable import Timetable
from services.introductions.planner.engine.utility import MOST_POINTS

MOST_PASSES = 4


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
        share = self.load[giver] / self.capacity[giver]
        best = None
        for other in self.others[self.group[column]]:
            taker = self.mentor[other]
            after = (self.load[taker] + 1) / self.capacity[taker]
            if after < share and (best is None or after < best[0]) and self._can(taker, at):
                best = (after, other)
        if best is None:
            return False
        self._hand(column, best[1])
        return True

    def _can(self, mentor: int, at: int) -> bool:
        person, table = self.person[mentor], self.timetable
        return self.left[mentor] > 0 and bool(table.free[person] >> at & 1) and table.keeps(person, gives=1 << at)

    def _hand(self, column: int, other: int) -> None:
        giver, taker = self.mentor[column], self.mentor[other]
        for mentor, more in ((giver, -1), (taker, 1)):
            self.load[mentor] += more
            self.left[mentor] -= more
        self.timetable.give(self.meeting[column], self.person[taker])
        self.slot[column], self.slot[other] = -1, self.slot[column]
        self.meeting[column], self.meeting[other] = -1, self.meeting[column]
