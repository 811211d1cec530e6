"""Contact at a month as a logistic function of something about pairs, with an intercept of its own for each conference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.introductions.learning.arrays import Table
from services.introductions.learning.regression import Fitted, Floats, fit, shares_of, variances

RIDGE = 1.0
"""For standardised terms: as if the odds ratio of a standard deviation were hardly ever above 7 or below 1/7."""
RIDGE_CONFERENCE = 1.0
"""For how far a conference lies from all of them: few pairs of one say little of it."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A fit on standardised columns; conferences that it has not seen lie where all of them do."""

    middle: Floats
    spread: Floats
    conferences: int
    fitted: Fitted
    errors: Floats
    """Standard errors of `effects`; empty where nobody asked for them."""

    @property
    def effects(self) -> Floats:
        """Log odds for a standard deviation of each column."""
        return self.fitted.coefficients[1 + self.conferences :]

    @property
    def per_unit(self) -> Floats:
        """Log odds for one unit of each column."""
        return self.effects / self.spread

    def log_odds(self, columns: Floats, table: Table) -> Floats:
        """Of these rows."""
        return _design(_standard(columns, self.middle, self.spread), table, self.conferences) @ self.fitted.coefficients

    def difference(self, columns: Floats, table: Table, column: int, effect: float) -> float:
        """By how much the mean share in touch changes from none to all of a column, were its effect this one."""
        others = self.log_odds(columns, table) - self.per_unit[column] * columns[:, column]
        others = others - (effect - self.effects[column]) * self.middle[column] / self.spread[column]
        with_it = shares_of(others + effect / self.spread[column])
        return float(np.average(with_it - shares_of(others), weights=table.weights))


def model_of(columns: Floats, table: Table, conferences: int, *, errors: bool = False) -> Model:
    """The fit on these columns of a table in which every pair said something; `conferences` there are in all."""
    middle = np.average(columns, axis=0, weights=table.weights)
    spread = np.sqrt(np.average((columns - middle) ** 2, axis=0, weights=table.weights))
    spread = np.where(spread > 0, spread, 1.0)
    design = _design(_standard(columns, middle, spread), table, conferences)
    ridge = np.r_[0.0, np.full(conferences, RIDGE_CONFERENCE), np.full(columns.shape[1], RIDGE)]
    fitted = fit(design, table.said, table.weights, ridge)
    found = np.zeros(0)
    if errors:
        every = variances(fitted, design, table.said, table.weights, table.mentors, table.mentees)
        found = np.sqrt(every[1 + conferences :])
    return Model(middle=middle, spread=spread, conferences=conferences, fitted=fitted, errors=found)


def _standard(columns: Floats, middle: Floats, spread: Floats) -> Floats:
    standard: Floats = (columns - middle) / spread
    return standard


def _design(standard: Floats, table: Table, conferences: int) -> Floats:
    """Intercept, conferences, columns."""
    own = np.zeros((len(standard), conferences))
    own[np.arange(len(standard)), table.conferences] = 1.0
    return np.concatenate([np.ones((len(standard), 1)), own, standard], axis=1)
