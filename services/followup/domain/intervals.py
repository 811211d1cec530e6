"""How sure a share of few people can be: Wilson's interval (1927), 95 %, without a correction. Plain arithmetic."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def wilson(count: float, total: float) -> tuple[float, float] | None:
    """(low, high) of the share `count / total`, within 0..1; None where there is nothing to have a share of. Both are whole
    numbers where pairs are counted, and an effective number of pairs where a share is estimated (`curve`)."""
    if total <= 0:
        return None
    share, square = count / total, Z * Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == total else middle + half
    return max(0.0, low), min(1.0, high)


def share(count: int | None, total: int | None) -> float | None:
    """`count / total`; None where either is hidden or nothing is there."""
    return None if count is None or not total else count / total
