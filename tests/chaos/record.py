"""What the clients know: one line of JSON for everything that was asked and acknowledged, kept outside the killed processes."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TAKES = 3
"""Introductions that every mentor of the crowd takes."""


@dataclass(frozen=True)
class Line:
    """One line: when (seconds since 1970), what, and what is to be said about it."""

    at: float
    what: str
    facts: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]


class Record:
    """A file that several threads append to; a line is written out before the client goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")
        self._last = 0.0

    def write(self, what: str, **facts: Any) -> None:
        """Add a line; later lines never have an earlier time."""
        with self._lock:
            self._last = max(self._last, time.time())
            self._file.write(json.dumps({"at": self._last, "what": what, "facts": facts}) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Line]:
    """All lines, in the order in which they were written."""
    return [Line(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
