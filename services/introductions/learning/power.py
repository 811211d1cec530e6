"""How many pairs it takes before anything is said. Plain arithmetic.

Hsieh, Bloch and Larsen (1998): to see with power 80 % that one standard deviation of a term multiplies the odds by 1.5, it
takes (z_a + z_b)^2 / (p (1 - p) log(1.5)^2) pairs, where p is the share in touch and z_a belongs to the level at which all terms
together find something by chance in one of twenty. Beside it at least ten of the rarer outcome for each term (Peduzzi 1996), and
enough mentors for variances that count each of them once.
"""

from __future__ import annotations

from math import ceil, log
from statistics import NormalDist

from services.introductions.learning.pairs import Needed

LEVEL = 0.05
POWER = 0.8
WORTH_SEEING = log(1.5)
RARER_A_TERM = 10
MENTORS = 40
USUAL = 1 / 3
"""The share in touch that is reckoned with before anybody answered."""
RARELY, OFTEN = 0.1, 0.9


def each_level(terms: int) -> float:
    """The level of one term at which all together err with LEVEL (Sidak)."""
    return float(1 - (1 - LEVEL) ** (1 / max(1, terms)))


def needed(terms: int, share: float | None) -> Needed:
    """What it takes to tell, with so many terms and such a share of pairs in touch; rounded up to tens."""
    likely = min(OFTEN, max(RARELY, USUAL if share is None else share))
    normal = NormalDist()
    both = normal.inv_cdf(1 - each_level(terms) / 2) + normal.inv_cdf(POWER)
    pairs = both**2 / (likely * (1 - likely) * WORTH_SEEING**2)
    return Needed(pairs=10 * ceil(pairs / 10), rarer=RARER_A_TERM * max(1, terms), mentors=MENTORS)


def effective(weights: list[float]) -> float:
    """How many equally weighted pairs say as much (Kish)."""
    squares = sum(weight * weight for weight in weights)
    return sum(weights) ** 2 / squares if squares else 0.0
