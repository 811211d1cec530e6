"""Simulated conferences with a known truth: who was introduced to whom, with which terms, and who was in touch a month later.
Chance is seeded, so the same world is the same again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.introductions import policies
from services.introductions.learning import Lesson, Pair

NAMES = tuple(policies.WEIGHTS)
FIXED = frozenset({"first_timer"})


@dataclass(frozen=True, kw_only=True)
class World:
    """How such conferences are. `effects` are log odds for a standard deviation of a term."""

    pairs: int = 800
    conferences: int = 3
    share: float = 1 / 3
    effects: Mapping[str, float] = field(default_factory=dict)
    mentors_differ: float = 0.5
    mentees_differ: float = 0.5
    """Standard deviations of how likely people are to stay in touch, whoever it is with."""
    answers: float = 0.6
    answers_if_in_touch: float = 0.6
    drawn: float = 0.1
    points: Mapping[str, int] = field(default_factory=lambda: dict(policies.WEIGHTS))

    def lesson(self, seed: int) -> Lesson:
        """One run of chance."""
        random = np.random.default_rng(seed)
        mentors, mentees = max(1, self.pairs * 2 // 5), max(1, self.pairs * 2 // 3)
        who = random.integers(mentors, size=self.pairs), random.integers(mentees, size=self.pairs)
        terms = _terms(random, *who, mentors, mentees)
        where = random.integers(self.conferences, size=self.pairs)
        log_odds = np.log(self.share / (1 - self.share)) + random.normal(0, 0.4, self.conferences)[where]
        log_odds += random.normal(0, self.mentors_differ, mentors)[who[0]]
        log_odds += random.normal(0, self.mentees_differ, mentees)[who[1]]
        for name, effect in self.effects.items():
            column = terms[:, NAMES.index(name)]
            log_odds += effect * (column - column.mean()) / column.std()
        in_touch = random.random(self.pairs) < 1 / (1 + np.exp(-log_odds))
        answered = random.random(self.pairs) < np.where(in_touch, self.answers_if_in_touch, self.answers)
        drawn = random.random(self.pairs) < self.drawn
        fitted = random.integers(2, 20, size=self.pairs)
        pairs = [
            Pair(
                mentor=f"m{who[0][one]}",
                mentee=f"e{who[1][one]}",
                conference=f"c{where[one]}",
                terms=dict(zip(NAMES, terms[one].tolist(), strict=True)),
                in_touch=bool(in_touch[one]) if answered[one] else None,
                probability=1 / float(fitted[one]) if drawn[one] else None,
            )
            for one in range(self.pairs)
        ]
        return Lesson(pairs=pairs, points=self.points, fixed=FIXED)


def _terms(
    random: np.random.Generator, mentor: np.ndarray, mentee: np.ndarray, mentors: int, mentees: int
) -> np.ndarray:
    """The terms of pairs, as they come from forms: topics in a few steps, few who asked for somebody, first-timers who are
    so at every meeting of theirs."""
    many = len(mentor)
    new = (random.random(mentees) < 0.4)[mentee].astype(float)
    columns = {
        "common_topics": random.choice([0.15, 0.33, 0.5, 0.67, 1.0], many),
        "goals_helped": random.choice([0.0, 0.5, 1.0], many),
        "years_between": random.random(many),
        "own_language": (random.random(many) < 0.2).astype(float),
        "asked_for": random.choice([0.0, 1.0, 2.0], many, p=[0.9, 0.08, 0.02]),
        "referred": (random.random(many) < 0.04).astype(float),
        "first_timer": new,
        "likes_newcomers": new * (random.random(mentors) < 0.5)[mentor],
    }
    return np.stack([columns[name] for name in NAMES], axis=1)
