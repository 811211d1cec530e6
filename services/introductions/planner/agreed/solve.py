"""From wishes to a schedule: a first one at once, then better ones, and what is proved about how good any can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from types import ModuleType

import numpy as np

from services.introductions.planner.agreed.anneal import Annealing
from services.introductions.planner.agreed.first import first
from services.introductions.planner.agreed.timetable import timetable
from services.introductions.planner.agreed.waits import Proof, Waits, waits_in, weight
from services.introductions.planner.agreed.wishes import Agreed, UnreadableSchedule, impossible

EFFORT = 32_000_000
"""Moves; half a minute to a minute of one core."""
ROUND = 250_000
"""Moves of the first cooling down; every further one has twice as many."""
COUNTING = 1.0
"""CP-SAT's work for the bound, about as many seconds."""
SMALL, SURELY = 600, 5.0
"""With so few choices of a slot CP-SAT is asked for the very best schedule, with so much work."""
COUNTABLE = 20_000
"""Meetings times slots; with more, writing the bound's model down would take longer than the search."""
SEARCHING = 60.0
"""CP-SAT's work where no first schedule was found: to find one, or that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All meetings in slots."""

    meetings: tuple[tuple[int, int], ...]
    """(meeting, slot), both from 0, in the order of the meetings."""
    idle: int
    """Slots between somebody's first meeting and her last in which she has none, over all people."""
    waits: int
    """How often somebody waits, however long."""
    bound: int
    """Proved: no schedule has fewer idle slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    idle: int
    waits: int
    bound: int
    share: float
    """Of the effort that is spent, from 0 to 1."""


def solve(
    agreed: Agreed,
    *,
    seed: int = 0,
    effort: int = EFFORT,
    seconds_left: Callable[[], float] = lambda: inf,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Schedule:
    """The best schedule found with this effort; refuses by `UnreadableSchedule` where not all meetings can be held.

    The same wishes, seed and effort give the same schedule, unless `seconds_left` falls to 0 before the effort is
    spent: it is asked often, and then what is best so far is the answer.
    """
    why_not = impossible(agreed)
    if why_not is not None:
        raise UnreadableSchedule(why_not)
    return _Search(agreed, seed, effort, seconds_left, progress).run()


class _Search:
    def __init__(
        self,
        agreed: Agreed,
        seed: int,
        effort: int,
        seconds_left: Callable[[], float],
        progress: Callable[[Progress], None],
    ) -> None:
        self.agreed, self.effort, self.seconds_left, self.progress = agreed, effort, seconds_left, progress
        self.chance = np.random.default_rng(seed)
        self.spent = 0
        self.proof = Proof()
        self.annealing = self._start()

    def _start(self) -> Annealing:
        table = first(self.agreed, self.chance, lambda: self.seconds_left() <= 0)
        if table is None:
            found = _exact().any_at_all(self.agreed, SEARCHING, self.seconds_left())
            if found.none:
                raise UnreadableSchedule(
                    "The meetings cannot all be held: it is proved that there is no such schedule."
                )
            if found.slot_of is None:
                raise UnreadableSchedule("No schedule with all meetings was found in this time; there may be one.")
            table = timetable(self.agreed, found.slot_of)
        return Annealing(table, self.chance)

    def run(self) -> Schedule:
        """Search until it is proved that there is nothing better, or until the effort or the time is spent."""
        self._tell()
        size = ROUND
        self._cool_down(size)
        self._prove()
        while self.annealing.movable and self._may_go_on():
            size *= 2
            self._cool_down(size)
        waits = self.annealing.waits
        return Schedule(
            meetings=tuple(enumerate(self.annealing.best)),
            idle=waits.idle,
            waits=waits.times,
            bound=min(waits.idle, self.proof.idle),
        )

    def _cool_down(self, moves: int) -> None:
        if self._may_go_on():
            self.annealing.run(min(moves, self.effort - self.spent), self._is_best, self._spend)

    def _may_go_on(self) -> bool:
        return not self._is_best(self.annealing.waits) and self.spent < self.effort and self.seconds_left() > 0

    def _is_best(self, waits: Waits) -> bool:
        return weight(waits) <= self.proof.bound

    def _spend(self, moves: int) -> bool:
        self.spent += moves
        self._tell()
        return self.spent < self.effort and self.seconds_left() > 0

    def _prove(self) -> None:
        if self._is_best(self.annealing.waits) or self.seconds_left() <= 0:
            return
        if sum(slots.bit_count() for slots in self.agreed.open) <= SMALL:
            self.proof = _exact().best(self.agreed, self.annealing.best, SURELY, self.seconds_left())
            if self.proof.slot_of is not None:
                found = list(self.proof.slot_of)
                if waits_in(timetable(self.agreed, found)).order < self.annealing.waits.order:
                    self.annealing.adopt(found)
        elif len(self.agreed.pairs) * self.agreed.slots <= COUNTABLE:
            self.proof = _exact().least(self.agreed, COUNTING, self.seconds_left())
        self._tell()

    def _tell(self) -> None:
        waits, share = self.annealing.waits, min(1.0, self.spent / self.effort) if self.effort > 0 else 1.0
        self.progress(Progress(idle=waits.idle, waits=waits.times, bound=min(waits.idle, self.proof.idle), share=share))


def _exact() -> ModuleType:
    from services.introductions.planner.agreed import exact  # noqa: PLC0415 - CP-SAT takes a third of a second to load

    return exact
