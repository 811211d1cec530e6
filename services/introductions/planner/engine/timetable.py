"""Puts chosen pairs into slots: directly where that is possible, else along an alternating chain of two slots (Kempe
1879; the constructive proof of König's edge-colouring theorem). It never drops a pair that was placed, and knows no
points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.introductions.planner.bits import bits
from services.introductions.planner.engine.model import Integers, Model, Room

LONGEST_CHAIN = 60


class Timetable:
    """Who is where when, while it is filled. Meetings are numbered as they come."""

    def __init__(self, model: Model, room: Room) -> None:
        self.slots = model.slots
        self.free: list[int] = room.free.tolist()
        self.open: list[int] = room.free.tolist()
        """What somebody is free in when nothing of this timetable is considered."""
        self.left: list[int] = room.tables.tolist()
        self.at: dict[int, int] = {}
        """person * slots + slot -> meeting."""
        self.pairs: list[tuple[int, int]] = []
        self.slot: list[int] = []

    def put(self, one: int, other: int, slot: int) -> int:
        """A new meeting of two people who are free then."""
        meeting = len(self.pairs)
        self.pairs.append((one, other))
        self.slot.append(slot)
        self._occupy(meeting, slot)
        return meeting

    def _occupy(self, meeting: int, slot: int) -> None:
        self.left[slot] -= 1
        self.slot[meeting] = slot
        for person in self.pairs[meeting]:
            self.free[person] &= ~(1 << slot)
            self.at[person * self.slots + slot] = meeting

    def _vacate(self, meeting: int) -> None:
        slot = self.slot[meeting]
        self.left[slot] += 1
        for person in self.pairs[meeting]:
            self.free[person] |= 1 << slot
            del self.at[person * self.slots + slot]

    def place(self, one: int, other: int) -> bool:
        """Find a slot for two people: the one with the most tables left in which both are free, else by a chain."""
        slot = self._best(self.free[one] & self.free[other])
        if slot is None:
            slot = self._by_chain(one, other)
        if slot is None:
            return False
        self.put(one, other, slot)
        return True

    def _best(self, mask: int) -> int | None:
        best, most = None, 0
        for slot in bits(mask):
            if self.left[slot] > most:
                best, most = slot, self.left[slot]
        return best

    def _by_chain(self, one: int, other: int) -> int | None:
        """Make both free in one slot by exchanging two slots along a chain of meetings; the slot, or None."""
        for here, there in ((one, other), (other, one)):
            wanted = self.free[here] & self.open[there] & ~self.free[there]
            for slot in bits(wanted):
                for target in bits(self.free[there]):
                    chain = self._chain(there, here, slot, target)
                    if chain is not None and self.has_tables(chain, slot, target, 1):
                        self.exchange(chain, slot, target)
                        return slot
        return None

    def _chain(self, start: int, stop: int, slot: int, target: int) -> list[int] | None:
        """The meetings that must change between the two slots so that `start` is free in `slot`, `stop` left alone."""
        chain: list[int] = []
        person, here, there = start, slot, target
        while True:
            meeting = self.at.get(person * self.slots + here)
            if meeting is None:
                return chain
            pair = self.pairs[meeting]
            partner = pair[0] if pair[1] == person else pair[1]
            if partner in (stop, start) or not self.open[partner] >> there & 1 or not self.open[person] >> there & 1:
                return None
            chain.append(meeting)
            if len(chain) > LONGEST_CHAIN:
                return None
            person, here, there = partner, there, here

    def group(self, person: int, slot: int, target: int) -> list[int] | None:
        """All meetings of the two slots that hang together with hers in `slot`; None where somebody cannot be in the
        other slot."""
        meeting = self.at[person * self.slots + slot]
        found, waiting = {meeting}, [meeting]
        while waiting:
            meeting = waiting.pop()
            other = target if self.slot[meeting] == slot else slot
            for one in self.pairs[meeting]:
                if not self.open[one] >> other & 1:
                    return None
                following = self.at.get(one * self.slots + other)
                if following is not None and following not in found:
                    found.add(following)
                    waiting.append(following)
            if len(found) > LONGEST_CHAIN:
                return None
        return list(found)

    def has_tables(self, chain: Sequence[int], slot: int, target: int, more: int = 0) -> bool:
        """Whether the tables suffice once the chain has changed, with `more` new meetings in `slot`."""
        leaving = sum(self.slot[meeting] == slot for meeting in chain)
        entering = len(chain) - leaving
        return self.left[slot] + leaving - entering >= more and self.left[target] + entering - leaving >= 0

    def exchange(self, chain: Sequence[int], slot: int, target: int) -> None:
        """Every meeting of the chain goes to the other of the two slots."""
        new = [target if self.slot[meeting] == slot else slot for meeting in chain]
        for meeting in chain:
            self._vacate(meeting)
        for meeting, to in zip(chain, new, strict=True):
            self._occupy(meeting, to)


def place_all(model: Model, room: Room, mentor: Integers, mentee: Integers) -> Integers:
    """[n] a slot for each pair, -1 where none was found; who has the fewest common slots goes first."""
    one, other = model.mentors[mentor], model.mentees[mentee]
    common = np.bitwise_count(room.free[one] & room.free[other])
    first = np.zeros(len(mentee), bool)
    first[np.unique(mentee, return_index=True)[1]] = True
    timetable = Timetable(model, room)
    slots = np.full(len(mentor), -1, np.int64)
    placed = [
        pair for pair in np.lexsort((common, ~first)).tolist() if timetable.place(int(one[pair]), int(other[pair]))
    ]
    slots[placed] = timetable.slot
    return slots
