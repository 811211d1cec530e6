"""All pairs, looked at in blocks: which are worth more than the prices of their mentor and mentee. One matrix product
bounds the points of a whole block from above; exact points are computed for what survives. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from services.introductions.planner.engine.model import Integers, Model
from services.introductions.planner.engine.utility import NEVER, Floats, years_points

CELLS = 1 << 21
"""Pairs in a block: its matrix stays in the processor's cache."""
CLOSE = 0.5
"""Above what 32-bit floats get wrong in sums of this size."""


class Pricer:
    """The pairs of a conference; mentees are kept in an order in which neighbours share years and languages."""

    def __init__(self, model: Model, allowed: Integers | None = None) -> None:
        self.utility = model.utility
        left, self.right = self.utility.factors()
        groups = np.stack([self.utility.mentee_years, self.utility.mentee_languages], axis=1)
        rows = np.arange(len(groups)) if allowed is None else allowed
        order = rows[np.lexsort((groups[rows, 1], groups[rows, 0]))]
        self.order: Integers = order
        self.left = left[order]
        changes = np.flatnonzero((groups[order][1:] != groups[order][:-1]).any(axis=1)) + 1
        self.starts = np.concatenate([[0], changes, [len(order)]]).astype(np.int64)
        step = max(1, CELLS // max(1, self.utility.mentors))
        self.edges = np.append(np.arange(0, len(order), step), len(order))
        special_mentee, special_mentor = self.utility.special()
        listed = np.isin(special_mentee, order)
        self.special = (special_mentee[listed], special_mentor[listed])

    def blocks(self, prices: Floats) -> Iterator[tuple[Integers, Floats]]:
        """(mentee rows, [rows, nm] points less prices from above; far below zero where years or languages forbid)."""
        step = int((self.edges[1:] - self.edges[:-1]).max(initial=1))
        buffer = np.empty((step, self.utility.mentors), np.float32)
        for begin, end in zip(self.edges[:-1], self.edges[1:], strict=True):
            points = np.matmul(self.left[begin:end], self.right, out=buffer[: end - begin])
            self._add_years(points, int(begin), int(end), prices)
            yield self.order[begin:end], points

    def _add_years(self, points: Floats, begin: int, end: int, prices: Floats) -> None:
        utility = self.utility
        first = int(np.searchsorted(self.starts, begin, side="right")) - 1
        while first < len(self.starts) - 1 and self.starts[first] < end:
            low, high = max(begin, int(self.starts[first])), min(end, int(self.starts[first + 1]))
            one = self.order[low]
            ahead = utility.mentor_years - utility.mentee_years[one]
            possible = utility.possible(ahead) & ((utility.mentor_languages & utility.mentee_languages[one]) != 0)
            bias = np.where(possible, years_points(ahead, utility.weights.years) - prices, NEVER)
            points[low - begin : high - begin] += bias.astype(np.float32)
            first += 1

    def best(self, prices: Floats, count: int) -> tuple[Integers, Integers, Integers]:
        """(mentee, mentor, points) of about `count` or more pairs per mentee that are best at these prices."""
        parts = []
        for rows, points in self.blocks(prices):
            least = _least_of_best(points, count)
            at, mentor = np.nonzero(points >= np.maximum(least, NEVER / 2)[:, None])
            parts.append((rows[at], mentor))
        parts.append(self.special)
        return self._exactly(parts)

    def above(self, prices: Floats, least: Floats, most: int) -> tuple[Integers, Integers, Integers, bool]:
        """(mentee, mentor, points, whether these are all) of the pairs whose points less the mentor's price exceed the
        mentee's `least`; where a block has more than `most` per mentee, only about the best of each."""
        parts, complete = [], True
        for rows, points in self.blocks(prices):
            threshold = least[rows] - CLOSE
            flat = np.flatnonzero(points > threshold[:, None])
            if len(flat) > most * len(rows):
                complete = False
                threshold = np.maximum(threshold, _least_of_best(points, most))
                flat = np.flatnonzero(points > threshold[:, None])
            parts.append((rows[flat // self.utility.mentors], flat % self.utility.mentors))
        parts.append(self.special)
        return *self._exactly(parts), complete

    def _exactly(self, parts: list[tuple[Integers, Integers]]) -> tuple[Integers, Integers, Integers]:
        mentee = np.concatenate([mentee for mentee, _mentor in parts])
        mentor = np.concatenate([mentor for _mentee, mentor in parts])
        keys = np.unique(mentee * self.utility.mentors + mentor)
        mentee, mentor = keys // self.utility.mentors, keys % self.utility.mentors
        points = self.utility.of_pairs(mentee, mentor)
        real = points > 0
        return mentee[real], mentor[real], points[real]


def _least_of_best(points: Floats, count: int) -> npt.NDArray[np.float32]:
    """[rows] a threshold that at least `count` entries of each row reach: maxima of interleaved groups of columns are
    partitioned instead of the columns."""
    rows, columns = points.shape
    width = max(1, columns // max(4 * count, 64))
    groups = columns // width
    if groups <= count:
        return np.full(rows, NEVER, np.float32)
    most = points[:, : groups * width].reshape(rows, width, groups).max(axis=1)
    found: npt.NDArray[np.float32] = np.partition(most, groups - count, axis=1)[:, groups - count]
    return found
