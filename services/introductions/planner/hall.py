"""Which tables are for whom, where not all are alike: those without steps or in a quiet place for who needs that, none that
is too far from where she has been or will be. Pure; it knows nothing of who fits whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from services.introductions.planner.problem import Point, Problem
from services.introductions.policies import Somebody

STEP_FREE, QUIET = 1, 2
"""Needs, and what a point has, as bits."""
Where = Mapping[int, int]
"""Slot -> index of the table."""


def needs_of(*people: Somebody) -> int:
    """What one of them needs of a place."""
    step_free = any(who.step_free for who in people)
    return STEP_FREE * step_free | QUIET * any(who.quiet for who in people)


class Hall:
    """The tables of a day, by meeting point."""

    def __init__(self, problem: Problem) -> None:
        self.times = problem.times
        number = {point.code: at for at, point in enumerate(problem.points)}
        self.points: Sequence[Point] = problem.points
        self.has = [STEP_FREE * point.step_free | QUIET * point.quiet for point in problem.points]
        self.point_of = [number[code] for code, _table in problem.places]
        self.tables: dict[int, list[int]] = defaultdict(list)
        for place, point in enumerate(self.point_of):
            self.tables[point].append(place)
        self.is_wide = walks_are_long(problem.points, [(time.starts, time.ends) for time in problem.times])

    def suits(self, point: int, needs: int) -> bool:
        """Whether a point has all that is needed."""
        return not needs & ~self.has[point]

    def waste(self, point: int, needs: int) -> int:
        """How much a point has that somebody else may need: a way without steps where others have some, quiet."""
        return (self.has[point] & ~needs).bit_count()

    def walk(self, one: int, other: int) -> int:
        """Minutes between two points."""
        return 0 if one == other else self.points[one].walk + self.points[other].walk

    def gap(self, number: int, other: int) -> int:
        """Minutes between two slots."""
        first, then = sorted((self.times[number], self.times[other]), key=lambda time: time.starts)
        return then.starts - first.ends

    def in_reach(self, number: int, point: int, where: Where) -> bool:
        """Whether she who has been or will be at these tables gets to a point in a slot, and away in time."""
        return not self.is_wide or all(
            self.walk(point, self.point_of[place]) <= self.gap(number, other)
            for other, place in where.items()
            if other != number
        )

    def way(self, number: int, point: int, where: Where) -> int:
        """Minutes from where she is before a slot to a point, and on to where she is after it."""
        before = max((other for other in where if other < number), default=None)
        after = min((other for other in where if other > number), default=None)
        near = [self.point_of[where[other]] for other in (before, after) if other is not None]
        return sum(self.walk(point, other) for other in near)

    def free_at(self, point: int, taken: Collection[int]) -> int | None:
        """The first table of a point that nobody has."""
        return next((place for place in self.tables[point] if place not in taken), None)

    def open_points(self, taken: Collection[int]) -> list[int]:
        """The points that have a free table."""
        return [point for point in self.tables if self.free_at(point, taken) is not None]

    def place_for(
        self, needs: int, number: int, taken: Collection[int], people: Sequence[Where], wanted: int | None = None
    ) -> int | None:
        """The best free table for people who are at other tables at other times, the `wanted` one where it may be; None =
        there is none."""
        if wanted is not None and wanted not in taken and self.may_be(wanted, needs, number, people):
            return wanted
        fitting = [point for point in self.open_points(taken) if self._fits(point, needs, number, people)]
        if not fitting:
            return None

        def rank(point: int) -> tuple[int, int, int]:
            return self.waste(point, needs), sum(self.way(number, point, where) for where in people), point

        return self.free_at(min(fitting, key=rank), taken)

    def may_be(self, place: int, needs: int, number: int, people: Sequence[Where]) -> bool:
        """Whether a table suits them all, and they get there."""
        return self._fits(self.point_of[place], needs, number, people)

    def _fits(self, point: int, needs: int, number: int, people: Sequence[Where]) -> bool:
        return self.suits(point, needs) and all(self.in_reach(number, point, where) for where in people)


def walks_are_long(points: Sequence[Point], times: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody could be too late from one point to another, in slots that (start, end)."""
    longest = sum(sorted((point.walk for point in points), reverse=True)[:2]) if len(points) > 1 else 0
    ordered = sorted(times)
    return any(longest > then[0] - first[1] for first, then in zip(ordered, ordered[1:], strict=False))
