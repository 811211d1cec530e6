"""The curve of last contacts against another implementation, against brute force, and against what must hold of a maximum."""

from __future__ import annotations

import json
from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from services.followup.domain.cells import Answered
from services.followup.domain.curve import Estimate, Point, curve, shown, turnbull
from services.followup.domain.definitions import Span
from services.followup.domain.intervals import wilson

SAMPLE = json.loads((Path(__file__).parent / "samples/curves.json").read_text(encoding="utf-8"))["sets"]
DAYS = (7, 30, 91)
QUESTIONS = {"week": 7, "month": 30, "quarter": 91}
SPANS = [Span(a, b) for a in (0, *DAYS) for b in (*DAYS, None) if b is None or b > a]
ANY = st.dictionaries(st.sampled_from(SPANS), st.integers(1, 60), min_size=1)
SCATTERED = st.dictionaries(
    st.builds(
        lambda after, more: Span(after, None if more == 40 else after + more), st.integers(0, 60), st.integers(1, 40)
    ),
    st.one_of(st.integers(1, 9), st.integers(1, 1_000_000)),
    min_size=1,
    max_size=25,
)


def point(spans: dict[Span, int], day: int) -> Point:
    return next(point for point in curve(spans, DAYS) if point.day == day)


@pytest.mark.parametrize(
    "sample", SAMPLE, ids=lambda sample: f"{len(sample['days'])} days, {len(sample['spans'])} spans"
)
def test_it_agrees_with_lifelines(sample: dict[str, list[float]]) -> None:
    spans = {Span(after, until): pairs for after, until, pairs in sample["spans"]}  # type: ignore[misc]
    found = curve(spans, sample["days"])[1:]  # type: ignore[arg-type]
    assert [point.day for point in found if point.share is None] == sample["open"]
    for ours, theirs in zip(found, sample["shares"], strict=True):
        assert ours.share is None or ours.share == pytest.approx(theirs, abs=1e-4)


def brute(spans: dict[Span, int]) -> dict[int, float]:
    """The share after each day of DAYS, by SciPy's general maximiser over the cells between all days: it knows nothing of
    stretches, of active sets, or of our code."""
    edges = [0, *DAYS, inf]
    cells = list(zip(edges, edges[1:], strict=False))
    inside = [
        (number, [span.after <= low and high <= (inf if span.until is None else span.until) for low, high in cells])
        for span, number in spans.items()
    ]
    total = sum(spans.values())

    def height(masses: Any) -> tuple[float, Any]:
        likely = [max(float(masses[places].sum()), 1e-300) for _n, places in inside]
        slopes = sum(-n / total / p * np.array(places) for (n, places), p in zip(inside, likely, strict=True))
        return -sum(n * log(p) for (n, _), p in zip(inside, likely, strict=True)) / total, slopes

    best = minimize(
        height,
        [0.25] * 4,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda masses: masses.sum() - 1, "jac": lambda masses: np.ones(4)},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert best.success
    return {day: float(sum(best.x[place + 1 :])) for place, day in enumerate(DAYS)}


@pytest.mark.parametrize(
    "spans",
    [
        {Span(0, 7): 20, Span(7, 30): 15, Span(30, 91): 10, Span(91, None): 30},
        {Span(0, 7): 9, Span(0, 30): 4, Span(7, None): 12, Span(7, 91): 5, Span(30, 91): 8, Span(91, None): 6},
        {Span(0, 7): 3, Span(0, 91): 14, Span(30, None): 11, Span(7, 30): 2, Span(91, None): 1, Span(0, None): 40},
    ],
)
def test_it_agrees_with_a_general_maximiser(spans: dict[Span, int]) -> None:
    expected = brute(spans)
    found = {point.day: point.share for point in curve(spans, DAYS) if point.day}
    assert found == {day: pytest.approx(share, abs=1e-4) for day, share in expected.items()}


def gain(estimate: Estimate) -> float:
    """By how much, per pair, any other masses could be more likely at most: the height is concave, so its slope towards the
    best single stretch bounds it."""
    likely = [sum(estimate.masses[first : last + 1]) for first, last, _share in estimate.rows]
    slopes = [
        sum(share / p for (first, last, share), p in zip(estimate.rows, likely, strict=True) if first <= place <= last)
        for place in range(len(estimate.masses))
    ]
    return max(slopes) - 1


@settings(deadline=None, max_examples=300)
@given(st.one_of(ANY, SCATTERED))
def test_no_other_masses_are_more_likely(spans: dict[Span, int]) -> None:
    estimate = turnbull(spans)
    assert min(estimate.masses) >= 0
    assert sum(estimate.masses) == pytest.approx(1, abs=1e-9)
    assert gain(estimate) <= 1e-12


