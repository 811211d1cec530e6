"""One line a figure: what was measured, against what, whether the promise held. It measures nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("figure", "measured", "reference", "ratio", "promise", "held")
WIDTHS = (34, 22, 34, 7, 16, 4)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A figure of one run; `held` None = nothing is promised, the figure stands beside another."""

    figure: str
    measured: str
    reference: str = ""
    ratio: float | None = None
    promise: str = ""
    held: bool | None = None
    beside: tuple[str, ...] = ()
    """Sentences that belong to it: commits, fsyncs, the spread of the rounds."""

    def lines(self) -> list[str]:
        """The row and what stands beside it, as text."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        held = {None: "", True: "yes", False: "NO"}[self.held]
        return [
            in_columns((self.figure, self.measured, self.reference, ratio, self.promise, held)),
            *(f"    {note}" for note in self.beside),
        ]


def in_columns(cells: Sequence[str]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def heading() -> str:
    """The first line of the table."""
    return in_columns(HEAD)


def interleaved(count: int, *measures: Callable[[], float]) -> list[list[float]]:
    """What each measured in `count` rounds, taken in turns and every other round backwards: other programs on this
    machine disturb all of them alike."""
    found: list[list[float]] = [[] for _ in measures]
    for turn in range(count):
        order = range(len(measures)) if turn % 2 == 0 else reversed(range(len(measures)))
        for n in order:
            found[n].append(measures[n]())
    return found


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of what the two did in the same round."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def spread(values: Sequence[float], unit: str = "/s") -> str:
    """Median, least and most of the rounds."""
    return f"{median(values):,.0f}{unit} ({min(values):,.0f} to {max(values):,.0f})"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 10_000) * len(ordered) // 10_000) - 1))]
