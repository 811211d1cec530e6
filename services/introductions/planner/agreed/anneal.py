"""Makes a valid schedule better by simulated annealing: somebody moves one meeting to where her own day does not become
worse, whoever is at the other end of the exchange gains or loses, and losses are accepted the less the longer it takes.
Effort is counted in moves; the same schedule, effort and generator give the same result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.introductions.planner.agreed.timetable import Timetable, timetable
from services.introductions.planner.agreed.waits import Waits, waits_in, waits_of
from services.introductions.planner.bits import bits

SLOT, WAIT = 5, 1
"""What an idle slot costs in the search, and every wait whatever its length: of two schedules with as many idle slots
the one in which people wait less often is better."""
HOT, COLD = 3.0, 1.0
"""The temperature at the beginning and at the end; measured (see `bench.planner.agreed`)."""
BLOCK = 2_000
"""So many moves between two looks at the clock."""
REMEMBERED = 20_000
"""So many days' worth of moves are kept; a few hundred megabytes would be spent on long searches otherwise."""

Move = tuple[int, int, int]
"""(from slot, to slot, what it costs the one who moves)."""


class Costs(dict[int, int]):
    """What a day costs, by the slots that are used in it."""

    def __missing__(self, used: int) -> int:
        waits = waits_of(used)
        cost = self[used] = SLOT * waits.idle + WAIT * waits.times
        return cost


class Moves(dict[tuple[int, int], tuple[Move, ...]]):
    """The moves that do not make a day worse, by the slots that may be used and those that are."""

    def __init__(self, costs: Costs) -> None:
        super().__init__()
        self.costs = costs
        self.same: dict[Move, Move] = {}

    def __missing__(self, key: tuple[int, int]) -> tuple[Move, ...]:
        if len(self) >= REMEMBERED:
            self.clear()
        reach, used = key
        costs, keep = self.costs, self.same.setdefault
        now, found = costs[used], []
        for here in bits(used):
            without = used ^ 1 << here
            for there in bits(reach & ~used):
                change = costs[without | 1 << there] - now
                if change <= 0:
                    move = here, there, change
                    found.append(keep(move, move))
        moves = self[key] = tuple(found)
        return moves


class Annealing:
    """A schedule that is being improved, and the best one seen."""

    def __init__(self, table: Timetable, chance: np.random.Generator) -> None:
        self.table, self.chance, self.agreed = table, chance, table.agreed
        self.costs = Costs()
        self.moves = Moves(self.costs)
        self.movable = [
            person
            for person, used in enumerate(table.used)
            if 0 < used.bit_count() < self.agreed.reach[person].bit_count()
        ]
        self.cost = sum(self.costs[used] for used in table.used)
        self.cheapest = self.cost
        self.best, self.waits = list(table.slot_of), waits_in(table)

    def run(self, moves: int, enough: Callable[[Waits], bool], go_on: Callable[[int], bool]) -> None:
        """One cooling down; ends early where the best is good enough or `go_on`, which is told the moves made, says no."""
        blocks = -(-moves // BLOCK)
        for number in range(blocks if self.movable else 0):
            temperature = HOT * (COLD / HOT) ** (number / blocks)
            who = self.chance.integers(len(self.movable), size=BLOCK).tolist()
            which = self.chance.random(BLOCK).tolist()
            losses = (self.chance.standard_exponential(BLOCK) * temperature).tolist()
            self._block(who, which, losses)
            if not go_on(BLOCK) or enough(self.waits):
                return

    def _block(self, who: list[int], which: list[float], losses: list[float]) -> None:
        table, costs, moves, reach, movable = self.table, self.costs, self.moves, self.agreed.reach, self.movable
        used, path = table.used, table.path
        for index, lot, loss in zip(who, which, losses, strict=True):
            person = movable[index]
            choice = moves[reach[person], used[person]]
            if not choice:
                continue
            here, there, change = choice[int(lot * len(choice))]
            found = path(person, here, there)
            if found is None:
                continue
            theirs = used[found[1]]
            change += costs[theirs ^ (1 << here | 1 << there)] - costs[theirs]
            if change <= loss:
                table.exchange(person, here, there, found[0])
                self.cost += change
                if change < 0 and self.cost <= self.cheapest:
                    self._remember()

    def _remember(self) -> None:
        self.cheapest = self.cost
        waits = waits_in(self.table)
        if waits.order < self.waits.order:
            self.best, self.waits = list(self.table.slot_of), waits

    def adopt(self, slot_of: list[int]) -> None:
        """Go on from a schedule that was found elsewhere."""
        self.table = timetable(self.agreed, slot_of)
        self.cost = self.cheapest = sum(self.costs[used] for used in self.table.used)
        self.best, self.waits = list(slot_of), waits_in(self.table)
