"""Differences of two shares against published intervals, and against what two groups of such sizes really show."""

from __future__ import annotations

import itertools
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.followup.domain.cells import Answered
from services.followup.domain.compare import Comparison, Group, compare, detectable, group_of


def compared(first: tuple[int, int], second: tuple[int, int]) -> Comparison:
    found = compare(Group(yes=first[0], met=first[1]), Group(yes=second[0], met=second[1]))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "low", "high", "verdict"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339, "more"),
        ((9, 10), (3, 10), 0.1705, 0.8090, "more"),
        ((6, 7), (2, 7), 0.0582, 0.8062, "more"),
        ((2, 7), (6, 7), -0.8062, -0.0582, "less"),
        ((5, 56), (0, 29), -0.0381, 0.1926, "too_few"),
        ((0, 10), (0, 20), -0.1611, 0.2775, "too_few"),
        ((0, 10), (0, 10), -0.2775, 0.2775, "too_few"),
        ((10, 10), (0, 20), 0.6791, 1.0, "more"),
        ((10, 10), (0, 10), 0.6075, 1.0, "more"),
    ],
)
def test_published_intervals(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float, verdict: str
) -> None:
    """Newcombe 1998, table II, method 10."""
    found = compared(first, second)
    assert tuple(round(edge, 4) for edge in found.interval) == (low, high)
    assert found.verdict == verdict


groups = st.integers(1, 400).flatmap(lambda met: st.tuples(st.integers(0, met), st.just(met)))


@given(groups, groups)
def test_the_other_way_round_it_says_the_same(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = compared(first, second), compared(second, first)
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]))
    assert there.difference == pytest.approx(-back.difference)
    assert there.detectable == back.detectable
    assert {there.verdict, back.verdict} in ({"more", "less"}, {"too_few"})
    assert there.interval[0] <= there.difference <= there.interval[1]


def test_an_empty_group_is_compared_with_nothing() -> None:
    some, none = Group(yes=3, met=10), Group(yes=0, met=0)
    assert [compare(some, none), compare(none, some), compare(none, none)] == [None] * 3


def test_what_is_hidden_is_not_compared() -> None:
    answer = Answered(question="week", met=60, yes=20, no=10, unknown=30, wrote=None, complete=None, small=frozenset())
    assert group_of(answer) == Group(met=60, yes=20, unknown=30)
    hidden = [replace(answer, **{name: None}) for name in ("met", "yes", "no", "unknown")]
    assert [group_of(each) for each in hidden] == [None] * 4


def test_the_bounds_hold_whatever_the_silent_would_have_said() -> None:
    first, second = Group(met=9, yes=4, unknown=3), Group(met=8, yes=1, unknown=2)
    found = compare(first, second)
    assert found is not None
    worlds = [
        (first.yes + a) / first.met - (second.yes + b) / second.met
        for a, b in itertools.product(range(first.unknown + 1), range(second.unknown + 1))
    ]
    assert found.bounds == pytest.approx((min(worlds), max(worlds)))
    assert found.whatever_the_silent
    assert (found.verdict, found.interval[0] < 0 < found.interval[1]) == ("too_few", True)


def test_where_one_group_answered_more_eagerly_the_silent_could_turn_it_round() -> None:
    found = compare(Group(met=100, yes=60, unknown=10), Group(met=100, yes=30, unknown=60))
    assert found is not None
    assert (found.verdict, found.whatever_the_silent) == ("more", False)
    assert found.bounds == pytest.approx((-0.3, 0.4))


def power(sizes: tuple[int, int], shares: tuple[float, float]) -> float:
    """How often the verdict is not "too few", over everything that two groups with these true shares may show."""
    chances = [
        [comb(size, count) * share**count * (1 - share) ** (size - count) for count in range(size + 1)]
        for size, share in zip(sizes, shares, strict=True)
    ]
    return sum(
        chances[0][a] * chances[1][b]
        for a, b in itertools.product(range(sizes[0] + 1), range(sizes[1] + 1))
        if chances[0][a] * chances[1][b] > 1e-9 and compared((a, sizes[0]), (b, sizes[1])).verdict != "too_few"
    )


@pytest.mark.parametrize(
    ("sizes", "share"), [((100, 100), 0.3), ((15, 90), 0.3), ((20, 20), 0.5), ((40, 40), 0.05), ((60, 20), 0.8)]
)
def test_the_difference_that_is_said_to_be_seen_is_seen_four_times_in_five(
    sizes: tuple[int, int], share: float
) -> None:
    difference = detectable(*sizes, share)
    assert difference is not None
    found = []
    for way in (1, -1):
        a, b = share + way * difference * sizes[1] / sum(sizes), share - way * difference * sizes[0] / sum(sizes)
        if 0 <= min(a, b) and max(a, b) <= 1:
            found.append(power(sizes, (a, b)))
    assert all(0.77 <= each <= 0.9 for each in found)


@settings(max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.floats(0, 1))
def test_more_pairs_see_smaller_differences(first: int, second: int, share: float) -> None:
    before, after = detectable(first, second, share), detectable(4 * first, 4 * second, share)
    assert before is None or (after is not None and 0 < after < before <= 1)


def test_where_not_even_all_against_none_would_be_seen_there_is_no_such_difference() -> None:
    assert compared((1, 1), (0, 1)).verdict == "too_few"
    assert [detectable(1, 1, 0.5), detectable(0, 10, 0.5)] == [None, None]
    assert detectable(300, 30, 0.3) == pytest.approx(0.25, abs=0.01)
