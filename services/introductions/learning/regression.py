"""A logistic regression with a ridge, by Newton's method, and how sure its coefficients are where pairs share a mentor or a
mentee: sandwich variances of two ways of clustering (Cameron, Gelbach, Miller 2011). Arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
MOST_STEPS = 50
CLOSE = 1e-9
FURTHEST = 30.0
"""Log odds beyond which a share is 0 or 1 for every purpose."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Coefficients, and the inverse of the penalised information."""

    coefficients: Floats
    inverse: Floats

    def shares(self, design: Floats) -> Floats:
        """How likely each row is a yes."""
        return shares_of(design @ self.coefficients)


def shares_of(log_odds: Floats) -> Floats:
    """The logistic function."""
    shares: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -FURTHEST, FURTHEST)))
    return shares


def fit(design: Floats, said: Floats, weights: Floats, ridge: Floats) -> Fitted:
    """The coefficients that minimise the weighted log loss plus half of `ridge` times their squares. Convex, and strictly
    so wherever the ridge is positive: Newton's steps are halved until they help."""
    coefficients = np.zeros(design.shape[1])
    loss = _loss(design, said, weights, ridge, coefficients)
    for _ in range(MOST_STEPS):
        slope, inverse = _step(design, said, weights, ridge, coefficients)
        step: Floats = inverse @ slope
        while True:
            trial: Floats = coefficients - step
            found = _loss(design, said, weights, ridge, trial)
            if found <= loss or np.abs(step).max() < CLOSE:
                break
            step /= 2
        done = np.abs(step).max() < CLOSE
        coefficients, loss = trial, found
        if done:
            break
    return Fitted(coefficients=coefficients, inverse=_step(design, said, weights, ridge, coefficients)[1])


def _loss(design: Floats, said: Floats, weights: Floats, ridge: Floats, coefficients: Floats) -> float:
    log_odds = design @ coefficients
    losses = np.logaddexp(0.0, log_odds) - said * log_odds
    return float(weights @ losses + ridge @ coefficients**2 / 2)


def _step(design: Floats, said: Floats, weights: Floats, ridge: Floats, coefficients: Floats) -> tuple[Floats, Floats]:
    """(slope, inverse of the curvature)."""
    shares = shares_of(design @ coefficients)
    slope = design.T @ (weights * (shares - said)) + ridge * coefficients
    curvature = (design * (weights * shares * (1 - shares))[:, None]).T @ design + np.diag(ridge)
    inverse: Floats = np.asarray(np.linalg.inv(curvature), np.float64)
    return slope, inverse


def variances(
    fitted: Fitted, design: Floats, said: Floats, weights: Floats, mentors: Integers, mentees: Integers
) -> Floats:
    """The variance of each coefficient: by mentors plus by mentees minus by pairs; never less than by one of the two."""
    slopes = design * (weights * (fitted.shares(design) - said))[:, None]
    found = [np.diag(fitted.inverse @ middle @ fitted.inverse) for middle in _middles(slopes, mentors, mentees)]
    largest: Floats = np.maximum.reduce(found)
    return largest


def mean_and_error(values: Floats, weights: Floats, mentors: Integers, mentees: Integers) -> tuple[float, float]:
    """The weighted mean and its standard error, by the same two ways of clustering."""
    mean = float(weights @ values / weights.sum())
    middles = _middles((weights * (values - mean))[:, None], mentors, mentees)
    return mean, float(np.sqrt(max(middle[0, 0] for middle in middles)) / weights.sum())


def _middles(slopes: Floats, mentors: Integers, mentees: Integers) -> tuple[Floats, Floats, Floats]:
    """The middle of the sandwich by both ways together, by mentors, by mentees."""
    pairs = np.unique(mentors * (mentees.max() + 1) + mentees, return_inverse=True)[1].reshape(-1)
    by_mentor, by_mentee = _clustered(slopes, mentors), _clustered(slopes, mentees)
    return by_mentor + by_mentee - _clustered(slopes, pairs), by_mentor, by_mentee


def _clustered(slopes: Floats, groups: Integers) -> Floats:
    """The sum of outer products of what each group adds up to, a little more for few groups."""
    count = len(np.unique(groups))
    sums = np.zeros((int(groups.max()) + 1, slopes.shape[1]))
    np.add.at(sums, groups, slopes)
    middle: Floats = sums.T @ sums * (count / max(1, count - 1))
    return middle