@settings(deadline=None, max_examples=300)
@given(ANY)
def test_a_curve_falls_within_its_bounds_and_its_band(spans: dict[Span, int]) -> None:
    found = curve(spans, DAYS)
    assert (found[0].share, found[0].band) == (1.0, (1.0, 1.0))
    shares = [point.share for point in found if point.share is not None]
    assert shares == sorted(shares, reverse=True)
    for each in found:
        assert 0 <= each.at_least <= each.at_most <= 1
        if each.share is not None:
            assert each.band is not None
            assert 0 <= each.band[0] <= each.share + 1e-9
            assert each.share - 1e-9 <= each.band[1] <= 1
            assert each.at_least - 1e-9 <= each.share <= each.at_most + 1e-9


def test_where_everybody_answered_it_is_the_plain_share_with_wilsons_interval() -> None:
    spans = {Span(0, 7): 20, Span(7, 30): 15, Span(30, 91): 10, Span(91, None): 30}
    for day, count in ((7, 55), (30, 40), (91, 30)):
        found = point(spans, day)
        assert found.share == pytest.approx(count / 75)
        assert found.band == pytest.approx(wilson(count, 75), abs=1e-9)
        assert (found.pairs, found.later, found.over) == (75, count, 75 - count)
        assert (found.at_least, found.at_most) == (count / 75, count / 75)


def test_nobody_and_nothing_known() -> None:
    assert curve({}, DAYS) == ()
    assert curve({Span(0, None): 0}, DAYS) == ()
    unknown = Point(day=30, share=None, band=None, pairs=40, later=0, over=0)
    assert point({Span(0, None): 40}, 30) == unknown


def answers(*hidden: str) -> list[Answered]:
    """Of all three questions, some of them with a part that is hidden."""
    return [
        Answered(
            question=question,
            met=75,
            yes=None if question in hidden else 30,
            no=None if question in hidden else 30,
            unknown=15,
            wrote=None,
            complete=None,
            small=frozenset(),
        )
        for question in QUESTIONS
    ]


def test_a_point_is_shown_where_its_answers_are_and_no_count_behind_it_is_small() -> None:
    points = curve({Span(0, 7): 20, Span(7, 30): 15, Span(30, 91): 10, Span(91, None): 30}, DAYS)
    assert shown(points, answers(), QUESTIONS, 5) == points
    assert [point.day for point in shown(points, answers("month"), QUESTIONS, 5)] == [0, 7, 91]
    assert [point.day for point in shown(points, answers()[:1], QUESTIONS, 5)] == [0, 7]
    few_later = curve({Span(0, 7): 20, Span(7, 30): 15, Span(30, 91): 10, Span(91, None): 4}, DAYS)
    assert [point.day for point in shown(few_later, answers(), QUESTIONS, 5)] == [0, 7, 30]
    few_over = curve({Span(0, 7): 4, Span(7, 30): 15, Span(30, None): 10}, DAYS)
    assert [point.day for point in shown(few_over, answers(), QUESTIONS, 5)] == [0, 30, 91]
    few_unknown = curve({Span(0, 7): 20, Span(7, 30): 15, Span(7, None): 3, Span(91, None): 30}, DAYS)
    assert [point.day for point in shown(few_unknown, answers(), QUESTIONS, 5)] == [0, 7]


def test_one_pair_says_little() -> None:
    found = curve({Span(7, 30): 1}, DAYS)
    assert [(each.share, each.at_least, each.at_most) for each in found] == [(1, 1, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0)]
    assert [each.band for each in found[1:]] == [wilson(1, 1), wilson(0, 1), wilson(0, 1)]


def test_a_day_of_which_nobody_said_anything_is_left_open() -> None:
    spans = {Span(0, 30): 10, Span(30, None): 10}
    assert [each.share for each in curve(spans, DAYS)] == [1, None, 0.5, None]


def test_all_in_touch_and_none_in_touch_are_as_sure_as_those_who_said_so() -> None:
    all_of_them = {Span(91, None): 12, Span(0, None): 30}
    assert [(each.share, each.band) for each in curve(all_of_them, DAYS)[1:]] == [(1.0, wilson(12, 12))] * 3
    none = {Span(0, 7): 12, Span(0, None): 30}
    assert [(each.share, each.band) for each in curve(none, DAYS)[1:]] == [(0.0, wilson(0, 12))] * 3


def test_silence_makes_the_band_wider_and_moves_no_share_that_it_says_nothing_about() -> None:
    spans = {Span(0, 7): 20, Span(7, 30): 15, Span(30, 91): 10, Span(91, None): 30}
    before, after = point(spans, 30), point({**spans, Span(0, None): 75}, 30)
    assert after.share == pytest.approx(before.share)
    assert after.band == pytest.approx(before.band)
    assert (after.at_least, after.at_most) == (40 / 150, pytest.approx(115 / 150))
