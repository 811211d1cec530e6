"""What speaks for a pair, in whole points from 1 to 1,000, and who may not meet (0): exactly for given pairs, and as
factors of a matrix product for all pairs at once. It knows neither time nor load.

The formula, all in integers (u = mentor offers, mentee wants):
topic = topic points * sum(weight * level points) // (100 * sum(weight)), goal = goal points * shared goals // goals,
years between as a bell with a long end, and points for the same field, the mentee's first language, a request and a
referral.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

NEVER = -1e7
"""Less than any price can make up for."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Points of each term; a conference may set its own."""

    topic: int = 600
    goal: int = 150
    years: int = 150
    field: int = 50
    language: int = 50
    requested: int = 250
    referred: int = 120
    least_topic: int = 90
    """A pair with fewer topic points meets only where the mentee asked for this mentor."""


@dataclass(frozen=True, kw_only=True)
class Utility:
    """Attributes of nm mentors and ne mentees."""

    weights: Weights
    offers: npt.NDArray[np.int16]
    """[nm, topics] level points 0..100, topics of the same group included."""
    wants_topic: Integers
    """[ne, k] topics, padded with 0."""
    wants_weight: Integers
    """[ne, k] weights 1..3, padded with 0."""
    helps: Integers
    """[nm] bits of goals."""
    goals: Integers
    """[ne] bits of goals."""
    mentor_years: Integers
    mentee_years: Integers
    mentor_field: Integers
    mentee_field: Integers
    mentor_company: Integers
    mentee_company: Integers
    mentor_languages: Integers
    """[nm] bits."""
    mentee_languages: Integers
    """[ne] bits."""
    first_language: Integers
    """[ne] one bit."""
    mentor_available: Integers
    mentee_available: Integers
    requested: Integers
    """Sorted keys mentee row * nm + mentor row."""
    referred: Integers
    forbidden: Integers

    @property
    def mentors(self) -> int:
        """nm."""
        return len(self.helps)

    @property
    def mentees(self) -> int:
        """ne."""
        return len(self.goals)

    def of_pairs(self, mentee: Integers, mentor: Integers) -> Integers:
        """[n] exact points of these pairs; 0 where they may not meet."""
        points, eligible = self._terms(mentee, mentor)
        found: Integers = np.where(eligible, np.clip(points, 1, 1000), 0)
        return found

    def _terms(self, mentee: Integers, mentor: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        weights = self.weights
        topic = self._topic(mentee, mentor)
        shared = np.bitwise_count(self.goals[mentee] & self.helps[mentor]).astype(np.int64)
        asked = np.maximum(1, np.bitwise_count(self.goals[mentee]).astype(np.int64))
        ahead = self.mentor_years[mentor] - self.mentee_years[mentee]
        key = mentee * self.mentors + mentor
        requested = among(self.requested, key)
        points = topic + weights.goal * shared // asked + years_points(ahead, weights.years)
        points += weights.field * (self.mentor_field[mentor] == self.mentee_field[mentee])
        points += weights.language * ((self.mentor_languages[mentor] & self.first_language[mentee]) != 0)
        points += weights.requested * requested + weights.referred * among(self.referred, key)
        eligible = (ahead >= 1) & ((topic >= weights.least_topic) | requested)
        eligible &= (self.mentor_languages[mentor] & self.mentee_languages[mentee]) != 0
        eligible &= (self.mentor_available[mentor] & self.mentee_available[mentee]) != 0
        eligible &= self.mentor_company[mentor] != self.mentee_company[mentee]
        return points, eligible & ~among(self.forbidden, key)

    def _topic(self, mentee: Integers, mentor: Integers) -> Integers:
        total = np.zeros(len(mentee), np.int64)
        for column in range(self.wants_topic.shape[1]):
            total += self.wants_weight[mentee, column] * self.offers[mentor, self.wants_topic[mentee, column]]
        points: Integers = self.weights.topic * total // np.maximum(1, 100 * self.wants_weight.sum(1)[mentee])
        return points

    def factors(self) -> tuple[Floats, Floats]:
        """([ne, k], [k, nm]) whose product is at least the points without years, requests and referrals (floors left
        out, which is less than 2 points)."""
        weights, rows = self.weights, np.arange(self.mentees)
        total = np.maximum(1, self.wants_weight.sum(1))
        topic = np.zeros((self.mentees, self.offers.shape[1]), np.float32)
        for column in range(self.wants_topic.shape[1]):
            np.add.at(topic, (rows, self.wants_topic[:, column]), self.wants_weight[:, column])
        topic *= (weights.topic / (100 * total))[:, None]
        goals = _bits(self.goals)
        goals *= (weights.goal / np.maximum(1, goals.sum(1)))[:, None]
        helps = _bits(self.helps, goals.shape[1])
        field, fields = _one_hot(self.mentee_field, self.mentor_field)
        first = _bits(self.first_language)
        spoken = _bits(self.mentor_languages, first.shape[1])
        left = [topic, goals, field * weights.field, first * weights.language]
        right = [self.offers.astype(np.float32), helps, fields, spoken]
        return np.concatenate(left, axis=1, dtype=np.float32), np.ascontiguousarray(
            np.concatenate(right, axis=1, dtype=np.float32).T
        )

    def special(self) -> tuple[Integers, Integers]:
        """(mentees, mentors) of the pairs whose points the factors do not know: requested or referred."""
        keys = np.union1d(self.requested, self.referred)
        return keys // self.mentors, keys % self.mentors


def years_points(ahead: Integers, most: int) -> Integers:
    """Points for years between: most at 5 to 15, rising before, falling to a third after; 0 or less = not eligible."""
    rising = ahead * most // 5
    falling = np.maximum(most // 3, most - (8 * most // 150) * (ahead - 15))
    return np.where(ahead <= 4, rising, np.where(ahead <= 15, most, falling))


def among(keys: Integers, asked: Integers) -> npt.NDArray[np.bool_]:
    """Which of the asked are in the sorted keys."""
    if not len(keys):
        return np.zeros(len(asked), bool)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    found: npt.NDArray[np.bool_] = keys[at] == asked
    return found


def starts_of_runs(values: Integers) -> Integers:
    """Where runs of equal neighbours begin."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]])


def _bits(masks: Integers, width: int | None = None) -> Floats:
    if width is None:
        width = max(1, int(masks.max(initial=0)).bit_length())
    return (masks[:, None] >> np.arange(width) & 1).astype(np.float32)


def _one_hot(left: Integers, right: Integers) -> tuple[Floats, Floats]:
    """Both as indicators of the values that they share."""
    values = np.intersect1d(left, right)
    return (left[:, None] == values).astype(np.float32), (right[:, None] == values).astype(np.float32)
