"""The regression itself, against another way to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from services.introductions.learning.arrays import MOST_WEIGHT, table_of
from services.introductions.learning.comparing import _order
from services.introductions.learning.regression import fit, mean_and_error, shares_of, variances
from tests.introductions.learning.worlds import NAMES, World


def a_problem(seed: int, rows: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(design, said, weights, ridge)."""
    random = np.random.default_rng(seed)
    design = np.c_[np.ones(rows), random.normal(size=(rows, 4))]
    said = (random.random(rows) < shares_of(design @ np.array([-0.7, 0.8, 0.0, -0.4, 0.1]))).astype(float)
    return design, said, random.uniform(0.2, 3, rows), np.array([0.0, 1.0, 1.0, 1.0, 4.0])


@pytest.mark.parametrize("seed", range(3))
def test_newton_finds_what_a_general_minimiser_finds(seed: int) -> None:
    design, said, weights, ridge = a_problem(seed)

    def loss(coefficients: np.ndarray) -> float:
        log_odds = design @ coefficients
        return float(weights @ (np.logaddexp(0, log_odds) - said * log_odds) + ridge @ coefficients**2 / 2)

    other = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-7})
    assert fit(design, said, weights, ridge).coefficients == pytest.approx(other.x, abs=1e-4)


def test_columns_that_part_yes_from_no_completely_stay_finite() -> None:
    design = np.c_[np.ones(40), np.repeat([-1.0, 1.0], 20)]
    found = fit(design, np.repeat([0.0, 1.0], 20), np.ones(40), np.array([0.0, 1.0]))
    assert 1 < found.coefficients[1] < 5


def test_pairs_of_people_with_one_meeting_each_have_the_usual_robust_variance() -> None:
    design, said, weights, ridge = a_problem(5)
    fitted, alone = fit(design, said, weights, ridge), np.arange(len(said))
    slopes = design * (weights * (fitted.shares(design) - said))[:, None]
    usual = np.diag(fitted.inverse @ (slopes.T @ slopes) @ fitted.inverse) * len(said) / (len(said) - 1)
    assert variances(fitted, design, said, weights, alone, alone) == pytest.approx(usual, rel=0.01)


def test_the_same_pairs_said_twice_by_the_same_people_tell_no_more() -> None:
    design, said, weights, ridge = a_problem(6)
    alone, twice = np.arange(len(said)), np.repeat(np.arange(len(said)), 2)
    once = variances(fit(design, said, weights, ridge), design, said, weights, alone, alone)
    doubled = [np.repeat(part, 2, axis=0) for part in (design, said, weights / 2)]
    fitted = fit(*doubled, ridge)
    assert variances(fitted, *doubled, twice, twice) == pytest.approx(once, rel=1e-6)
    assert mean_and_error(doubled[1], doubled[2], twice, twice) == pytest.approx(
        mean_and_error(said, weights, alone, alone)
    )


def test_what_chance_chose_weighs_by_its_probability_and_together_as_much_as_it_is() -> None:
    lesson = World(pairs=600, drawn=0.5).lesson(1)
    table = table_of(lesson.pairs, NAMES)
    drawn = np.array([pair.probability is not None for pair in lesson.pairs])
    assert set(table.weights[~drawn]) == {1.0}
    assert table.weights[drawn].mean() == pytest.approx(1)
    assert table.weights.max() <= MOST_WEIGHT
    of_two, of_four = (
        [table.weights[place] for place, pair in enumerate(lesson.pairs) if pair.probability == 1 / fitted]
        for fitted in (2, 4)
    )
    assert of_four == pytest.approx([2 * of_two[0]] * len(of_four))


def test_the_right_order_is_counted_over_all_pairs_of_pairs() -> None:
    values, said = np.array([0.1, 0.4, 0.4, 0.8, 0.2]), np.array([0.0, 0.0, 1.0, 1.0, 1.0])
    by_hand = [1.0, 0.5, 1.0, 1.0, 1.0, 0.0]  # 0.4 and 0.8 over 0.1 and 0.4; 0.2 over 0.1 and under 0.4
    assert _order(values, said) == pytest.approx(sum(by_hand) / 6)
