"""Whether one share is larger than another, and what could have been seen at all: matched pairs against explored ones, this
year against last year. Plain arithmetic.

The interval of the difference is Newcombe's hybrid score interval (Newcombe 1998, Stat. Med. 17:873-890, method 10): 95 %,
from the Wilson intervals of the two shares, so that it says nothing that they do not say. The two groups must be of
different pairs. One comparison is meant: of twenty, one comes out as different by chance. What is compared is shown, so it
must be what may be shown (`group_of`): pairs that were matched and pairs that were drawn are the two levels of one more way
to split a conference (`cohorts.cohort`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from services.followup.domain.cells import Answered
from services.followup.domain.intervals import Z, wilson

Z_POWER = 0.8416212335729143
"""The 80 % point of the normal distribution: the power that is stated."""
HALVINGS = 50

MORE, LESS, TOO_FEW = "more", "less", "too_few"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pairs that met: all of them, those reported to be in touch, those of which nothing is known."""

    met: int
    yes: int
    unknown: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The reported share of the first group less that of the second; differences are shares, -1..1."""

    difference: float
    interval: tuple[float, float]
    """95 %, of the difference of the reported shares."""
    bounds: tuple[float, float]
    """Between these lies the difference among these pairs, whatever those who did not answer would have said: one group
    may have answered more eagerly than the other."""
    verdict: str
    """`more` or `less` (the first group), or `too_few`: 0 lies in the interval, so that it cannot be told."""
    detectable: float | None
    """The smallest difference that so many pairs show four times in five (80 % power, 5 % level, both sides); None where
    they could not show any."""

    @property
    def whatever_the_silent(self) -> bool:
        """Whether it would be the same way round whatever those who did not answer would have said."""
        return self.bounds[0] > 0 or self.bounds[1] < 0


def group_of(answer: Answered) -> Group | None:
    """The pairs of a row or of a conference at one question; None where anything of them is hidden."""
    if answer.met is None or answer.yes is None or answer.no is None or answer.unknown is None:
        return None
    return Group(met=answer.met, yes=answer.yes, unknown=answer.unknown)


def compare(first: Group, second: Group) -> Comparison | None:
    """The first group against the second; None where one of them is empty."""
    mine, other = wilson(first.yes, first.met), wilson(second.yes, second.met)
    if mine is None or other is None:
        return None
    p, q = first.yes / first.met, second.yes / second.met
    below = sqrt((p - mine[0]) ** 2 + (other[1] - q) ** 2)
    above = sqrt((mine[1] - p) ** 2 + (q - other[0]) ** 2)
    interval = max(-1.0, p - q - below), min(1.0, p - q + above)
    return Comparison(
        difference=p - q,
        interval=interval,
        bounds=(
            p - (second.yes + second.unknown) / second.met,
            (first.yes + first.unknown) / first.met - q,
        ),
        verdict=MORE if interval[0] > 0 else LESS if interval[1] < 0 else TOO_FEW,
        detectable=detectable(first.met, second.met, (first.yes + second.yes) / (first.met + second.met)),
    )


def detectable(first: int, second: int, share: float) -> float | None:
    """The smallest difference between two groups of so many pairs that is found with 80 % power, where both together have
    this share; None where even none against all would not be. The two shares are taken to lie around it, as the sizes of
    the groups ask for, and within 0..1 (normal approximation: Fleiss, Levin and Paik 2003, chapter 4, without a
    correction). Of the two ways round the one is taken that needs the larger difference."""
    if first <= 0 or second <= 0:
        return None
    found = [_detectable(first, second, share), _detectable(second, first, share)]
    known = [difference for difference in found if difference is not None]
    return max(known) if len(known) == len(found) else None


def _detectable(first: int, second: int, share: float) -> float | None:
    """The same with the larger share in the first group."""
    low, high = 0.0, 1.0
    if not _is_found(first, second, share, high):
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _is_found(first, second, share, middle) else (middle, high)
    return high


def _is_found(first: int, second: int, share: float, difference: float) -> bool:
    upper = share + difference * second / (first + second)
    lower = upper - difference
    if upper > 1:
        upper, lower = 1.0, 1.0 - difference
    if lower < 0:
        upper, lower = difference, 0.0
    together = (first * upper + second * lower) / (first + second)
    chance = Z * sqrt(together * (1 - together) * (1 / first + 1 / second))
    spread = Z_POWER * sqrt(upper * (1 - upper) / first + lower * (1 - lower) / second)
    return difference >= chance + spread
