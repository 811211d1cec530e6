"""Instances that look like conferences (`rapport-instance/1`), from a seed: same arguments, same bytes.

    python -m bench.planner.instances --people 1000 --seed 1 -o instance.json[.gz]

The order of the draws is part of the format: one draw more or less anywhere and every figure is about other people. It
never scores a pair (`scoring.py`).
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = "rapport-instance/1"
ATTENTION = [0, 150, 300, 400, 500, 600]
TOPICS, GROUPS, GOALS = 60, 10, 6
FIELDS, OTHER_LANGUAGES = 8, 6
HOLES_OF_MENTORS, HOLES_OF_OTHERS = 0.35, 0.15
"""Shares of people who are away for a few slots of the time that they are there."""


@dataclass(frozen=True)
class Profile:
    """A kind of event."""

    halves: int
    slots: int
    """Slots of each half-day."""
    mentors: float
    capacity: float
    """The median of what mentors take."""
    patterns: tuple[float, ...]
    """How likely: there all the time, the first two half-days, the last two, all but the last, one half-day."""


PROFILES = {
    "conference": Profile(4, 6, 0.25, 3.4, (0.50, 0.19, 0.13, 0.06, 0.12)),
    "oneday": Profile(2, 5, 0.25, 3.4, (0.62, 0.0, 0.0, 0.0, 0.38)),
    "evening": Profile(1, 6, 0.25, 4.6, (1.0, 0.0, 0.0, 0.0, 0.0)),
}


@dataclass(frozen=True)
class Popularity:
    """How much each topic is wanted and offered: two laws of Zipf whose ranks agree only partly."""

    wanted: np.ndarray
    offered: np.ndarray
    group: np.ndarray

    def of_groups(self, shares: np.ndarray) -> np.ndarray:
        """The same by groups of topics."""
        return np.array([shares[self.group == g].sum() for g in range(GROUPS)])

    @cached_property
    def wanted_groups(self) -> np.ndarray:
        return self.of_groups(self.wanted)

    @cached_property
    def offered_groups(self) -> np.ndarray:
        return self.of_groups(self.offered)


@dataclass(frozen=True)
class Crowd:
    """What is drawn for everybody at once, a value a person."""

    company: np.ndarray
    field: np.ndarray
    mentor: np.ndarray
    mentee: np.ndarray
    years: np.ndarray
    pattern: np.ndarray
    holes: np.ndarray
    capacity: np.ndarray


def make(
    people: int = 1000,
    seed: int = 1,
    profile: str = "conference",
    *,
    both_share: float = 0.04,
    tables_factor: float = 0.95,
    uniform_avail: bool = False,
) -> dict[str, Any]:
    """The instance of these arguments."""
    rng = np.random.default_rng([20240917, seed, people, sorted(PROFILES).index(profile)])
    kind = PROFILES[profile]
    popularity = _popularity(rng)
    crowd = _crowd(rng, people, kind, both_share)
    persons = [_person(rng, i, crowd, kind, popularity, uniform_avail) for i in range(people)]
    pairs = _pairs(rng, crowd)
    slots = kind.halves * kind.slots
    given = {"people": people, "seed": seed, "profile": profile, "both_share": both_share}
    return {
        "format": FORMAT,
        "name": f"rp-{profile}-{people}-{seed}",
        "seed": seed,
        "args": given | {"tables_factor": tables_factor, "uniform_avail": uniform_avail},
        "n_slots": slots,
        "slot_block": [slot // kind.slots for slot in range(slots)],
        "tables": _tables(persons, kind, tables_factor),
        "n_topics": TOPICS,
        "topic_group": [int(g) for g in popularity.group],
        "n_goals": GOALS,
        "attention": ATTENTION,
        "people": persons,
        **pairs,
        "fixed": [],
    }


def _zipf(n: int, exponent: float) -> np.ndarray:
    weights = 1.0 / np.arange(1, n + 1) ** exponent
    return weights / weights.sum()


def _popularity(rng: np.random.Generator) -> Popularity:
    wanted_rank = rng.permutation(TOPICS)
    offered_rank = wanted_rank.copy()
    swapped = rng.choice(TOPICS, TOPICS // 3, replace=False)
    offered_rank[swapped] = offered_rank[rng.permutation(swapped)]
    wanted, offered = np.empty(TOPICS), np.empty(TOPICS)
    wanted[wanted_rank] = _zipf(TOPICS, 1.05)
    offered[offered_rank] = _zipf(TOPICS, 0.8)
    return Popularity(wanted, offered, np.arange(TOPICS) // (TOPICS // GROUPS))


def _crowd(rng: np.random.Generator, n: int, kind: Profile, both_share: float) -> Crowd:
    companies = max(8, n // 12)
    company = rng.choice(companies, n, p=_zipf(companies, 0.8))
    field = rng.choice(FIELDS, n, p=_zipf(FIELDS, 0.7))
    role = rng.random(n)
    mentor, mentee = role < kind.mentors + both_share, role >= kind.mentors
    years = np.where(mentor, 4 + rng.gamma(3.0, 4.0, n), rng.gamma(1.6, 3.0, n)).astype(int).clip(0, 45)
    years[mentor & mentee] = years[mentor & mentee].clip(4, 14)
    return Crowd(
        company=company,
        field=field,
        mentor=mentor,
        mentee=mentee,
        years=years,
        pattern=rng.choice(5, n, p=kind.patterns),
        holes=rng.random(n) < np.where(mentor, HOLES_OF_MENTORS, HOLES_OF_OTHERS),
        capacity=rng.lognormal(np.log(kind.capacity), 0.62, n),
    )


def _person(
    rng: np.random.Generator, i: int, crowd: Crowd, kind: Profile, popularity: Popularity, uniform: bool
) -> dict[str, Any]:
    there = _availability(rng, int(crowd.pattern[i]), kind, holes=bool(crowd.holes[i]) and not uniform)
    person: dict[str, Any] = {
        "id": f"p{i}",
        "company": int(crowd.company[i]),
        "field": int(crowd.field[i]),
        "years": int(crowd.years[i]),
        "langs": _languages(rng),
        "avail": format(there, "x"),
    }
    if crowd.mentor[i]:
        person["mentor"] = _mentor(rng, float(crowd.capacity[i]), popularity)
    if crowd.mentee[i]:
        person["mentee"] = _mentee(rng, popularity)
    return person


def _availability(rng: np.random.Generator, pattern: int, kind: Profile, *, holes: bool) -> int:
    """Slots in which somebody is there and free, a bit each."""
    halves = range(kind.halves)
    if pattern == 4:
        there = [int(rng.integers(kind.halves))]
    else:
        there = list((halves, range(2), range(kind.halves - 2, kind.halves), halves[:-1])[pattern])
    mask = sum(((1 << kind.slots) - 1) << (half * kind.slots) for half in there)
    if not holes:
        return mask
    for slot in _hole(rng, [slot for slot in range(kind.halves * kind.slots) if mask >> slot & 1], kind):
        mask &= ~(1 << int(slot))
    return mask


def _hole(rng: np.random.Generator, mine: list[int], kind: Profile) -> Any:
    """One to four slots of somebody's time; on a single evening mostly a late arrival or an early leave."""
    size = min(len(mine) - 1, int(rng.integers(1, 5)))
    if kind.halves == 1 and rng.random() < 0.6:
        size = min(size, 3)
        return mine[:size] if rng.random() < 0.6 else mine[-size:]
    return rng.choice(mine, size, replace=False)


