"""How long the demo takes: 300 invented people through three months, by the command that a newcomer's button starts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.served import rapport
from bench.table import Row, spread

SECONDS = 60.0
PEOPLE, FEW = 300, 20


def measure(quick: bool) -> Iterator[Row]:
    """The whole demo on an empty folder, beside one of 20 people: what it costs before there is a crowd."""
    rounds, people = (1, FEW) if quick else (3, PEOPLE)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-demo-") as folder:
        whole = [_played(Path(folder) / f"{number}", people) for number in range(rounds)]
        few = _played(Path(folder) / "few", FEW)
    yield Row(
        figure="demo, three months",
        measured=f"{median(whole):.0f} s for {people}",
        reference=f"{few:.1f} s for {FEW}",
        ratio=median(whole) / few,
        promise=f"<= {SECONDS:g} s",
        held=median(whole) <= SECONDS,
        beside=(f"rounds: {spread(whole, ' s')}",),
    )


def _played(folder: Path, people: int) -> float:
    began = time.perf_counter()
    with rapport(folder, "demo", "--quiet", "--people", str(people)) as player:
        player.wait_end(seconds=600)
    return time.perf_counter() - began
