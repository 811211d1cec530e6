"""Marks kept in the memory of the process that shows pages: what is shown of somebody is no longer what it was. The form of
them for one installation of two processes; with Redis they are there (`shared.signals`). Nothing is stored.

Whoever writes marks after the commit. What another process marked comes over its pipe; where that may have been lost, all
marks are new, so a page is made once too often and never once too seldom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

MOST = 200_000
"""Names that are remembered; then all of them are forgotten, and new."""
EVERYTHING = "*"
NAMES_IN_A_LINE = 100
"""Of 32 characters each: a line that is written to a pipe at once (POSIX: 4,096 bytes)."""


class Marks(Protocol):
    """What pages that look again ask."""

    def mark(self, names: Iterable[str], value: str) -> None:
        """What is shown of these is no longer what it was."""

    def marks(self, names: Sequence[str], fresh: str) -> str | None:
        """Changes whenever one of these is marked; None while nobody knows. `fresh`: a mark for those without one."""


class NearMarks:
    """In this process."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._lock = threading.Lock()

    def mark(self, names: Iterable[str], value: str) -> None:
        """What is shown of these is no longer what it was; of `*`, of everybody."""
        changed = dict.fromkeys(names, value)
        with self._lock:
            if EVERYTHING in changed or len(self._values) > MOST:
                self._values.clear()  # whoever asks gets a fresh one
            self._values |= changed

    def marks(self, names: Sequence[str], fresh: str) -> str:
        """One text of all of them."""
        with self._lock:
            return "|".join([self._values.setdefault(name, fresh) for name in names])


class TellingMarks:
    """In another process, which is told line by line; whoever asks here does not know."""

    def __init__(self, tell: Callable[[str], bool]) -> None:
        """`tell` says whether the line was taken."""
        self._tell, self._lost = tell, False
        self._lock = threading.Lock()

    def mark(self, names: Iterable[str], _value: str) -> None:
        """Tell; what could not be told makes everything new as soon as anything can."""
        with self._lock:
            for line in [EVERYTHING] if self._lost else _lines(names):
                if not self._tell(line):
                    self._lost = True
                    return
            self._lost = False

    def marks(self, _names: Sequence[str], _fresh: str) -> None:
        """Nobody's pages are shown here."""


def _lines(names: Iterable[str]) -> Iterator[str]:
    every = sorted(names)
    for first in range(0, len(every), NAMES_IN_A_LINE):
        yield " ".join(every[first : first + NAMES_IN_A_LINE])
