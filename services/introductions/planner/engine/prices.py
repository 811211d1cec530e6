"""A first guess of what a meeting with each mentor is worth, from how often she would be asked for: a damped soft-max
on a sample of mentees. It is only a start; `pairs` finds the exact prices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pricing import Pricer
from services.introductions.planner.engine.utility import Floats, starts_of_runs

SAMPLE = 1_000
"""Mentees who are asked; more hardly change the prices."""
STAGES = (24, 24)
"""How many of the best mentors each of them looks at, at the prices of the stage before."""
ROUNDS = 6
TEMPERATURE = 40.0
"""Points by which two choices differ when one is taken e times as often."""
FULL = 1e6
"""Price of a mentor who takes nobody."""


def guess(model: Model, room: Room) -> Floats:
    """[nm] points, not negative."""
    capacity = np.maximum(room.capacity, 1e-3)
    prices = np.where(room.capacity > 0, 0, FULL)
    asking = np.flatnonzero(room.wish > 0)
    if not len(asking) or not len(capacity):
        return prices.astype(np.float32)
    sample = asking[:: max(1, len(asking) // max(SAMPLE, len(capacity) // 2))]
    share = len(asking) / len(sample)
    pricer = Pricer(model, sample)
    known = np.zeros(0, np.int64)
    for count in STAGES:
        mentee, mentor, _points = pricer.best(prices.astype(np.float32), count)
        known = np.union1d(known, mentee * len(capacity) + mentor)
        asked = _Asked(model, room, known)
        for _ in range(ROUNDS):
            load = asked.load(prices) * share
            prices = np.maximum(0, prices + TEMPERATURE * np.log(np.maximum(load, 1e-3) / capacity))
        prices[room.capacity == 0] = FULL
    return prices.astype(np.float32)


class _Asked:
    """Who would ask for whom among known pairs."""

    def __init__(self, model: Model, room: Room, keys: Integers) -> None:
        mentee, self.mentor = keys // len(model.mentors), keys % len(model.mentors)
        self.points = model.utility.of_pairs(mentee, self.mentor).astype(np.float64)
        self.begins = starts_of_runs(mentee)
        self.lengths = np.diff(np.append(self.begins, len(mentee)))
        self.wish, self.has = room.wish[mentee[self.begins]], room.has[mentee[self.begins]]
        self.attention, self.count = model.attention, len(model.mentors)

    def load(self, prices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """[nm] how many meetings each mentor would be asked for at these prices."""
        if not len(self.begins):
            return np.zeros(self.count)
        worth = self.points - prices[self.mentor]
        most = np.maximum.reduceat(worth, self.begins)
        chosen = np.exp((worth - np.repeat(most, self.lengths)) / TEMPERATURE)
        total = np.add.reduceat(chosen, self.begins)
        pull = most + TEMPERATURE * np.log(total)
        units = np.zeros(len(pull))
        for number in range(int(self.wish.max(initial=0))):
            cost = self.attention[np.minimum(self.has + number, len(self.attention) - 1)]
            wants = 1.0 if number == 0 else 1 / (1 + np.exp(np.clip((cost - pull) / TEMPERATURE, -50, 50)))
            units += np.where(self.wish > number, wants, 0)
        load: npt.NDArray[np.float64] = np.bincount(
            self.mentor, chosen * np.repeat(units / total, self.lengths), self.count
        ).astype(np.float64)
        return load
