"""Better plans by exact flows: each round offers every mentor some slots and every pair one of them, and solves who
meets in all slots at once. The plan at hand is always among the choices, so a round never makes it worse."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from services.introductions.planner.engine.flows import send
from services.introductions.planner.engine.limits import Limits
from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns

Both: TypeAlias = tuple[Integers, Integers]
"""Something of each mentor row, and of each mentee row."""
FEW, MOST_LIFTED = 10, 0.3
"""Mentors, and their share of all, who give up what they give so that somebody may be served."""
SERVED = 20_000
"""Points for a mentee's first meeting; more than one round's exchanges can be worth."""


class Search:
    """Rounds over one set of columns. A plan is the slot of each column, -1 where the pair does not meet."""

    def __init__(self, model: Model, room: Room, columns: Columns, seed: int) -> None:
        self.model, self.room = model, room
        self._take(columns)
        self.random = np.random.default_rng(seed)
        self.both = np.intersect1d(model.mentors, model.mentees)
        self.unit_mentee, has = room.units()
        self.unit_cost = model.attention[has] - np.where(has == 0, SERVED, 0)
        self.slot_numbers = np.arange(model.slots)

    def _take(self, columns: Columns) -> None:
        self.columns = columns
        self.mentor_person = self.model.mentors[columns.mentor]
        self.mentee_person = self.model.mentees[columns.mentee]

    def add(self, more: Columns, slot: Integers) -> Integers:
        """Consider more pairs from now on; the plan as it is, in the new numbering."""
        before = self.columns
        self._take(before.joined(more, len(self.model.mentors)))
        result = np.full(len(self.columns.mentee), -1, np.int64)
        keys = self.columns.mentee * len(self.model.mentors) + self.columns.mentor
        result[np.searchsorted(keys, before.mentee * len(self.model.mentors) + before.mentor)] = slot
        return result

    def unserved(self, slot: Integers) -> Integers:
        """Mentees who could have a first meeting and have none."""
        waiting = (self.room.wish > 0) & (self.room.has == 0)
        waiting[self.columns.mentee[slot >= 0]] = False
        return np.flatnonzero(waiting)

    def with_a_slot_for_askers(self, slot: Integers) -> Integers:
        """The plan without one meeting of everybody who gives in all her slots and so cannot have a first meeting of her
        own. It is worth less until a round has filled the slot: compare afterwards."""
        busy = np.isin(self.mentor_person, self.model.mentees[self.unserved(slot)]) & (slot >= 0)
        columns = self.random.permutation(np.flatnonzero(busy))
        result = slot.copy()
        result[columns[np.unique(self.columns.mentor[columns], return_index=True)[1]]] = -1
        return result

    def with_slots_to_give(self, slot: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """(the plan without what some ask who could give instead and, every other time, without what a few mentors give,
        who may then be offered other times; who of `both` shall give). As above."""
        gives, asks = self._roles
        could = np.bitwise_count(self.used(slot)[0])[gives] < self.room.capacity[gives]
        giving = could & (self.random.random(len(could)) < 0.5)
        share = self.random.integers(2) * min(MOST_LIFTED, FEW / max(1, len(self.model.mentors)))
        few = self.random.random(len(self.model.mentors)) < share
        lifted = np.isin(self.columns.mentee, asks[giving]) | few[self.columns.mentor]
        return np.where(lifted, -1, slot), giving

    def used(self, slot: Integers) -> tuple[Integers, Integers]:
        """([nm], [ne]) the slots in which each has a meeting, by role."""
        placed = np.flatnonzero(slot >= 0)
        bit = np.int64(1) << slot[placed]
        mentor, mentee = np.zeros(len(self.model.mentors), np.int64), np.zeros(len(self.model.mentees), np.int64)
        np.bitwise_or.at(mentor, self.columns.mentor[placed], bit)
        np.bitwise_or.at(mentee, self.columns.mentee[placed], bit)
        return mentor, mentee

    def round(self, slot: Integers, giving: npt.NDArray[np.bool_] | None = None) -> Integers:
        """The best plan in one neighbourhood of this one: mentors keep the slots in use and are offered others up to
        their capacity, and each pair that does not meet is offered one slot in which both could. Of `both`, who is
        `giving` asks for nothing new this time."""
        used_mentor, used_mentee = self.used(slot)
        mentor, mentee = self._open(used_mentor, used_mentee, giving)
        if self.room.limits is None:
            mentor = self._offered(mentor, used_mentor, self.room.capacity)
        else:
            mentor, mentee = self._spared(self.room.limits, (mentor, mentee), (used_mentor, used_mentee))
        at = any_bit(mentor[self.columns.mentor] & mentee[self.columns.mentee], self.random)
        placed = slot >= 0
        at[placed] = slot[placed]
        columns = np.flatnonzero(at >= 0)
        chosen = self._solve(columns, at[columns])
        result = np.full(len(at), -1, np.int64)
        result[chosen] = at[chosen]
        return result

    def _open(self, used_mentor: Integers, used_mentee: Integers, giving: npt.NDArray[np.bool_] | None) -> Both:
        """Where each may have meetings this round, by role: somebody with both roles has one of them in each slot."""
        mentor = self.room.free[self.model.mentors].copy()
        mentee = self.room.free[self.model.mentees].copy()
        if len(self.both):
            gives, asks = self._roles
            coin = self.random.integers(0, 1 << self.model.slots, len(self.both))
            waiting = (used_mentee[asks] == 0) & (self.room.has[asks] == 0) & (self.room.wish[asks] > 0)
            coin[waiting] = 0
            if giving is not None:
                coin[giving] = -1
            role = (coin | used_mentor[gives]) & ~used_mentee[asks]
            mentor[gives] &= role
            mentee[asks] &= ~role
        return mentor, mentee

    def _offered(self, available: Integers, used: Integers, most: Integers) -> Integers:
        """Slots in which people take meetings this round: those in use, and others up to the most they can have."""
        bits = available[:, None] >> self.slot_numbers & 1
        order = self.random.random(bits.shape, np.float32)
        order[bits == 0] = 3
        order[(used[:, None] >> self.slot_numbers & 1) == 1] = -1
        chosen = np.argsort(order, axis=1)[:, : int(most.max(initial=0))]
        taken = np.arange(chosen.shape[1]) < most[:, None]
        taken &= np.take_along_axis(order, chosen, 1) < 2
        offered: Integers = np.bitwise_or.reduce(np.where(taken, np.int64(1) << chosen, 0), axis=1)
        return offered

    def _spared(self, limits: Limits, free: Both, used: Both) -> Both:
        """Slots that people are offered so that mentors stay within their limits whichever of them are taken: those in
        use, and others in a random order as long as they fit."""
        gives, asks = self._roles
        offer = Offer(limits, used[0].copy(), self.room.busy[self.model.mentors])
        offer.beside[gives] |= used[1][asks]
        left = self.room.capacity - np.bitwise_count(used[0])
        for slots in self.random.random((len(left), self.model.slots), np.float32).argsort(axis=1).T:
            bit = np.int64(1) << slots
            fits = ((free[0] & ~offer.taken & bit) != 0) & (left > 0) & offer.fits(bit)
            offer.taken |= np.where(fits, bit, 0)
            left -= fits
        mentee = free[1].copy()
        mentee[asks] = used[1][asks]
        for slot in self.random.permutation(self.model.slots) if len(gives) else ():
            bit = np.full(len(left), np.int64(1) << slot)
            fits = ((free[1][asks] & bit[gives]) != 0) & ~offer.too_long(bit)[gives]
            mentee[asks] |= np.where(fits, bit[gives], 0)
            offer.beside[gives] |= np.where(fits, bit[gives], 0)
        return offer.taken, mentee

    @cached_property
    def _roles(self) -> Both:
        """(mentor rows, mentee rows) of who has both roles."""
        return np.searchsorted(self.model.mentors, self.both), np.searchsorted(self.model.mentees, self.both)

    def _solve(self, columns: Integers, where: Integers) -> Integers:
        """source -> slot (tables) -> mentor in slot -> mentee in slot -> mentee (one arc a meeting) -> sink."""
        slots = self.model.slots
        give, gives = np.unique(self.columns.mentor[columns] * slots + where, return_inverse=True)
        take, takes = np.unique(self.columns.mentee[columns] * slots + where, return_inverse=True)
        net = Network(len(columns), slots, len(give), len(take), len(self.model.mentees))
        net.arcs(net.second + gives, net.third + takes, 1, -self.columns.points[columns])
        net.arcs(net.source, net.first + self.slot_numbers, self.room.tables, 0)
        net.arcs(net.first + give % slots, net.second + np.arange(len(give)), 1, 0)
        net.arcs(net.third + np.arange(len(take)), net.fourth + take // slots, 1, 0)
        net.arcs(net.fourth + self.unit_mentee, net.sink, 1, self.unit_cost)
        return columns[net.solve(self.room.most_meetings)]

    def shaken(self, slot: Integers) -> Integers:
        """The same meetings at other times: two slots change places for groups of people who can do so together."""
        placed = np.flatnonzero(slot >= 0)
        slots = self.model.slots
        order = self.random.permutation(slots)
        other = np.arange(slots)
        half = slots // 2
        other[order[:half]], other[order[half : 2 * half]] = order[half : 2 * half], order[:half]
        lower = np.minimum(np.arange(slots), other)
        here, there = slot[placed], other[slot[placed]]
        group, deltas = self._components(placed, lower[here], here, there)
        moves = self._chosen_components(group, deltas, lower[here], here)
        result = slot.copy()
        result[placed[moves]] = there[moves]
        while self.room.limits is not None and moves.any():
            wrong = self._beyond(self.room.limits, result)[self._people_of(placed)].any(axis=1)
            if not wrong.any():
                break
            moves &= ~np.isin(group, group[wrong])
            result[placed] = np.where(moves, there, here)
        return result

    def _people_of(self, columns: Integers) -> Integers:
        """[n, 2] who gives and who asks."""
        return np.stack([self.mentor_person[columns], self.mentee_person[columns]], axis=1)

    def _beyond(self, limits: Limits, slot: Integers) -> npt.NDArray[np.bool_]:
        """[people] whose times as a mentor are beyond her limits."""
        mentor, mentee = self.used(slot)
        gives, asks = self._roles
        before = self.room.busy[self.model.mentors]
        used = before | mentor
        used[gives] |= mentee[asks]
        found = np.zeros(self.model.people, bool)
        found[self.model.mentors] = limits.too_many(mentor) | limits.too_long(used, before)
        return found

    def _components(
        self, placed: Integers, pair: Integers, here: Integers, there: Integers
    ) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """(component of each meeting in the graph of its two slots, whether the component can change them)."""
        people = (self.mentor_person[placed], self.mentee_person[placed])
        nodes, number = np.unique(
            np.concatenate([one * self.model.slots + pair for one in people]), return_inverse=True
        )
        count = len(placed)
        edges = csr_matrix((np.ones(count, bool), (number[:count], number[count:])), shape=(len(nodes), len(nodes)))
        _found, label = connected_components(edges, directed=False)
        group = label[number[:count]]
        can = np.ones(count, bool)
        for one in people:
            can &= (self.room.free[one] >> there & 1) == 1
        movable = np.ones(len(nodes), bool)
        movable[group[~can]] = False
        return group, movable

    def _chosen_components(
        self, group: Integers, movable: npt.NDArray[np.bool_], pair: Integers, here: Integers
    ) -> npt.NDArray[np.bool_]:
        """Which meetings change their slot: of each two slots as many components with one meeting more in the first as
        with one more in the second, so that the tables stay as full as they are, and half of the others."""
        size = len(movable)
        surplus = np.bincount(group, np.where(here == pair, 1, -1), size).astype(np.int64)
        slots = np.zeros(size, np.int64)
        slots[group] = pair
        lot = self.random.random(size)
        chosen = movable & (surplus == 0) & (lot < 0.5)
        candidates = np.flatnonzero(movable & (surplus != 0))
        candidates = candidates[np.lexsort((lot[candidates], surplus[candidates], slots[candidates]))]
        kind = slots[candidates] * 2 + (surplus[candidates] > 0)
        most = np.bincount(kind, minlength=2 * self.model.slots).reshape(-1, 2).min(axis=1)
        begins = np.searchsorted(kind, kind)
        rank = np.arange(len(kind)) - begins
        chosen[candidates[rank < most[slots[candidates]]]] = True
        changes: npt.NDArray[np.bool_] = chosen[group]
        return changes


class Offer:
    """What mentors are offered, while it grows."""

    def __init__(self, limits: Limits, taken: Integers, busy: Integers) -> None:
        self.limits, self.taken, self.busy = limits, taken, busy
        self.beside = busy.copy()
        """Slots in which they have, or may have, something else."""

    def fits(self, bit: Integers) -> npt.NDArray[np.bool_]:
        """[nm] whether each may give in this slot, too."""
        return ~self.limits.too_many(self.taken | bit) & ~self.too_long(bit)

    def too_long(self, bit: Integers) -> npt.NDArray[np.bool_]:
        """[nm] whether a row is too long with this slot."""
        return self.limits.too_long(self.taken | self.beside | bit, self.busy)


class Network:
    """source -> first -> second -> third -> fourth -> sink, and a bypass; the first arcs added are the pairs."""

    def __init__(self, pairs: int, first: int, second: int, third: int, fourth: int) -> None:
        self.pairs = pairs
        self.first, self.second = 0, first
        self.third, self.fourth = first + second, first + second + third
        self.source = self.fourth + fourth
        self.sink = self.source + 1
        self.flow = min_cost_flow.SimpleMinCostFlow()

    def arcs(self, tail: Integers | int, head: Integers | int, most: Integers | int, cost: Integers | int) -> None:
        """Arcs between nodes; what is one number is the same for all."""
        parts = np.broadcast_arrays(tail, head, most, cost)
        self.flow.add_arcs_with_capacity_and_unit_cost(*(np.ascontiguousarray(part, np.int64) for part in parts))

    def solve(self, supply: int) -> Integers:
        """The pairs with flow."""
        self.arcs(self.source, np.array([self.sink]), supply, 0)
        send(self.flow, self.source, self.sink, supply)
        return np.flatnonzero(self.flow.flows(np.arange(self.pairs)))


def any_bit(masks: Integers, random: np.random.Generator) -> Integers:
    """A random set bit of each mask, -1 where there is none."""
    count = np.bitwise_count(masks).astype(np.int64)
    skip = (random.random(len(masks)) * count).astype(np.int64)
    rest = masks.copy()
    for _ in range(int(skip.max(initial=0))):
        rest = np.where(skip > 0, rest & (rest - 1), rest)
        skip -= 1
    lowest = rest & -rest
    found: npt.NDArray[np.int64] = np.where(count > 0, np.bitwise_count(lowest - 1).astype(np.int64), -1)
    return found
