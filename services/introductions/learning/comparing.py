"""Suggested points against those that count now, on pairs of people of whom the suggestion knows nothing: mentors are parted
into groups, and whoever a group's mentors met is left out of what the suggestion for them is made from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.introductions.learning.arrays import Table
from services.introductions.learning.model import model_of
from services.introductions.learning.pairs import Compared
from services.introductions.learning.regression import Floats, mean_and_error
from services.introductions.learning.suggesting import points_for

GROUPS = 10
TWICE = 1.96
HARDLY_ANYTHING = 0.005
"""A fall of the mean log loss that nobody would notice: from 33 of 100 to 35 of 100 for half of the pairs gives as much."""
SEED = 20261127


def compared(table: Table, points: Mapping[str, int], conferences: int, fixed: frozenset[str]) -> Compared:
    """Both as predictions for people not seen: what is suggested is made anew for each group, just as it would be."""
    group = np.random.default_rng(SEED).permutation(int(table.mentors.max()) + 1)[table.mentors] % GROUPS
    now, new = np.zeros(len(table.said)), np.zeros(len(table.said))
    for number in range(GROUPS):
        away = np.flatnonzero(group == number)
        rest = np.flatnonzero((group != number) & ~np.isin(table.mentees, table.mentees[away]))
        if not len(away) or len(np.unique(table.said[rest])) < 2:
            continue
        known, unseen = table.rows(rest), table.rows(away)
        now[away] = _log_odds(known, unseen, points, conferences)
        new[away] = _log_odds(known, unseen, points_for(known, points, conferences, fixed), conferences)
    losses = _losses(now, table.said), _losses(new, table.said)
    gain, error = mean_and_error(losses[0] - losses[1], table.weights, table.mentors, table.mentees)
    interval = gain - TWICE * error, gain + TWICE * error
    return Compared(
        verdict=_verdict(interval),
        gain=gain,
        interval=interval,
        loss=(_mean(losses[0], table), _mean(losses[1], table)),
        order=(_order(now, table.said), _order(new, table.said)),
    )


def _log_odds(known: Table, unseen: Table, points: Mapping[str, int], conferences: int) -> Floats:
    """What the sum of these points says of pairs not seen, at the scale that the others show."""
    by_term = np.array([points[name] for name in known.names], np.float64)
    model = model_of((known.terms @ by_term)[:, None], known, conferences)
    return model.log_odds((unseen.terms @ by_term)[:, None], unseen)


def _losses(log_odds: Floats, said: Floats) -> Floats:
    losses: Floats = np.logaddexp(0.0, log_odds) - said * log_odds
    return losses


def _mean(losses: Floats, table: Table) -> float:
    return float(np.average(losses, weights=table.weights))


def _verdict(interval: tuple[float, float]) -> str:
    low, high = interval
    return "yes" if low > 0 else "no" if high <= HARDLY_ANYTHING else "unknown"


def _order(log_odds: Floats, said: Floats) -> float:
    """How often of two pairs, one in touch and one not, the first has the higher value; ties are half (AUC)."""
    yes, no = np.sort(log_odds[said == 1]), np.sort(log_odds[said == 0])
    if not len(yes) or not len(no):
        return 0.5
    below, upto = np.searchsorted(no, yes, "left"), np.searchsorted(no, yes, "right")
    return float((below + upto).sum() / 2 / len(yes) / len(no))
