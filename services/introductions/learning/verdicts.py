"""How sure an effect is, and what may be said of it."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.special import stdtrit

from services.introductions.learning.arrays import Table
from services.introductions.learning.model import Model
from services.introductions.learning.pairs import Interval
from services.introductions.learning.power import each_level

HARDLY = log(1.25)
"""A factor of the odds for a standard deviation that is as good as none."""


def intervals(model: Model, table: Table) -> list[Interval]:
    """For each term, such that all of them together hold the truth in 19 of 20 cases: Sidak's level, and Student's t with
    as many people as there are of the fewer side."""
    people = min(len(np.unique(table.mentors)), len(np.unique(table.mentees)))
    times = float(stdtrit(max(1, people - 1), 1 - each_level(len(table.names)) / 2))
    lows, highs = model.effects - times * model.errors, model.effects + times * model.errors
    return list(zip(lows.tolist(), highs.tolist(), strict=True))


def verdict(interval: Interval) -> str:
    """helps, hurts, neither or unknown."""
    low, high = interval
    if low > 0:
        return "helps"
    if high < 0:
        return "hurts"
    return "neither" if -HARDLY < low and high < HARDLY else "unknown"
