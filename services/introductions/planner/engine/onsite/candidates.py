"""Who could meet whom and for how many points, looked up once: a few dozen mentors of each mentee, the mentees of each
mentor, and everybody where that is needed. It knows nothing about slots, places and answers."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from services.introductions.planner.engine.model import Integers, Model
from services.introductions.planner.engine.onsite.situation import grown
from services.introductions.planner.engine.pairs import Columns
from services.introductions.planner.engine.pricing import Pricer

Ranked: TypeAlias = list[tuple[int, int]]
"""(-points, row), so that sorting puts the best first."""

BEST = 64
"""Mentors kept of each mentee, at the mentors' prices."""
MOST_TAKERS = 200
"""Mentees kept of each mentor."""


class Candidates:
    """Of one conference, while it grows. A list is made when somebody is first asked about, and kept."""

    def __init__(self, model: Model, alpha: Integers, beta: Integers) -> None:
        """`alpha` [ne] and `beta` [nm] are the prices of meetings with each (a table's included), as `pairs.Selection` has
        them."""
        self.model = model
        mentee, mentor, points = Pricer(model).best(beta.astype(np.float32), BEST)
        self.columns = Columns(mentee=mentee, mentor=mentor, points=points)
        self._starts = np.searchsorted(mentee, np.arange(len(model.mentees) + 1))
        self._short = alpha[mentee] + beta[mentor] - points
        """[columns] how many points each lacks to be chosen."""
        order = np.lexsort((self._short, mentee))
        self._rank = np.empty_like(order)
        self._rank[order] = np.arange(len(order)) - np.repeat(self._starts[:-1], np.diff(self._starts))
        """[columns] how many others of the mentee lack less."""
        self._by_mentor = np.lexsort((mentee, -points, mentor))
        self._mentor_starts = np.searchsorted(mentor[self._by_mentor], np.arange(len(model.mentors) + 1))
        self._of_mentee: dict[int, Ranked] = {}
        self._of_mentor: dict[int, Ranked] = {}
        self._wide: set[int] = set()

    def of_mentee(self, mentee: int) -> Ranked:
        """(-points, mentor) of those she could meet, best first."""
        found = self._of_mentee.get(mentee)
        if found is None:
            part = slice(int(self._starts[mentee]), int(self._starts[mentee + 1]))
            points, mentor = self.columns.points[part], self.columns.mentor[part]
            found = self._of_mentee[mentee] = sorted(zip((-points).tolist(), mentor.tolist(), strict=True))
        return found

    def of_mentor(self, mentor: int) -> Ranked:
        """(-points, mentee) of those whom she could help most, best first."""
        found = self._of_mentor.get(mentor)
        if found is None:
            part = self._by_mentor[self._mentor_starts[mentor] : self._mentor_starts[mentor + 1]][:MOST_TAKERS]
            points, mentee = self.columns.points[part], self.columns.mentee[part]
            found = self._of_mentor[mentor] = list(zip((-points).tolist(), mentee.tolist(), strict=True))
        return found

    def widen(self, mentee: int) -> bool:
        """From now on every mentor there is stands in her list; whether that was not so before."""
        if mentee in self._wide:
            return False
        self._wide.add(mentee)
        everybody = range(len(self.model.mentors))
        self._of_mentee[mentee] = self._ranked([mentee], everybody, everybody)
        return True

    def among(self, mentor: int, mentees: Sequence[int], most: int | None = None) -> Ranked:
        """(-points, mentee) of those of these mentees who may meet her, best first."""
        return self._ranked(mentees, [mentor], mentees, most)

    def _ranked(
        self, mentees: Sequence[int], mentors: Sequence[int], rows: Sequence[int], most: int | None = None
    ) -> Ranked:
        """(-points, row) of the best pairs that may meet; `rows` is the longer of the two, the other is a single row."""
        shape = np.broadcast_arrays(np.array(mentees, np.int64), np.array(mentors, np.int64))
        points = self.model.utility.of_pairs(*shape)
        best = np.argsort(-points, kind="stable")[:most]
        best = best[points[best] > 0]
        return list(zip((-points[best]).tolist(), np.array(rows, np.int64)[best].tolist(), strict=True))

    def add(self, arrival: Model) -> None:
        """Somebody walked in: she stands in the lists of those whom she could meet."""
        self.model = grown(self.model, arrival)
        if len(arrival.mentors):
            mentor = len(self.model.mentors) - 1
            ranked = self.among(mentor, range(len(self.model.mentees)), MOST_TAKERS)
            self._of_mentor[mentor] = ranked
            for points, mentee in ranked:
                if mentee < len(self._starts) - 1:
                    insort(self.of_mentee(mentee), (points, mentor))
        if len(arrival.mentees):
            mentee = len(self.model.mentees) - 1
            self.widen(mentee)
            for points, mentor in self._of_mentee[mentee][:BEST]:
                known = self.of_mentor(mentor)
                if (points, mentee) not in known:
                    insort(known, (points, mentee))

    def near(self, points: int, floor: int, whole: list[int]) -> Columns:
        """Pairs that lack at most so many points to be chosen, at least about `floor` of each mentee, everything known of
        the `whole` mentees, and what is known of who walked in."""
        kept = (self._short <= points) | (self._rank < floor)
        parts = [(self.columns.mentee[kept], self.columns.mentor[kept], self.columns.points[kept])]
        every = dict.fromkeys(range(len(self._starts) - 1, len(self.model.mentees)), BEST) | dict.fromkeys(whole)
        for mentee, most in every.items():
            listed = np.array(self.of_mentee(mentee)[:most], np.int64).reshape(-1, 2)
            parts.append((np.full(len(listed), mentee), listed[:, 1], -listed[:, 0]))
        for mentor in range(len(self._mentor_starts) - 1, len(self.model.mentors)):
            listed = np.array(self.of_mentor(mentor), np.int64).reshape(-1, 2)
            parts.append((listed[:, 1], np.full(len(listed), mentor), -listed[:, 0]))
        joined = [np.concatenate(part) for part in zip(*parts, strict=True)]
        none = np.zeros(0, np.int64)
        fresh = Columns(mentee=joined[0], mentor=joined[1], points=joined[2])
        return Columns(mentee=none, mentor=none, points=none).joined(fresh, len(self.model.mentors))
