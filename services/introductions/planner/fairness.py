"""How fair a plan is, reported and not optimised: who is served, how well the first introductions fit, how evenly mentors
are asked, and how many pairs would rather have each other (Gale, Shapley 1962), times left aside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.introductions.planner.arrays import Arrays, arrays_of
from services.introductions.planner.engine.model import MOST_SLOTS, Integers
from services.introductions.planner.problem import Fairness, Person, Problem

Pair = tuple[str, str]
MOST_PAIRS = 4_000_000
"""Of more pairs every second, third ... mentee is looked at."""
NO_MEETING = 10**6


def fairness(problem: Problem, new: Sequence[Pair]) -> Fairness:
    """Of the introductions that a problem has already and of these new (mentor, mentee) pairs, among all its people."""
    count = _Counts(problem, new)
    asking = [person for person in problem.people if count.wished(person)]
    first = [person for person in asking if person.who.first_timer]
    mentors = [person for person in problem.people if person.gives]
    shares = np.array([count.given[one.who.id] / max(1, count.capacity(one)) for one in mentors])
    squares = len(shares) * float((shares**2).sum())
    points = _Points(problem, count, [*problem.held, *new])
    tables = sum(len(problem.places) - len(taken) for taken in problem.taken) - len(new)
    blocking, looked_at = points.blocking(problem.another, tables)
    return Fairness(
        mentees=len(asking),
        served=sum(count.got[person.who.id] > 0 for person in asking),
        first_timers=len(first),
        first_timers_served=sum(count.got[person.who.id] > 0 for person in first),
        least=points.least(),
        loads=tuple(sorted(Counter(count.given[person.who.id] for person in mentors).items())),
        jain=float(shares.sum()) ** 2 / squares if squares else 1.0,
        blocking=1000 * blocking / looked_at if looked_at else 0.0,
    )


class _Counts:
    """What everybody has, takes and wishes, before and after."""

    def __init__(self, problem: Problem, new: Sequence[Pair]) -> None:
        self.had = Counter(mentee for _mentor, mentee in problem.held)
        self.gave = Counter(mentor for mentor, _mentee in problem.held)
        self.got = self.had + Counter(mentee for _mentor, mentee in new)
        self.given = self.gave + Counter(mentor for mentor, _mentee in new)

    def capacity(self, mentor: Person) -> int:
        """Meetings she takes, those she has included."""
        return self.gave[mentor.who.id] + mentor.left

    def wished(self, mentee: Person) -> int:
        """Introductions she wishes, those she has included."""
        return self.had[mentee.who.id] + mentee.wishes


def _open(person: Person, count: _Counts) -> Person:
    """Somebody as if nothing had been planned yet."""
    return replace(
        person,
        who=replace(person.who, known=frozenset()),
        free=_folded(person.free | person.busy),
        busy=0,
        has=0,
        wishes=count.wished(person),
        load=count.capacity(person),
        proposals=NO_MEETING,
    )


def _folded(slots: int) -> int:
    """A set of slots that the engine can hold: of very many, two that are `MOST_SLOTS` apart count as one."""
    found = 0
    while slots:
        found |= slots & (1 << MOST_SLOTS) - 1
        slots >>= MOST_SLOTS
    return found


class _Points:
    """What every pair of a plan is worth, and what others would be."""

    def __init__(self, problem: Problem, count: _Counts, pairs: Sequence[Pair]) -> None:
        people = tuple(_open(person, count) for person in problem.people)
        self.arrays: Arrays = arrays_of(replace(problem, people=people), 0, min(MOST_SLOTS, len(problem.times)))
        self.people, self.count = {person.who.id: person for person in people}, count
        mentor = {name: row for row, name in enumerate(self.arrays.mentors)}
        mentee = {name: row for row, name in enumerate(self.arrays.mentees)}
        known = [(mentor[one], mentee[other]) for one, other in pairs if one in mentor and other in mentee]
        self.mentor = np.array([one for one, _other in known], np.int64)
        self.mentee = np.array([other for _one, other in known], np.int64)
        self.points = self.arrays.model.utility.of_pairs(self.mentee, self.mentor)

    def least(self) -> tuple[str, int] | None:
        """(mentee, points) of the best introduction of whom it fits least."""
        every: dict[int, int] = defaultdict(int)
        for mentee, points in zip(self.mentee.tolist(), self.points.tolist(), strict=True):
            every[mentee] = max(every[mentee], points)
        best = {
            mentee: points for mentee, points in every.items() if points
        }  # who must meet may have nothing in common
        if not best:
            return None
        row = min(best, key=lambda mentee: (best[mentee], mentee))
        return self.arrays.mentees[row], best[row]

    def blocking(self, another: int, tables: int) -> tuple[int, int]:
        """(pairs in which both would rather have each other, pairs that were looked at). Where no `tables` are left, one of
        the two must have a meeting to give up for it."""
        mentors, mentees = self.arrays.mentors, self.arrays.mentees
        asks = self._least_of(self.mentee, len(mentees))
        for row, name in enumerate(mentees):
            if self.count.got[name] < self.people[name].wishes:
                asks[row] = another * self.count.got[name]
        gives = self._least_of(self.mentor, len(mentors))
        spare = np.array([self.count.given[name] < (self.people[name].load or 0) for name in mentors], bool)
        gives[spare] = 0
        paired = set(zip(self.mentor.tolist(), self.mentee.tolist(), strict=True))
        found = looked_at = 0
        everybody = np.arange(len(mentors))
        for row in range(0, len(mentees), max(1, len(mentors) * len(mentees) // MOST_PAIRS)):
            points = self.arrays.model.utility.of_pairs(np.full(len(mentors), row), everybody)
            looked_at += int((points > 0).sum())
            wanted = (points > gives) & (points > asks[row])
            if tables <= 0 and self.count.got[mentees[row]] < self.people[mentees[row]].wishes:
                wanted &= ~spare
            better = np.flatnonzero(wanted)
            found += sum((mentor, row) not in paired for mentor in better.tolist())
        return found, looked_at

    def _least_of(self, rows: Integers, count: int) -> Integers:
        """What another meeting must be worth more than, for who can have no more."""
        least = np.full(count, NO_MEETING, np.int64)
        np.minimum.at(least, rows, self.points)
        return least
