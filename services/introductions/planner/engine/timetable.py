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
        self.left: list[int] = (model.tables - np.bincount(model.fixed[:, 2], minlength=model.slots)).tolist()
        self.at: dict[int, int] = {}
        """person * slots + slot -> meeting."""
        self.pairs: list[tuple[int, int]] = []
        """(who gives, who asks) of each meeting."""
        self.slot: list[int] = []
        self.busy: list[int] = room.busy.tolist()
        self.limits = room.limits
        self.gives = [0] * model.people
        """The slots of each mentor's meetings in this timetable."""
        self.mentor_row = (
            {} if room.limits is None else {person: row for row, person in enumerate(model.mentors.tolist())}
        )

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
        self.gives[self.pairs[meeting][0]] |= 1 << slot
        for person in self.pairs[meeting]:
            self.free[person] &= ~(1 << slot)
            self.at[person * self.slots + slot] = meeting

    def _vacate(self, meeting: int) -> None:
        slot = self.slot[meeting]
        self.left[slot] += 1
        self.gives[self.pairs[meeting][0]] &= ~(1 << slot)
        for person in self.pairs[meeting]:
            self.free[person] |= 1 << slot
            del self.at[person * self.slots + slot]

    def used(self, person: int) -> int:
        """The slots in which somebody has something, of this timetable or not."""
        return self.busy[person] | self.open[person] & ~self.free[person]

    def keeps(self, person: int, gives: int = 0, asks: int = 0) -> bool:
        """Whether somebody's times are within the limits with these slots more."""
        row = self.mentor_row.get(person)
        if row is None or self.limits is None:
            return True
        used = self.used(person) | gives | asks
        return self.limits.allow(row, self.gives[person] | gives, used, self.busy[person])

    def _allowed(self, one: int, other: int) -> int:
        """The slots that are free for both and within their limits."""
        mask = self.free[one] & self.free[other]
        if self.limits is None:
            return mask
        return sum(
            1 << slot for slot in bits(mask) if self.keeps(one, gives=1 << slot) and self.keeps(other, asks=1 << slot)
        )

    def give(self, meeting: int, person: int) -> None:
        """Somebody else, who is free then, gives this meeting."""
        slot = self.slot[meeting]
        self._vacate(meeting)
        self.pairs[meeting] = (person, self.pairs[meeting][1])
        self._occupy(meeting, slot)

    def place(self, one: int, other: int) -> bool:
        """Find a slot for two people: the one with the most tables left in which both are free, else by a chain."""
        slot = self._best(self._allowed(one, other))
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
                    if chain is None or not self.has_tables(chain, slot, target, 1):
                        continue
                    if self.exchange(chain, slot, target) and self._allowed(one, other) >> slot & 1:
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

    def exchange(self, chain: Sequence[int], slot: int, target: int) -> bool:
        """Every meeting of the chain goes to the other of the two slots, if everybody's limits allow it."""
        self._exchange(chain, slot, target)
        if all(self.keeps(person) for meeting in chain for person in self.pairs[meeting]):
            return True
        self._exchange(chain, slot, target)
        return False

    def _exchange(self, chain: Sequence[int], slot: int, target: int) -> None:
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
