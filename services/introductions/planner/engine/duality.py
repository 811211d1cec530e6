"""What prices prove about every pair and slot there is (weak duality; Lagrange multipliers as in Geoffrion 1974), in whole
numbers: a solver's floats suggest prices, integers prove. It solves nothing, and is true whatever the prices are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.introductions.planner.engine.joint import Joint
from services.introductions.planner.engine.model import Integers
from services.introductions.planner.highs import Floats

SCALE = 1 << 20
"""Prices are whole multiples of 1 / SCALE: what rounding costs in all rows together stays far below a point."""
HIGHEST = 1 << 42
"""A price above (4 million points) says nothing more, and sums of prices must fit into 64 bits."""
NEVER = 1 << 60
PAIRS_AT_ONCE = 1 << 14


@dataclass(frozen=True, kw_only=True)
class Prices:
    """In units of 1 / SCALE; all but `mentee` are not negative."""

    person: Integers
    """[people, slots] of somebody's slot."""
    mentor: Integers
    """[nm] of a mentor's meeting."""
    slot: Integers
    """[slots] of a table."""
    mentee: Integers
    """[ne] of a mentee's meeting; of either sign, since it links pairs and unit steps."""
    first: int
    """Of one more who must be served."""


def prices_of(joint: Joint, pair: Integers, slot: Integers, found: Floats) -> Prices:
    """From the prices of the rows of `joint.program(pair, slot)`; those of pairs are left out, `Bound` has the best."""
    model = joint.model
    scaled = np.clip(np.rint(found * SCALE), -HIGHEST, HIGHEST).astype(np.int64)
    mentee = scaled[len(scaled) - len(model.mentees) :]
    scaled = np.maximum(scaled, 0)
    parts, at = [], 1
    for key, allowed in joint.rows(pair, slot)[:3]:
        used = np.unique(key)
        part = np.zeros(len(allowed), np.int64)
        part[used] = scaled[at : at + len(used)]
        parts.append(part)
        at += len(used)
    person = parts[0].reshape(model.people, model.slots)
    return Prices(person=person, mentor=parts[1], slot=parts[2], mentee=mentee, first=int(scaled[0]))


class Bound:
    """What nothing in a joint program can exceed at these prices, all its pairs considered."""

    def __init__(self, joint: Joint, prices: Prices) -> None:
        self.joint, self.prices = joint, prices
        self.excess = np.zeros(len(joint.pairs.mentee), np.int64)
        """[pairs] by how much a pair is worth more than the prices in its best slot; 0 where it is not."""
        for some, cost in self._costs():
            self.excess[some] = np.maximum(0, -cost.min(axis=1, initial=NEVER))
        steps = SCALE * joint.unit_gain + prices.first * joint.unit_first + prices.mentee[joint.unit_mentee]
        rows = prices.person.sum() + prices.mentor @ joint.room.capacity + prices.slot @ joint.room.tables
        self.scaled = int(self.excess.sum() + np.maximum(0, steps).sum() + rows) - prices.first * joint.least_first
        """In units of 1 / SCALE."""

    @property
    def points(self) -> int:
        """Worth is a whole number."""
        return self.scaled // SCALE

    def meetings(self, worth: int) -> tuple[Integers, Integers]:
        """(pair, slot) of all that can be part of anything worth that much: one that is not would cost more than what
        lies between (reduced cost fixing; Dantzig, Fulkerson, Johnson 1954)."""
        most = self.scaled - SCALE * worth
        found = []
        for some, cost in self._costs():
            row, slot = np.nonzero(cost + self.excess[some][:, None] <= most)
            found.append(np.stack([some[row], slot]))
        pair, slot = np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.int64)
        return pair, slot

    def of(self, pair: Integers, slot: Integers) -> Integers:
        """[n] by how much meetings cost more than they are worth, not negative."""
        costs = np.zeros(len(pair), np.int64)
        for begin in range(0, len(pair), PAIRS_AT_ONCE):
            part = np.s_[begin : begin + PAIRS_AT_ONCE]
            costs[part] = np.take_along_axis(self._cost(pair[part]), slot[part][:, None], 1)[:, 0]
        return costs + self.excess[pair]

    def _costs(self) -> Iterator[tuple[Integers, Integers]]:
        """(pairs, [pairs, slots] prices less worth; NEVER where somebody is not free), a block after the other."""
        for begin in range(0, len(self.excess), PAIRS_AT_ONCE):
            some = np.arange(begin, min(begin + PAIRS_AT_ONCE, len(self.excess)))
            yield some, self._cost(some)

    def _cost(self, pairs: Integers) -> Integers:
        joint, prices, model = self.joint, self.prices, self.joint.model
        mentor, mentee = joint.pairs.mentor[pairs], joint.pairs.mentee[pairs]
        both = prices.mentor[mentor] + prices.mentee[mentee] - SCALE * joint.pairs.points[pairs]
        cost = prices.person[model.mentors[mentor]] + prices.person[model.mentees[mentee]] + prices.slot
        free = joint.common(pairs)[:, None] >> np.arange(model.slots) & 1
        return np.where(free == 1, cost + both[:, None], NEVER)
