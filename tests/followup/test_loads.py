"""Rates by how many pairs a mentor met: what is shown of them, and that no number that is hidden can be computed from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from services.followup.domain.intervals import wilson
from services.followup.domain.loads import load_of, mentor_load
from tests.followup.test_cohorts import LEAST, NAMES, Three, counts, totals

ALL = {"1": (9, 9, 9), "2": (12, 10, 10), "3": (9, 9, 9), "4+": (9, 9, 10)}


def loads(levels: Mapping[str, Three], mentors: Mapping[str, int], least: int = LEAST) -> list[tuple[Any, ...]]:
    rows = mentor_load(counts(levels), mentors, totals(levels, least), least)
    return [(row.levels, row.mentors, row.met) for row in rows]


def test_levels_have_names() -> None:
    assert [load_of(n) for n in (1, 2, 3, 4, 9)] == ["1", "2", "3", "4+", "4+"]


def test_pairs_are_told_by_load_with_their_rates_intervals_and_bounds() -> None:
    rows = mentor_load(counts(ALL), {"1": 27, "2": 16, "3": 9, "4+": 6}, totals(ALL), LEAST)
    told = [(row.levels, row.mentors, row.met) for row in rows]
    assert told == [(("1",), 27, 27), (("2",), 16, 32), (("3",), 9, 27), (("4+",), None, 28)]
    two = rows[1].answers[0]
    assert (two.reported, two.interval, two.bounds) == (12 / 32, wilson(12, 32), (12 / 32, 22 / 32))


def test_a_row_with_a_small_part_is_not_broken_down_and_others_join_it() -> None:
    levels = ALL | {"2": (2, 20, 10)}
    rows = mentor_load(counts(levels), {"1": 27, "2": 16, "3": 9, "4+": 6}, totals(levels), LEAST)
    told = [tuple(getattr(row.answers[0], name) for name in NAMES) for row in rows]
    assert told == [(None, None, None), (None, None, None), (9, 9, 9), (9, 9, 10)]


def test_few_mentors_are_shown_together_with_a_neighbour_and_then_not_counted() -> None:
    levels = {"1": (9, 9, 9), "2": (20, 10, 10), "3": (9, 9, 9), "4+": (5, 5, 0)}
    told = [(("1",), 27, 27), (("2",), 20, 40), (("3", "4+"), None, 37)]
    assert loads(levels, {"1": 27, "2": 20, "3": 9, "4+": 2}) == told


def test_the_last_level_needs_pairs_enough_to_leave_its_mentors_open() -> None:
    mentors = {"1": 27, "4+": 5}
    assert loads({"1": (9, 9, 9), "4+": (7, 7, 9)}, mentors) == []
    assert loads({"1": (9, 9, 9), "4+": (7, 7, 10)}, mentors) == [(("1",), 27, 27), (("4+",), None, 24)]


def test_mentors_who_can_only_be_shown_as_all_of_them_are_not_shown() -> None:
    assert loads({"1": (1, 1, 1), "4+": (20, 10, 10)}, {"1": 3, "4+": 8}) == []
    assert loads({"1": (1, 1, 1)}, {"1": 3}) == []
    assert loads({}, {}) == []


def conferences(pairs: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Every conference with so many pairs: mentors who met one, two, three, more, and the pairs of the last."""
    for three in range(pairs // 3 + 1):
        for two in range((pairs - 3 * three) // 2 + 1):
            for one in range(pairs - 3 * three - 2 * two + 1):
                many = pairs - 3 * three - 2 * two - one
                for four in range(bool(many), many // 4 + 1):
                    yield one, two, three, four, many


@pytest.mark.parametrize(("least", "pairs"), [(2, 25), (3, 31), (3, 36), (5, 44), (5, 50)])
def test_who_knows_how_rows_are_chosen_computes_no_small_number_of_mentors(least: int, pairs: int) -> None:
    """All conferences of a size are tried: of those that look the same, the mentors of no level are few and as many in all
    of them; and those of the last level are not as many in all, which would tell how many met more than four."""
    alike: dict[Any, set[tuple[int, ...]]] = defaultdict(set)
    for one, two, three, four, many in conferences(pairs):
        mentors = {"1": one, "2": two, "3": three, "4+": four}
        of_each = {"1": one, "2": 2 * two, "3": 3 * three, "4+": many}
        rows = mentor_load(counts({level: (0, 0, n) for level, n in of_each.items() if n}), mentors, (), least)
        if rows:
            alike[tuple((row.levels, row.mentors, row.met) for row in rows)].add((one, two, three, four))
    certain = []
    for told, worlds in alike.items():
        for place, values in enumerate(map(set, zip(*worlds, strict=True))):
            if len(values) == 1 and (0 < min(values) < least or (place == 3 and min(values))):
                certain.append((told, worlds))
    assert len(alike) > 20
    assert certain == []
