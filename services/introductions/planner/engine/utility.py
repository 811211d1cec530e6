"""What speaks for a pair, in whole points from 1 to 1,000, and who may not meet (0): exactly for given pairs, and as
factors of a matrix product for all pairs at once. It knows neither time nor load.

The formula, all in integers (u = mentor offers, mentee wants):
topic = topic points * sum(weight * level points) // (100 * sum(weight)), goal = goal points * shared goals // goals,
years between as a bell with a long end, and points for the same field, a language of the mentee, who asked for whom, a
referral, and newcomers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

UNKNOWN_YEARS = 20_000
"""Of a mentor; of a mentee less than nothing. Years between are then far beyond any life, and neutral."""
MOST_POINTS = 1000
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
    """For a mentee who asked for this mentor, and again for a mentor who asked for this mentee."""
    referred: int = 120
    first_timer: int = 0
    newcomer: int = 0
    """For a first-timer with a mentor who likes to meet those."""
    least_topic: int = 15
    """A pair that fits less (per cent of what can be had for topics) meets only where it is welcome."""
    enough: int | None = None
    """Level points of one wanted topic with which a pair fits, however many others are wanted."""
    may_be_behind: bool = False
    """Whether a mentor may have as many years as her mentee, or fewer; those years are worth nothing."""


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
    """[ne] bits of the languages that earn points."""
    mentor_available: Integers
    mentee_available: Integers
    requested: Integers
    """Sorted keys mentee row * nm + mentor row."""
    referred: Integers
    forbidden: Integers
    welcome: Integers
    """Pairs that may meet without a topic in common."""
    asked_by_mentor: Integers | None = None
    """Sorted keys, too."""
    domains: tuple[Integers, Integers] | None = None
    """([nm], [ne]) mail domains of companies: who shares one does not meet."""
    newcomers: tuple[Integers, Integers] | None = None
    """([nm] 1 for a mentor who likes to meet first-timers, [ne] 1 for a first-timer)."""

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
        found: Integers = np.where(eligible, np.clip(points, 1, MOST_POINTS), 0)
        return found

    def _terms(self, mentee: Integers, mentor: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        weights = self.weights
        total, best, asked_topics = self._fit(mentee, mentor)
        shared = np.bitwise_count(self.goals[mentee] & self.helps[mentor]).astype(np.int64)
        asked = np.maximum(1, np.bitwise_count(self.goals[mentee]).astype(np.int64))
        ahead = self.mentor_years[mentor] - self.mentee_years[mentee]
        key = mentee * self.mentors + mentor
        points = weights.topic * total // (100 * asked_topics) + weights.goal * shared // asked
        points += years_points(ahead, weights.years)
        points += weights.field * (self.mentor_field[mentor] == self.mentee_field[mentee])
        points += weights.language * ((self.mentor_languages[mentor] & self.first_language[mentee]) != 0)
        points += weights.requested * among(self.requested, key) + weights.referred * among(self.referred, key)
        if self.asked_by_mentor is not None:
            points += weights.requested * among(self.asked_by_mentor, key)
        if self.newcomers is not None:
            likes, new = self.newcomers
            points += new[mentee] * (weights.first_timer + weights.newcomer * likes[mentor])
        eligible = (total >= weights.least_topic * asked_topics) | among(self.welcome, key)
        if weights.enough is not None:
            eligible |= best >= weights.enough
        eligible &= self.possible(ahead) & ~among(self.forbidden, key)
        eligible &= (self.mentor_languages[mentor] & self.mentee_languages[mentee]) != 0
        eligible &= (self.mentor_available[mentor] & self.mentee_available[mentee]) != 0
        eligible &= self.mentor_company[mentor] != self.mentee_company[mentee]
        if self.domains is not None:
            eligible &= self.domains[0][mentor] != self.domains[1][mentee]
        return points, eligible

    def possible(self, ahead: Integers) -> npt.NDArray[np.bool_]:
        """Which years between do not forbid a meeting."""
        found: npt.NDArray[np.bool_] = (ahead >= 1) | self.weights.may_be_behind
        return found

    def _fit(self, mentee: Integers, mentor: Integers) -> tuple[Integers, Integers, Integers]:
        """(level points of what is wanted, weighted; the most of one topic; what the first is divided by for per cent)."""
        total, best = np.zeros(len(mentee), np.int64), np.zeros(len(mentee), np.int64)
        for column in range(self.wants_topic.shape[1]):
            weight = self.wants_weight[mentee, column]
            level = self.offers[mentor, self.wants_topic[mentee, column]].astype(np.int64)
            total += weight * level
            best = np.maximum(best, np.where(weight > 0, level, 0))
        return total, best, np.maximum(1, self.wants_weight.sum(1))[mentee]

    def factors(self) -> tuple[Floats, Floats]:
        """([ne, k], [k, nm]) whose product is at least the points without years, requests and referrals (floors left
        out, which is less than 2 points; several languages in common counted for each)."""
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
        if self.newcomers is not None:
            likes, new = (of[:, None].astype(np.float32) for of in self.newcomers)
            left += [new * weights.first_timer, new * weights.newcomer]
            right += [np.ones_like(likes), likes]
        return np.concatenate(left, axis=1, dtype=np.float32), np.ascontiguousarray(
            np.concatenate(right, axis=1, dtype=np.float32).T
        )

    def special(self) -> tuple[Integers, Integers]:
        """(mentees, mentors) of the pairs whose points the factors do not know: asked for or referred."""
        keys = np.union1d(self.requested, self.referred)
        if self.asked_by_mentor is not None:
            keys = np.union1d(keys, self.asked_by_mentor)
        return keys // self.mentors, keys % self.mentors


def years_points(ahead: Integers, most: int) -> Integers:
    """Points for years between: most at 5 to 15, rising before, falling to a third after; none for a mentor who is behind,
    half where they are unknown."""
    rising = np.maximum(0, ahead) * most // 5
    falling = np.maximum(most // 3, most - (8 * most // 150) * (ahead - 15))
    known = np.where(ahead <= 4, rising, np.where(ahead <= 15, most, falling))
    return np.where(ahead > UNKNOWN_YEARS // 2, most // 2, known)


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