def _languages(rng: np.random.Generator) -> list[int]:
    """The preferred one first; nearly everybody speaks language 0."""
    languages = []
    if rng.random() < 0.92:
        languages.append(0)
    if not languages or rng.random() < 0.35:
        other = 1 + int(rng.choice(OTHER_LANGUAGES, p=_zipf(OTHER_LANGUAGES, 0.8)))
        languages.insert(0 if (not languages or rng.random() < 0.25) else 1, other)
    return languages


def _mentor(rng: np.random.Generator, capacity: float, popularity: Popularity) -> dict[str, Any]:
    shares = popularity.offered_groups
    home = rng.choice(GROUPS, 2, replace=False, p=shares / shares.sum())
    weights = popularity.offered * np.where(np.isin(popularity.group, home), 12.0, 1.0)
    topics = rng.choice(TOPICS, int(rng.integers(3, 8)), replace=False, p=weights / weights.sum())
    levels = rng.choice([1, 2, 3], len(topics), p=[0.3, 0.4, 0.3])
    helps = rng.choice(GOALS, int(rng.integers(1, 5)), replace=False)
    return {
        "cap": int(max(1, min(12, round(capacity)))),
        "offers": sorted([int(topic), int(level)] for topic, level in zip(topics, levels, strict=True)),
        "helps": sorted(int(goal) for goal in helps),
    }


