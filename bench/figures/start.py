"""How long `rapport up` takes to its first page when its data is there already, and how much memory it then holds,
beside gunicorn with a bare Flask."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.machine import memory_mb
from bench.served import Served, bare, rapport
from bench.table import Row

SECONDS, MB = 3.0, 150.0
IDLE = 5.0
"""Seconds of rest before memory is looked at: all loops have looked around by then."""


def measure(quick: bool) -> Iterator[Row]:
    """Start, look, stop, several times in turns with the bare one; the first start, which makes the stores, apart."""
    rounds, rest = (1, 0.5) if quick else (5, IDLE)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-start-") as folder:
        here = Path(folder)
        first, _memory = _once(lambda: rapport(here / "rapport", "up"), "/", 0)
        seconds: list[float] = []
        memory: list[float] = []
        bare_seconds: list[float] = []
        bare_memory: list[float] = []
        for _ in range(rounds):
            for start, path, times, sizes in (
                (lambda: rapport(here / "rapport", "up"), "/", seconds, memory),
                (lambda: bare(here / "bare"), "/healthz", bare_seconds, bare_memory),
            ):
                took, mb = _once(start, path, rest)
                times.append(took)
                sizes.append(mb)
    yield Row(
        figure="second start to first page",
        measured=f"{median(seconds):.2f} s",
        reference=f"bare gunicorn + Flask {median(bare_seconds):.2f} s",
        ratio=median(seconds) / median(bare_seconds),
        promise=f"<= {SECONDS:g} s",
        held=median(seconds) <= SECONDS,
        beside=(f"{min(seconds):.2f} to {max(seconds):.2f} s; the first start, which makes the stores, {first:.2f} s",),
    )
    yield Row(
        figure="idle memory of the process tree",
        measured=f"{median(memory):.0f} MB",
        reference=f"bare gunicorn + Flask {median(bare_memory):.0f} MB",
        ratio=median(memory) / median(bare_memory),
        promise=f"<= {MB:g} MB",
        held=median(memory) <= MB,
        beside=(f"proportional set size, {min(memory):.0f} to {max(memory):.0f} MB, {rest:g} s after the first page",),
    )


def _once(start: Callable[[], Served], path: str, rest: float) -> tuple[float, float]:
    """(seconds to the first answer, MB after a rest) of one start and stop."""
    with start() as served:
        took = served.wait(path)
        time.sleep(rest)
        return took, memory_mb(served.process.pid)
