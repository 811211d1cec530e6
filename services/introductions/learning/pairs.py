"""What is learned from, and what is found: plain values. No number here is about one pair; those of a finding are of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two people who met, long enough ago to know: ids of people (not of attendees: who comes to two conferences is one),
    what the utility's terms were when they were introduced, and what became of it."""

    mentor: str
    mentee: str
    conference: str
    terms: Mapping[str, float]
    in_touch: bool | None
    """At a month; None = nobody said."""
    probability: float | None = None
    """With which chance chose the mentor among all who fitted; None where it was planned."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """The pairs of all conferences of an account, and the points that count now."""

    pairs: Sequence[Pair]
    points: Mapping[str, int]
    fixed: frozenset[str] = frozenset()
    """Terms whose points are a matter of fairness: they are looked at, and never changed."""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What it takes to tell anything: pairs that answered, and how many of the rarer kind (in touch or not) and of mentors
    must be among them."""

    pairs: int
    rarer: int
    mentors: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a term has to do with contact: differences of the share in touch between none and all of it, everything else as
    it is. Intervals hold for all terms together with 95 %."""

    term: str
    verdict: str
    """helps, hurts, neither (whatever it is, it is small), unknown (too few to tell), same (nearly all pairs were alike)"""
    difference: float = 0.0
    interval: Interval = (0.0, 0.0)
    if_all_no: float = 0.0
    """The difference if every pair that said nothing had not been in touch,"""
    if_all_yes: float = 0.0
    """and if every one of them had."""
    holds: bool = False
    """Whether the verdict is the same in both cases."""
    points: int = 0
    suggested: int = 0
    log_odds: float = 0.0
    """For one standard deviation of the term; what intervals are made of."""
    log_odds_interval: Interval = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Suggested points against those that count now, on people of whom neither was made: mean loss (less is better) and the
    share of (in touch, not in touch) that stand in the right order."""

    verdict: str
    """yes, no or unknown (too few to tell)"""
    gain: float
    """By how much the mean log loss falls."""
    interval: Interval
    loss: Interval
    """(of the points that count now, of the suggested ones)."""
    order: Interval
    """The same for AUC."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """All there is to say. Where `enough` is false, only the numbers of pairs."""

    pairs: int
    known: int
    in_touch: int
    mentors: int
    conferences: int
    drawn: int
    """Of the known ones: those that chance chose."""
    alike: int
    """As much as so many pairs of equal weight say the known ones."""
    needed: Needed
    enough: bool = False
    effects: tuple[Effect, ...] = ()
    compared: Compared | None = None
    suggested: Mapping[str, int] = field(default_factory=dict)