def _mentee(rng: np.random.Generator, popularity: Popularity) -> dict[str, Any]:
    shares = popularity.wanted_groups
    home = rng.choice(GROUPS, p=shares / shares.sum())
    weights = popularity.wanted * np.where(popularity.group == home, 10.0, 1.0)
    topics = rng.choice(TOPICS, int(rng.integers(2, 6)), replace=False, p=weights / weights.sum())
    urgency = rng.choice([3, 2, 1], len(topics), p=[0.4, 0.35, 0.25])
    goals = rng.choice(GOALS, int(rng.integers(1, 3)), replace=False)
    return {
        "want": int(rng.choice([1, 2, 3], p=[0.25, 0.40, 0.35])),
        "wants": sorted([int(topic), int(weight)] for topic, weight in zip(topics, urgency, strict=True)),
        "goals": sorted(int(goal) for goal in goals),
    }


def _pairs(rng: np.random.Generator, crowd: Crowd) -> dict[str, list[tuple[int, int]]]:
    """Who asked for whom (a few mentors by many), who was recommended, who must never meet."""
    mentors, mentees = np.flatnonzero(crowd.mentor), np.flatnonzero(crowd.mentee)
    known = rng.permutation(mentors)
    fame = _zipf(len(known), 0.9)
    askers = mentees[rng.random(len(mentees)) < 0.15]
    askers = np.concatenate([askers, askers[rng.random(len(askers)) < 0.5]])
    asked = rng.choice(known, len(askers), p=fame)
    requests = {(int(e), int(m)) for e, m in zip(askers, asked, strict=True) if e != m}
    referrals = set()
    for mentee in mentees[rng.random(len(mentees)) < 0.05]:
        mentor = int(rng.choice(mentors))
        if mentor != mentee:
            referrals.add((int(mentee), mentor))
    blocks = set()
    for _ in range(len(crowd.mentor) // 50):
        one, other = int(rng.choice(mentors)), int(rng.choice(mentees))
        if one != other and (other, one) not in requests:
            blocks.add((one, other))
    return {"requests": sorted(requests), "referrals": sorted(referrals), "blocks": sorted(blocks)}


def _tables(persons: list[dict[str, Any]], kind: Profile, factor: float) -> list[int]:
    """As many a slot as make the whole room a little too small; fewer while a part of it is being turned over."""
    mentors = [person for person in persons if "mentor" in person]
    capacity = sum(min(one["mentor"]["cap"], int(one["avail"], 16).bit_count()) for one in mentors)
    wishes = sum(person["mentee"]["want"] for person in persons if "mentee" in person)
    slots = kind.halves * kind.slots
    usual = max(1, int(np.ceil(factor * min(capacity, wishes) / slots)))
    last_of_half = range(kind.slots - 1, slots, kind.slots)
    return [max(1, int(usual * 0.8)) if slot in last_of_half else usual for slot in range(slots)]


def write(instance: dict[str, Any], path: Path) -> None:
    """The instance as a file; compressed where its name ends in .gz."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "wt") as file:
        json.dump(instance, file, separators=(",", ":"))


def main() -> None:
    """Write one instance."""
    parser = argparse.ArgumentParser(description="Write an instance that looks like a conference.")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="conference")
    parser.add_argument("--tables-factor", type=float, default=0.95, help="0.6 scarce, 0.95 tight, 1.4 loose")
    parser.add_argument("--uniform-avail", action="store_true", help="nobody is away within a half-day")
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    factor, uniform = given.tables_factor, given.uniform_avail
    write(make(given.people, given.seed, given.profile, tables_factor=factor, uniform_avail=uniform), given.out)


if __name__ == "__main__":
    main()
