"""How good a plan is, in the order in which plans are compared: served, value, gaps; and how fair. It judges a plan as
it is and never asks whether it is allowed (`validity`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.introductions.planner.engine.gaps import Gaps
from services.introductions.planner.engine.model import Integers, Model


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Of one plan, fixed meetings included."""

    meetings: int
    served: int
    """Mentees with at least one meeting."""
    value: int
    """Points of all pairs less what a mentee's second, third ... meeting costs."""
    gaps: int
    """Idle slots between two meetings of somebody in one half-day."""
    jain: float
    """Jain index of load / capacity over mentors, from 1/nm (one has it all) to 1 (all the same); Jain, Chiu, Hawe
    1984."""


def measure(model: Model, meetings: Integers) -> Measures:
    """[n, 4] meetings -> how good they are."""
    mentor, mentee = meetings[:, 0], meetings[:, 1]
    served, value = worth(model, mentor, mentee)
    used = np.zeros(model.people, np.int64)
    for people in (model.mentors[mentor], model.mentees[mentee]):
        np.bitwise_or.at(used, people, np.int64(1) << meetings[:, 2])
    gaps = Gaps(model.half)
    load = np.bincount(mentor, minlength=len(model.mentors)) / np.maximum(1, model.capacity)
    squares = len(load) * float((load**2).sum())
    return Measures(
        meetings=len(meetings),
        served=served,
        value=value,
        gaps=sum(gaps(mask) for mask in used.tolist()),
        jain=float(load.sum()) ** 2 / squares if squares else 1.0,
    )


def worth(model: Model, mentor: Integers, mentee: Integers) -> tuple[int, int]:
    """(mentees served, before or now; value) of these pairs."""
    had = np.zeros(len(model.mentees), np.int64) if model.had is None else model.had
    count = had + np.bincount(mentee, minlength=len(model.mentees))
    cost = np.concatenate([[0], np.cumsum(model.attention)])
    paid = cost[np.minimum(count, len(cost) - 1)] - cost[np.minimum(had, len(cost) - 1)]
    points = model.utility.of_pairs(mentee, mentor)
    return int((count > 0).sum()), int(points.sum() - paid.sum())
