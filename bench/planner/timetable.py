"""A plan while a reference makes it: who is free when, which tables are left, what each can still take. It places what
it is asked to if that may be, and never looks for something better."""

from __future__ import annotations

from typing import Any

Meeting = list[int]
"""[mentor, mentee, slot, table], as in rapport-plan/1."""


class Timetable:
    """Meetings by person number; the accepted ones are there from the start."""

    def __init__(self, instance: dict[str, Any]) -> None:
        people = instance["people"]
        self.free = [int(person["avail"], 16) for person in people]
        self.room = [person.get("mentor", {}).get("cap", 0) for person in people]
        self.wishes = [person.get("mentee", {}).get("want", 0) for person in people]
        self.has = [0] * len(people)
        """Introductions that each mentee has."""
        self.tables = [list(range(count))[::-1] for count in instance["tables"]]
        self._attention = instance["attention"]
        self.meetings: list[Meeting] = []
        self._pairs: set[frozenset[int]] = set()
        for mentor, mentee, slot, table in instance["fixed"]:
            self._hold(mentor, mentee, slot, table)
        self.open = sum(1 << slot for slot, left in enumerate(self.tables) if left)

    def slots(self, mentor: int, mentee: int) -> int:
        """Slots in which these two could meet, a bit each; 0 also where one of them takes no more."""
        if not self.room[mentor] or not self.wishes[mentee] or frozenset((mentor, mentee)) in self._pairs:
            return 0
        return self.free[mentor] & self.free[mentee] & self.open

    def worth_it(self, mentee: int, utility: int) -> bool:
        """Whether one introduction more is worth the attention that it costs."""
        return utility > self.cost(self.has[mentee])

    def cost(self, count: int) -> int:
        """What an introduction costs the attention of somebody who has `count`."""
        return self._attention[count] if count < len(self._attention) else 0

    def earliest(self, slots: int) -> int:
        """The first of these slots."""
        return (slots & -slots).bit_length() - 1

    def emptiest(self, slots: int) -> int:
        """The one of these slots with most tables left, the first of equals."""
        best, most = -1, 0
        while slots:
            slot = self.earliest(slots)
            slots &= slots - 1
            if (left := len(self.tables[slot])) > most:
                best, most = slot, left
        return best

    def place(self, mentor: int, mentee: int, slot: int) -> None:
        """Let the two meet; `slots` has said that they may."""
        self._hold(mentor, mentee, slot, self.tables[slot][-1])
        if not self.tables[slot]:
            self.open &= ~(1 << slot)

    def offer(self, mentor: int, mentee: int, utility: int) -> bool:
        """Let the two meet in the emptiest slot that both can, if it is worth it."""
        slots = self.slots(mentor, mentee) if self.worth_it(mentee, utility) else 0
        if slots:
            self.place(mentor, mentee, self.emptiest(slots))
        return bool(slots)

    def _hold(self, mentor: int, mentee: int, slot: int, table: int) -> None:
        self.tables[slot].remove(table)
        for person in (mentor, mentee):
            self.free[person] &= ~(1 << slot)
        self.room[mentor] -= 1
        self.wishes[mentee] -= 1
        self.has[mentee] += 1
        self._pairs.add(frozenset((mentor, mentee)))
        self.meetings.append([mentor, mentee, slot, table])
