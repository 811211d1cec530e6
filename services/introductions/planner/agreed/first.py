"""A first schedule in which everybody's meetings are held, in milliseconds: each meeting goes where both are free, else
somebody exchanges two slots for it, else others make room and look for another slot. It cares for nothing but that."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

import numpy as np

from services.introductions.planner.agreed.timetable import FREE, Timetable
from services.introductions.planner.agreed.wishes import Agreed
from services.introductions.planner.bits import bits

STUBBORN = 20
"""So many turns a meeting that pushed others aside is rather left where it is."""
TURNS = 100
"""So many turns a meeting, on average, until nothing more is to be hoped for."""


def first(agreed: Agreed, chance: np.random.Generator, stopped: Callable[[], bool]) -> Timetable | None:
    """All meetings in slots; None where none was found, which does not say that there is none."""
    return _First(agreed, chance).run(stopped)


class _First:
    def __init__(self, agreed: Agreed, chance: np.random.Generator) -> None:
        self.agreed, self.chance, self.table = agreed, chance, Timetable(agreed)
        self.pushed = [-STUBBORN] * len(agreed.pairs)
        self.turn = 0
        load = [len(meetings) for meetings in agreed.meetings_of]
        # Whoever has the most meetings is placed first; the list is emptied from its end.
        self.waiting = sorted(
            range(len(agreed.pairs)),
            key=lambda meeting: (sum(load[person] for person in agreed.pairs[meeting]), -meeting),
        )

    def run(self, stopped: Callable[[], bool]) -> Timetable | None:
        """Place them one by one."""
        last = TURNS * len(self.agreed.pairs)
        while self.waiting:
            self.turn += 1
            if self.turn > last or (self.turn % 256 == 0 and stopped()):
                return None
            meeting = self.waiting.pop()
            if not (self._where_both_are_free(meeting) or self._by_an_exchange(meeting)):
                self._by_force(meeting)
        return self.table

    def _where_both_are_free(self, meeting: int) -> bool:
        table = self.table
        one, other = self.agreed.pairs[meeting]
        slots = [
            slot for slot in bits(table.open[meeting] & ~table.used[one] & ~table.used[other]) if table.room[slot] > 0
        ]
        if not slots:
            return False
        table.put(meeting, max(slots, key=lambda slot: (table.room[slot], -slot)))
        return True

    def _by_an_exchange(self, meeting: int) -> bool:
        """Free one of the two in a slot in which the other one is free."""
        table, (one, other) = self.table, self.agreed.pairs[meeting]
        for free, busy in ((one, other), (other, one)):
            for slot in bits(table.open[meeting] & ~table.used[free] & table.used[busy]):
                for instead in bits(self.agreed.reach[busy] & ~table.used[busy]):
                    path = table.path(busy, slot, instead)
                    if path is None or path[1] == free or table.room[slot] + len(path[0]) % 2 <= 0:
                        continue
                    table.exchange(busy, slot, instead, path[0])
                    table.put(meeting, slot)
                    return True
        return False

    def _by_force(self, meeting: int) -> None:
        """Take the slot in which the fewest have to make room."""
        table = self.table
        choices = []
        for slot, lot in zip(bits(table.open[meeting]), self.chance.random(self.agreed.slots).tolist(), strict=False):
            aside = self._in_the_way(meeting, slot)
            stubborn = sum(self.turn - self.pushed[other] < STUBBORN for other in aside)
            choices.append(((len(aside) + 5 * stubborn, lot), slot, aside))
        _cost, slot, aside = min(choices, key=itemgetter(0))
        for other in aside:
            table.take(other)
        table.put(meeting, slot)
        self.pushed[meeting] = self.turn
        self.waiting.extend(aside)
        # In another order the next time, lest the same ones push each other for ever.
        self.chance.shuffle(self.waiting)

    def _in_the_way(self, meeting: int, slot: int) -> list[int]:
        table = self.table
        found = {table.at[person][slot] for person in self.agreed.pairs[meeting]} - {FREE}
        if table.room[slot] + len(found) <= 0:
            others = [other for other, at in enumerate(table.slot_of) if at == slot and other not in found]
            found.add(others[int(self.chance.integers(len(others)))])
        return sorted(found)
