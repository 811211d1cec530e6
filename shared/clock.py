"""What time it is: system, fixed and shared form. Nothing else in the product reads a clock.

The shared form adds an offset that every process reads from one row per database, so that months pass in a test in
seconds (`rapport clock advance 7d`). It is refused in production.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of aware UTC instants."""

    def now(self) -> datetime:
        """The present instant, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


SYSTEM = SystemClock()


class FixedClock:
    """Stands still until it is told otherwise: for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to `at`."""
        self._at = at

    def advance(self, by: timedelta) -> None:
        """Go on by `by`."""
        self._at += by


class SharedClock:
    """The machine's clock plus an offset that all processes read from the same row."""

    def __init__(self, read_offset: Callable[[], timedelta]) -> None:
        self._read_offset = read_offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._read_offset()
