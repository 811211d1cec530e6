"""Sets of slots as the bits of an integer. Pure."""

from __future__ import annotations

from collections.abc import Iterator


def bits(slots: int) -> Iterator[int]:
    """The numbers in a set of slots, rising."""
    while slots:
        lowest = slots & -slots
        yield lowest.bit_length() - 1
        slots ^= lowest
