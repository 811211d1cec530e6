"""Spreads meetings over mentors: one with a larger share of what she takes hands a meeting to one with a smaller share
who is worth the same to the mentee and free then. Points, times and who is served stay as they are."""

from __future__ import annotations

import numpy as np

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns
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
        self.limits = room.limits
        self.person = model.mentors.tolist()
        self.slot, self.mentor = slot[equal].tolist(), columns.mentor[equal].tolist()
        groups = columns.mentee[equal] * (MOST_POINTS + 1) + columns.points[equal]
        self.group = groups.tolist()
        self.others: dict[int, list[int]] = {}
        for column, group in enumerate(self.group):
            self.others.setdefault(group, []).append(column)
        self.capacity = np.maximum(1, model.capacity).tolist()
        self.left = room.capacity.tolist()
        self.load = (model.capacity - room.capacity).tolist()
        self.busy, self.free = room.busy.tolist(), room.free.tolist()
        self.before = room.busy.tolist()
        self.gives = [0] * len(self.person)
        meet = np.flatnonzero(slot >= 0)
        askers = model.mentees[columns.mentee[meet]]
        for mentor, asker, at in zip(columns.mentor[meet].tolist(), askers.tolist(), slot[meet].tolist(), strict=True):
            self._take(mentor, 1 << at)
            self.busy[asker] |= 1 << at

    def _take(self, mentor: int, bit: int) -> None:
        self.left[mentor] -= 1
        self.load[mentor] += 1
        self.gives[mentor] |= bit
        self.busy[self.person[mentor]] |= bit

    def _give_up(self, mentor: int, bit: int) -> None:
        self.left[mentor] += 1
        self.load[mentor] -= 1
        self.gives[mentor] &= ~bit
        self.busy[self.person[mentor]] &= ~bit

    def hand_on(self, column: int) -> bool:
        """Whether another mentor took this meeting: the one with the smallest share."""
        giver, at = self.mentor[column], self.slot[column]
        share = self.load[giver] / self.capacity[giver]
        best = None
        for other in self.others[self.group[column]]:
            taker = self.mentor[other]
            if self.slot[other] >= 0 or not self._can(taker, 1 << at):
                continue
            after = (self.load[taker] + 1) / self.capacity[taker]
            if after < share and (best is None or after < best[0]):
                best = (after, other)
        if best is None:
            return False
        self._give_up(giver, 1 << at)
        self._take(self.mentor[best[1]], 1 << at)
        self.slot[column], self.slot[best[1]] = -1, at
        return True

    def _can(self, mentor: int, bit: int) -> bool:
        person = self.person[mentor]
        if self.left[mentor] <= 0 or not self.free[person] & bit or self.busy[person] & bit:
            return False
        if self.limits is None:
            return True
        used = self.busy[person] | bit
        return self.limits.allow(mentor, self.gives[mentor] | bit, used, self.before[person])
