"""`python -m bench.planner.picture [--out docs/images/quality.svg]`: how far plans are from the best, second by second,
drawn. Each size runs in this process after the imports; the smart greedy beside it is what one would use instead."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

import click
import numpy as np

from bench.planner.instances import make
from bench.planner.references import everybodys_first
from services.introductions.planner.engine import Model, Progress, measure, model_of, plan

SIZES = (1_000, 5_000, 20_000)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 64, 150, 30, 46
FIRST, LAST = 0.02, 30.0
"""Seconds at the ends of the axis."""
LEAST, MOST = 0.02, 20.0
"""Per cent at the ends of the axis."""


@dataclass(frozen=True)
class Line:
    """(seconds, per cent below the bound) as it went; the greedy is one point."""

    people: int
    points: Sequence[tuple[float, float]]
    greedy: tuple[float, float]


def measured(people: int) -> Line:
    """The engine's way, and the smart greedy's end."""
    instance = make(people, 1, "conference")
    model: Model = model_of(instance)
    points: list[tuple[float, float]] = []
    gc.collect()
    began = time.perf_counter()

    def tell(progress: Progress) -> None:
        if progress.value and progress.bound:
            below = 100 * (progress.bound - progress.value) / progress.bound
            points.append((time.perf_counter() - began, below))

    planned = plan(model, progress=tell)
    began = time.perf_counter()
    meetings = everybodys_first.plan(instance)
    took = time.perf_counter() - began
    bound = planned.bound or 1
    return Line(people, points, (took, 100 * (bound - _value(model, meetings)) / bound))


def _value(model: Model, meetings: Sequence[Sequence[int]]) -> int:
    """By the engine's own formula; the rows have people, the engine's have rows."""
    rows = np.array([list(meeting) for meeting in meetings], np.int64)
    rows[:, 0] = np.searchsorted(model.mentors, rows[:, 0])
    rows[:, 1] = np.searchsorted(model.mentees, rows[:, 1])
    return measure(model, rows).value


def x(seconds: float) -> float:
    """Where so many seconds are."""
    share = log10(max(FIRST, min(LAST, seconds)) / FIRST) / log10(LAST / FIRST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def y(per_cent: float) -> float:
    """Where so many per cent are."""
    share = log10(max(LEAST, min(MOST, per_cent)) / LEAST) / log10(MOST / LEAST)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def drawn(lines: Sequence[Line]) -> str:
    """The picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        '<title id="t">How far a plan is from the best it could be, second by second</title>',
        "<style>text{font:13px system-ui,sans-serif;fill:#333}.q{fill:#666}line{stroke:#ccc}"
        "path{fill:none;stroke:#0b5d56;stroke-width:2}circle{fill:#b3500b}"
        "@media(prefers-color-scheme:dark){text{fill:#eee}.q{fill:#aaa}line{stroke:#444}path{stroke:#58b9ad}}</style>",
    ]
    for value in (0.03, 0.1, 0.3, 1, 3, 10):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(f'<text class="q" x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g} %</text>')
    for value in (0.03, 0.1, 0.3, 1, 3, 10, 30):
        parts.append(
            f'<text class="q" x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:g} s</text>'
        )
    parts.append(f'<text class="q" x="{LEFT}" y="{TOP - 12}">below the bound on every plan</text>')
    for line in lines:
        parts.extend(_one(line))
    parts.append(f'<circle cx="{WIDTH - RIGHT + 16}" cy="{TOP + 6}" r="5"/>')
    parts.append(f'<text x="{WIDTH - RIGHT + 26}" y="{TOP + 10}">smart greedy</text>')
    return "\n".join([*parts, "</svg>\n"])


def _one(line: Line) -> list[str]:
    """A stair: a plan stands until there is a better one."""
    (start, first), *others = line.points
    path = [f"M{x(start):.1f} {y(first):.1f}"]
    for seconds, per_cent in others:
        path.append(f"H{x(seconds):.1f}V{y(per_cent):.1f}")
    seconds, per_cent = line.points[-1]
    greedy = f'<circle cx="{x(line.greedy[0]):.1f}" cy="{y(line.greedy[1]):.1f}" r="5"/>'
    label = f'<text x="{x(seconds) + 8:.1f}" y="{y(per_cent) + 4:.1f}">{line.people:,} people</text>'
    return [f'<path d="{"".join(path)}"/>', greedy, label]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images/quality.svg"), show_default=True)
@click.option("--people", type=int, multiple=True, default=SIZES, show_default=True)
def main(out: Path, people: tuple[int, ...]) -> None:
    """Measure and draw; the numbers are printed, too."""
    lines = []
    for size in people:
        line = measured(size)
        lines.append(line)
        told = ", ".join(f"{seconds:.2f} s {below:.3f} %" for seconds, below in line.points)
        print(f"{size:,} people: {told}; smart greedy {line.greedy[0]:.2f} s {line.greedy[1]:.2f} %", flush=True)
    out.write_text(drawn(lines))
    print(f"written: {out}")


if __name__ == "__main__":
    main()
