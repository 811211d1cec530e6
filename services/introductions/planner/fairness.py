"""How fair a plan is, reported and not optimised: who is served, how well the first introductions fit, how evenly mentors
are asked, and how many pairs would rather have each other (Gale, Shapley 1962), times left aside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.introductions.planner.arrays import Arrays, arrays_of
from services.introductions.planner.engine.model import Integers
from services.introductions.planner.problem import Fairness, Person, Problem

Pair = tuple[str, str]
MOST_PAIRS = 4_000_000
"""Of more pairs every second, third ... mentee is looked at."""
NO_MEETING = 10**6


def fairness(problem: Problem, pairs: Sequence[Pair]) -> Fairness:
    """Of these (mentor, mentee) pairs, among all people of a problem."""
    got, given = Counter(mentee for _mentor, mentee in pairs), Counter(mentor for mentor, _mentee in pairs)
    asking = [person for person in problem.people if person.wishes or got[person.who.id]]
    new = [person for person in asking if person.who.first_timer]
    mentors = [person for person in problem.people if person.gives]
    shares = np.array([_share(person, given[person.who.id]) for person in mentors])
    squares = len(shares) * float((shares**2).sum())
    arrays = arrays_of(replace(problem, people=tuple(_open(person, got) for person in problem.people)))
    points = _Points(arrays, pairs)
    blocking, looked_at = points.blocking(problem, got, given)
    return Fairness(
        mentees=len(asking),
        served=sum(got[person.who.id] > 0 for person in asking),
        first_timers=len(new),
        first_timers_served=sum(got[person.who.id] > 0 for person in new),
        least=points.least(),
        loads=tuple(sorted(Counter(given[person.who.id] for person in mentors).items())),
        jain=float(shares.sum()) ** 2 / squares if squares else 1.0,
        blocking=1000 * blocking / looked_at if looked_at else 0.0,
    )


def _share(person: Person, given: int) -> float:
    left = sum(person.halves) if person.load is None else person.load
    return given / max(1, given + left)


def _open(person: Person, got: Counter[str]) -> Person:
    """Somebody as if nothing had been planned yet."""
    who = replace(person.who, known=frozenset())
    return replace(
        person,
        who=who,
        free=person.free | person.busy,
        busy=0,
        has=0,
        wishes=person.wishes + got[who.id],
        load=NO_MEETING,
        proposals=NO_MEETING,
    )


class _Points:
    """What every pair of a plan is worth, and what others would be."""

    def __init__(self, arrays: Arrays, pairs: Sequence[Pair]) -> None:
        self.arrays = arrays
        mentor = {name: row for row, name in enumerate(arrays.mentors)}
        mentee = {name: row for row, name in enumerate(arrays.mentees)}
        known = [(mentor[one], mentee[other]) for one, other in pairs if one in mentor and other in mentee]
        self.mentor = np.array([one for one, _other in known], np.int64)
        self.mentee = np.array([other for _one, other in known], np.int64)
        self.points = arrays.model.utility.of_pairs(self.mentee, self.mentor)

    def least(self) -> tuple[str, int] | None:
        """(mentee, points) of the best introduction of whom it fits least."""
        best: dict[int, int] = defaultdict(int)
        for mentee, points in zip(self.mentee.tolist(), self.points.tolist(), strict=True):
            best[mentee] = max(best[mentee], points)
        if not best:
            return None
        row = min(best, key=lambda mentee: (best[mentee], mentee))
        return self.arrays.mentees[row], best[row]

    def blocking(self, problem: Problem, got: Counter[str], given: Counter[str]) -> tuple[int, int]:
        """(pairs in which both would rather have each other, pairs that were looked at)."""
        model, people = self.arrays.model, {person.who.id: person for person in problem.people}
        mentors, mentees = self.arrays.mentors, self.arrays.mentees
        asks = self._least_of(self.mentee, len(mentees))
        gives = self._least_of(self.mentor, len(mentors))
        for row, name in enumerate(mentees):
            if people[name].wishes:
                asks[row] = problem.another * got[name]
        for row, name in enumerate(mentors):
            left = sum(people[name].halves) if people[name].load is None else people[name].load
            if left:
                gives[row] = 0
        step = max(1, len(mentors) * len(mentees) // MOST_PAIRS)
        paired = set(zip(self.mentor.tolist(), self.mentee.tolist(), strict=True))
        found = looked_at = 0
        everybody = np.arange(len(mentors))
        for row in range(0, len(mentees), step):
            points = model.utility.of_pairs(np.full(len(mentors), row), everybody)
            looked_at += int((points > 0).sum())
            better = np.flatnonzero((points > gives) & (points > asks[row]))
            found += sum((mentor, row) not in paired for mentor in better.tolist())
        return found, looked_at

    def _least_of(self, rows: Integers, count: int) -> Integers:
        """What another meeting must be worth more than, for who can have no more."""
        least = np.full(count, NO_MEETING, np.int64)
        np.minimum.at(least, rows, self.points)
        return least
