"""From what terms have to do with contact to points: only where something can be told, everything else stays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.introductions.learning.arrays import Table
from services.introductions.learning.model import model_of
from services.introductions.learning.verdicts import intervals, verdict

MOST_POINTS = 1000


def points_for(table: Table, points: Mapping[str, int], conferences: int, fixed: frozenset[str]) -> dict[str, int]:
    """Points that these pairs suggest. What hurts counts nothing. What helps shares the points that it and what hurts had, by
    how much it helps, so that an average pair has as many as before and a second introduction is worth what it was. Of
    which nothing can be told, and what is fixed, stays as it is."""
    model = model_of(table.terms, table, conferences, errors=True)
    told = {
        place: said
        for place, (name, interval) in enumerate(zip(table.names, intervals(model, table), strict=True))
        if (said := verdict(interval)) in ("helps", "hurts") and name not in fixed
    }
    helpful = [place for place, said in told.items() if said == "helps"]
    mean = np.average(table.terms, axis=0, weights=table.weights)
    to_share = sum(points[table.names[place]] * mean[place] for place in told)
    helped = sum(model.per_unit[place] * mean[place] for place in helpful)
    made = {table.names[place]: 0 for place in told}
    for place in helpful:
        made[table.names[place]] = min(MOST_POINTS, round(float(model.per_unit[place] * to_share / helped)))
    return {**points, **made}
