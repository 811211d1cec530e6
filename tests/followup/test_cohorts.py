"""Cohorts: what is shown of them, and that no small cell can be computed from it, by brute force and by linear programs."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from services.followup.domain.cells import Answered, shown
from services.followup.domain.cohorts import (
    CohortRow,
    cohort,
    hidden_rows,
    shown_together,
    time_of_day,
)
from services.followup.domain.intervals import wilson
from services.followup.domain.outcomes import Outcomes, Pairs, Parts, People
from services.followup.policies import CHECK_INS

LEAST = 5
Three = tuple[int, int, int]
NAMES = ("yes", "no", "unknown")


def totals(levels: Mapping[str, Three], least: int = LEAST) -> Sequence[Answered]:
    """All pairs as the page shows them."""
    yes, no, unknown = (sum(parts[place] for parts in levels.values()) for place in range(3))
    met = yes + no + unknown
    week = Parts(yes=yes, no=no, unknown=unknown)
    rest = {question: Parts(unknown=met) for question in CHECK_INS[1:]}
    pairs = Pairs(introduced=met, accepted=met, met=met, in_touch={"week": week, **rest})
    return shown(Outcomes(people=People(), pairs=pairs), least, {"week"}).answers


def counts(levels: Mapping[str, Three]) -> dict[str, dict[str, Parts]]:
    return {level: {"week": Parts(yes=a, no=b, unknown=c)} for level, (a, b, c) in levels.items()}


def split(levels: Mapping[str, Three], least: int = LEAST) -> tuple[CohortRow, ...]:
    return cohort(counts(levels), totals(levels, least), least)


def told(rows: Sequence[CohortRow]) -> list[tuple[Any, ...]]:
    return [(row.levels, row.met, *(getattr(row.answers[0], name) for name in NAMES)) for row in rows]


def test_rows_have_their_rates_intervals_and_bounds() -> None:
    rows = split({"grants": (20, 10, 30), "rust": (6, 9, 5)})
    assert told(rows) == [(("grants",), 60, 20, 10, 30), (("rust",), 20, 6, 9, 5)]
    rust = rows[1].answers[0]
    assert (rust.reported, rust.among_answered, rust.bounds) == (6 / 20, 6 / 15, (6 / 20, 11 / 20))
    assert rust.interval == wilson(6, 20)


def test_small_levels_are_shown_together_and_take_the_next_smallest_where_they_are_few() -> None:
    rows = split({"grants": (20, 10, 30), "rust": (1, 1, 1), "go": (0, 2, 2), "python": (9, 9, 9)})
    assert [(row.levels, row.met) for row in rows] == [(("grants",), 60), (("python",), 27), (("rust", "go"), 7)]
    rows = split({"grants": (20, 10, 30), "rust": (1, 1, 1), "python": (9, 9, 9)})
    assert [(row.levels, row.met) for row in rows] == [(("grants",), 60), (("rust", "python"), 30)]
    assert split({"grants": (20, 10, 30), "rust": (1, 1, 1)}) == ()
    rows = split({"grants": (20, 10, 30), "rust": (1, 0, 0), "go": (1, 1, 0), "python": (9, 9, 9)})
    assert [(row.levels, row.met) for row in rows] == [(("grants",), 60), (("rust", "go", "python"), 30)]
    rows = split({"grants": (20, 10, 30), "rust": (1, 1, 1), "python": (9, 9, 9), "go": (5, 5, 0)})
    assert [(row.levels, row.met) for row in rows] == [(("grants",), 60), (("python",), 27), (("rust", "go"), 13)]


def test_a_row_with_a_small_part_is_not_broken_down_and_others_join_it() -> None:
    rows = split({"grants": (20, 10, 30), "rust": (2, 10, 8), "python": (9, 9, 9), "go": (30, 30, 30)})
    assert told(rows) == [
        (("grants",), 60, 20, 10, 30),
        (("rust",), 20, None, None, None),
        (("python",), 27, None, None, None),
        (("go",), 90, 30, 30, 30),
    ]
    assert (rows[1].answers[0].reported, rows[1].answers[0].interval, rows[1].answers[0].bounds) == (None, None, None)


def test_a_part_that_none_of_the_hidden_rows_has_is_zero() -> None:
    rows = split({"grants": (20, 10, 30), "rust": (2, 18, 0), "python": (15, 9, 0), "go": (30, 30, 30)})
    assert told(rows)[1:3] == [(("rust",), 20, None, None, 0), (("python",), 24, None, None, 0)]


def test_where_a_total_is_hidden_no_row_is_broken_down() -> None:
    rows = split({"grants": (0, 30, 30), "rust": (3, 10, 10)})
    assert told(rows) == [(("grants",), 60, None, None, None), (("rust",), 23, None, None, None)]


def test_one_level_alone_is_the_total_and_nobody_has_no_rows() -> None:
    assert told(split({"grants": (20, 10, 30)})) == [(("grants",), 60, 20, 10, 30)]
    assert (split({}), split({"grants": (0, 0, 0)}), split({"grants": (1, 1, 1)})) == ((), (), ())


def test_levels_of_nobody_are_left_out() -> None:
    assert told(split({"grants": (20, 10, 30), "rust": (0, 0, 0)})) == [(("grants",), 60, 20, 10, 30)]


# No hidden number can be computed


def tables(sizes: Sequence[int]) -> list[tuple[Three, ...]]:
    """Every table with rows of these sizes."""
    rows = [[(a, b, size - a - b) for a in range(size + 1) for b in range(size + 1 - a)] for size in sizes]
    return list(itertools.product(*rows))


@pytest.mark.parametrize("sizes", [(3, 3), (3, 6), (5, 9), (3, 3, 3), (3, 4, 5), (4, 4, 6)], ids=str)
def test_by_brute_force_every_hidden_part_has_two_possible_values(sizes: tuple[int, ...]) -> None:
    """All tables are tried, with cells under 3 hidden: of those with the same totals and the same shown parts, at least two
    differ in each hidden part."""
    same = defaultdict(list)
    views = set()
    for table in tables(sizes):
        columns = tuple(map(sum, zip(*table, strict=True)))
        for size in range(len(sizes) + 1):
            for hidden in itertools.combinations(range(len(sizes)), size):
                seen = tuple(row for place, row in enumerate(table) if place not in hidden)
                same[columns, hidden, seen].append(table)
        rows = split({str(place): parts for place, parts in enumerate(table)}, 3)
        parts = [row[2:] for row in told(rows)]
        assert [row.met for row in rows] == list(sizes)
        if any(0 < column < 3 for column in columns):
            assert not any(any(part) for part in parts)
            continue
        hidden = tuple(place for place, part in enumerate(parts) if None in part)
        assert all(part == row for part, row in zip(parts, table, strict=True) if None not in part)
        assert not any(0 < n < 3 for part in parts for n in part if n)
        places = [(place, n) for place in hidden for n in range(3) if parts[place][n] is None]
        views.add(((columns, hidden, tuple(row for n, row in enumerate(table) if n not in hidden)), tuple(places)))
    for key, places in views:
        for place, n in places:
            assert len({table[place][n] for table in same[key]}) >= 2


@pytest.mark.parametrize("sizes", [(5, 12), (9, 9), (5, 5, 6), (5, 6, 6)], ids=str)
def test_who_knows_how_rows_are_chosen_computes_no_small_part_either(sizes: tuple[int, ...]) -> None:
    """All tables are tried: of those that look the same, with the same rows hidden by the same rule, at least two differ in
    each hidden part that is small."""
    alike = defaultdict(list)
    for table in tables(sizes):
        columns = tuple(map(sum, zip(*table, strict=True)))
        if not any(0 < column < LEAST for column in columns):
            hidden = hidden_rows([Parts(yes=a, no=b, unknown=c) for a, b, c in table], LEAST)
            alike[columns, hidden, tuple(row for n, row in enumerate(table) if n not in hidden)].append(table)
    for (_columns, hidden, _seen), worlds in alike.items():
        for place, n in itertools.product(hidden, range(3)):
            values = {table[place][n] for table in worlds}
            assert len(values) > 1 or not values & set(range(1, LEAST))


def test_who_knows_how_levels_are_put_together_computes_no_size_of_one() -> None:
    alike = defaultdict(list)
    for number in (2, 3, 4):
        for sizes in itertools.product(range(1, 2 * LEAST + 2), repeat=number):
            levels = {str(place): size for place, size in enumerate(sizes)}
            together = shown_together(levels, LEAST)
            alone = tuple(None if level in together else size for level, size in levels.items())
            if len(together) < number or sum(sizes) >= LEAST:
                alike[alone, sum(sizes)].append(sizes)
    for (alone, _total), worlds in alike.items():
        for place in (place for place, size in enumerate(alone) if size is None):
            assert len({sizes[place] for sizes in worlds}) > 1


class Attacker:
    """Knows the totals, the rows as they are shown, which levels each row has, and that every level has somebody."""

    def __init__(self, levels: Sequence[str], everything: Answered, rows: Sequence[CohortRow]) -> None:
        self.cells = [(level, name) for level in levels for name in NAMES]
        self.known: list[tuple[Any, float]] = []
        for name in NAMES:
            self.learn(levels, [name], getattr(everything, name))
        for row in rows:
            self.learn(row.levels, NAMES, row.met)
            for name in NAMES:
                self.learn(row.levels, [name], getattr(row.answers[0], name))
        self.somebody = [-self.sum_of([level], NAMES) for level in levels]

    def sum_of(self, levels: Sequence[str], names: Sequence[str]) -> Any:
        return np.array([float(level in levels and name in names) for level, name in self.cells])

    def learn(self, levels: Sequence[str], names: Sequence[str], value: int | None) -> None:
        if value is not None:
            self.known.append((self.sum_of(levels, names), float(value)))

    def doubt(self, levels: Sequence[str], names: Sequence[str]) -> float:
        """The most that this sum may be, less the least. The corners are whole numbers: a part within a row within a total
        is a flow."""
        goal = self.sum_of(levels, names)
        sums, values = zip(*self.known, strict=True)
        bounds = {"A_ub": self.somebody, "b_ub": [-1.0] * len(self.somebody), "A_eq": sums, "b_eq": values}
        least, most = linprog(goal, **bounds), linprog(-goal, **bounds)
        assert least.success
        assert most.success
        return float(-most.fun - least.fun)


level_parts = st.tuples(st.integers(0, 14), st.integers(0, 14), st.integers(0, 14))


@settings(deadline=None, max_examples=60)
@given(st.lists(level_parts, min_size=2, max_size=6))
def test_by_linear_programs_no_hidden_number_is_certain(parts: list[Three]) -> None:
    levels = {str(place): three for place, three in enumerate(parts) if sum(three)}
    (everything,), rows = totals(levels), split(levels)
    if everything.met is None:
        assert rows == ()
        return
    assert all(row.met >= LEAST for row in rows)
    attacker = Attacker(list(levels), everything, rows)
    secrets = [([level], NAMES) for row in rows if len(row.levels) > 1 for level in row.levels]
    for row in rows:
        secrets += [(list(row.levels), (name,)) for name in NAMES if getattr(row.answers[0], name) is None]
    assert [secret for secret in secrets if attacker.doubt(*secret) < 1 - 1e-6] == []


def test_times_of_day_have_names() -> None:
    assert [time_of_day(hour) for hour in (8, 11, 12, 16, 17, 22)] == ["morning"] * 2 + ["afternoon"] * 2 + [
        "evening"
    ] * 2
