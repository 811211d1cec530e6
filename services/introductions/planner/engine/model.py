"""A conference as arrays: who gives, who asks, when, where, and how many meetings each may have. It owns no rule about
who fits whom (`utility`) and makes no plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from services.introductions.planner.engine.limits import Limits
from services.introductions.planner.engine.utility import Utility, among

Integers: TypeAlias = npt.NDArray[np.int64]

MOST_SLOTS = 63
"""A set of slots is one int64 of bits."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """Mentors are rows 0..nm-1 and mentees rows 0..ne-1, each pointing at a person; somebody with both roles has a row
    in both and is one person. Meetings are rows (mentor row, mentee row, slot, table)."""

    slots: int
    half: Integers
    """[slots] the half-day of each slot, not falling."""
    tables: Integers
    """[slots] how many meetings a slot has room for; table ids are 0..tables-1."""
    available: Integers
    """[people] bit s set = there and free in slot s."""
    mentors: Integers
    """[nm] person of each mentor."""
    mentees: Integers
    """[ne] person of each mentee."""
    capacity: Integers
    """[nm] meetings she takes."""
    wish: Integers
    """[ne] introductions she would like."""
    attention: Integers
    """[at least the largest wish] points taken off for a mentee's 1st, 2nd, 3rd ... meeting, not falling."""
    fixed: Integers
    """[n, 4] meetings that are in the plan as they are."""
    utility: Utility
    busy: Integers | None = None
    """[people] slots in which somebody has something that is not in `fixed`; nobody has where it is None."""
    had: Integers | None = None
    """[ne] introductions that each had before those in `fixed`."""
    limits: Limits | None = None
    """Of mentors; their `capacity` alone where it is None."""

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.available)

    def with_fixed(self, meetings: Integers) -> Model:
        """The same conference with these meetings agreed."""
        return replace(self, fixed=meetings)


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the fixed meetings leave: the conference as the planner may still use it."""

    free: Integers
    """[people] slots in which somebody has nothing yet and a table is left."""
    busy: Integers
    """[people] slots in which somebody has something already."""
    capacity: Integers
    """[nm] meetings she can still take, her free slots considered."""
    wish: Integers
    """[ne] introductions she can still get, her free slots considered."""
    has: Integers
    """[ne] fixed meetings as a mentee: her next one costs attention[has]."""
    tables: Integers
    """[slots] tables that are not taken."""
    fixed_keys: Integers
    """[n] mentee row * nm + mentor row of fixed pairs, sorted: they meet already."""
    limits: Limits | None
    """What mentors can still give in each half-day."""

    def allows(self, mentee: Integers, mentor: Integers, model: Model) -> npt.NDArray[np.bool_]:
        """[n] whether these pairs have something left to give and to wish, a slot in common, and do not meet already."""
        allowed = (self.wish[mentee] > 0) & (self.capacity[mentor] > 0)
        allowed &= (self.free[model.mentees[mentee]] & self.free[model.mentors[mentor]]) != 0
        found: npt.NDArray[np.bool_] = allowed & ~among(self.fixed_keys, mentee * len(model.mentors) + mentor)
        return found

    def units(self) -> tuple[Integers, Integers]:
        """(mentee, how many she has before) of every meeting that mentees can still get."""
        mentee, number = np.nonzero(np.arange(int(self.wish.max(initial=0))) < self.wish[:, None])
        return mentee, self.has[mentee] + number

    @property
    def most_meetings(self) -> int:
        """A bound on how many meetings fit, by tables, capacities and wishes."""
        return int(min(self.tables.sum(), self.capacity.sum(), self.wish.sum()))


def room_of(model: Model) -> Room:
    """Everything that is not taken by fixed meetings."""
    busy = np.zeros(model.people, np.int64) if model.busy is None else model.busy.copy()
    capacity, wish = model.capacity.copy(), model.wish.copy()
    has = np.zeros(len(wish), np.int64) if model.had is None else model.had.copy()
    tables = model.tables.copy()
    mentor, mentee, slot = model.fixed[:, 0], model.fixed[:, 1], model.fixed[:, 2]
    for rows, people in ((mentor, model.mentors), (mentee, model.mentees)):
        np.bitwise_or.at(busy, people[rows], np.int64(1) << slot)
    free = model.available & ~busy
    np.subtract.at(capacity, mentor, 1)
    np.subtract.at(wish, mentee, 1)
    np.add.at(has, mentee, 1)
    np.subtract.at(tables, slot, 1)
    free &= sum(1 << at for at, left in enumerate(tables.tolist()) if left > 0)
    count = np.bitwise_count(free).astype(np.int64)
    fitting, left = count[model.mentors], None
    if model.limits is not None:
        left = model.limits.after(mentor, slot)
        fitting = left.capacity(free[model.mentors], busy[model.mentors])
    return Room(
        free=free,
        busy=busy,
        capacity=np.clip(capacity, 0, fitting),
        wish=np.clip(wish, 0, count[model.mentees]),
        has=has,
        tables=_usable(model, tables, free),
        fixed_keys=np.sort(mentee * len(model.mentors) + mentor),
        limits=left,
    )


def _usable(model: Model, tables: Integers, free: Integers) -> Integers:
    """No slot can have more meetings than mentors or mentees who are free in it."""
    usable = np.maximum(tables, 0)
    for slot in range(model.slots):
        here = free >> slot & 1
        usable[slot] = min(usable[slot], here[model.mentors].sum(), here[model.mentees].sum())
    return usable
