"""The best of one joint program, from a plan at hand and a bound from both sides until they meet: column generation on
the linear program (Gilmore, Gomory 1961), then whole numbers on the few meetings whose prices allow them. It knows no rule
that a joint program does not know, and the plan that it improves only by what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from services.introductions.planner.engine.duality import SCALE, Bound, prices_of
from services.introductions.planner.engine.joint import Joint
from services.introductions.planner.engine.model import Integers
from services.introductions.planner.highs import Answer, Floats, Program

Solve: TypeAlias = Callable[[Program], Answer | None]
"""A solver; None where somebody stopped it."""
MOST_ROUNDS = 40
NEW_PAIRS = 8
"""Pairs a round for each mentee, on average, at most."""
CLOSE = 1e-6
"""What a solver calls whole lies so near."""
FEW_NODES, NODES = 50, 2_000
"""Of the tree over what the last linear program could use at the same price, and of that over all that is left."""
MOST_MEETINGS = 300_000
"""With more left to choose from, a tree would take hours and gigabytes: the bound of the linear program stands."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Meetings (pair of the joint program, slot) worth more than before."""

    pair: Integers
    slot: Integers
    worth: int


class Climb:
    """Closes in on the best of a joint program. `worth` is what the plan at hand has, `limit` what none can exceed."""

    def __init__(self, joint: Joint, worth: int, solve: Solve, found: Callable[[Found], int]) -> None:
        """`found` is told of something better, and says what the plan at hand is worth then."""
        self.joint, self.worth, self.solve, self.found = joint, worth, solve, found
        self.limit: int | None = None
        """None as long as nothing is proved."""
        self.bound: Bound | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is worth more than the plan at hand."""
        return self.limit is not None and self.limit <= self.worth

    def run(self, start: Integers) -> None:
        """From these pairs on, until done or stopped or beyond our means."""
        if not len(start):
            self.limit = self.worth
            return
        rest = self._linear(start)
        if rest is not None and not self.done:
            self._trees(*rest)

    def _linear(self, pairs: Integers) -> tuple[Integers, Integers] | None:
        """Column generation; the meetings of the last linear program where no other pair can help it."""
        for _ in range(MOST_ROUNDS):
            meetings = self.joint.meetings(pairs)
            answer = self.solve(self.joint.program(*meetings))
            if answer is None or answer.x is None or answer.prices is None:
                return None
            bound = Bound(self.joint, prices_of(self.joint, *meetings, answer.prices))
            if self.bound is None or bound.scaled < self.bound.scaled:
                self.bound = bound
                self.limit = bound.points
            self._take(*meetings, answer.x)
            fresh = np.setdiff1d(np.flatnonzero(bound.excess), pairs, assume_unique=True)
            if self.done or not len(fresh):
                return meetings
            most = NEW_PAIRS * len(self.joint.model.mentees)
            best = np.argsort(-bound.excess[fresh], kind="stable")[:most]
            pairs = np.union1d(pairs, fresh[best])
        return None

    def _trees(self, pair: Integers, slot: Integers) -> None:
        """Whole numbers: first where a better plan is likely, then all meetings that a better plan could have."""
        assert self.bound is not None
        likely = self.bound.of(pair, slot) <= SCALE
        if 0 < likely.sum() <= MOST_MEETINGS:
            self._tree(pair[likely], slot[likely], FEW_NODES)
        if self.done:
            return
        pair, slot = self.bound.meetings(self.worth + 1)
        if not len(pair):
            self.limit = self.worth
        elif len(pair) <= MOST_MEETINGS:
            self._prove(pair, slot)

    def _tree(self, pair: Integers, slot: Integers, nodes: int) -> Answer | None:
        answer = self.solve(self.joint.program(pair, slot, more_than=self.worth, nodes=nodes))
        if answer is not None and answer.x is not None:
            self._take(pair, slot, answer.x)
        return answer

    def _prove(self, pair: Integers, slot: Integers) -> None:
        """Over all that anything better can have: what is best here is best, and nothing is best if nothing is found."""
        before = self.worth
        answer = self._tree(pair, slot, NODES)
        if answer is None or not answer.complete:
            return
        best = before if answer.x is None else self.joint.worth(_whole(pair, answer.x))
        self.limit = max(before, best) if self.limit is None else min(self.limit, max(before, best))

    def _take(self, pair: Integers, slot: Integers, x: Floats) -> None:
        """Tell of a better plan if these numbers are whole and make one."""
        x = x[: len(pair)]
        if (np.abs(x - np.rint(x)) > CLOSE).any():
            return
        worth = self.joint.worth(_whole(pair, x))
        if worth > self.worth:
            self.worth = self.found(Found(pair=pair[x > 0.5], slot=slot[x > 0.5], worth=worth))


def _whole(pair: Integers, x: Floats) -> Integers:
    """The pairs that meet."""
    return pair[x[: len(pair)] > 0.5]
