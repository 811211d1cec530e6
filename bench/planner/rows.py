"""One line for each instance and method, and one for each method over the seeds. It measures nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.planner.checking import Verdict
from bench.planner.measured import Run

COLUMNS = {
    "instance": 20,
    "method": 16,
    "s": 8,
    "wall s": 8,
    "ratio": 7,
    "MB": 7,
    "served": 7,
    "bound": 7,
    "value": 11,
    "bound ": 11,
    "gap %": 8,
    "slot gap %": 10,
    "gaps": 5,
    "jain": 5,
    "promise": 62,
    "held": 4,
}
LEFT = ("over the seeds", "instance", "method", "promise", "held")


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one method did with one instance."""

    people: int
    profile: str
    seed: int
    method: str
    run: Run
    verdict: Verdict
    pace: float | None
    """Seconds of the smart greedy in the same run."""
    promise: str = ""
    broken: list[str] | None = None
    """What of the promise was not held; None = nothing is promised."""

    @property
    def instance(self) -> str:
        return f"{self.profile} {self.people:,} #{self.seed}"

    @property
    def seconds(self) -> float:
        """Without start-up where the method says so; to the end of the proof where there is one."""
        return self.run.wall if self.stated is None else self.stated

    @property
    def stated(self) -> float | None:
        """Seconds that the method itself says it took."""
        return self.run.seconds if self.run.proof is None else self.run.proof

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.pace if self.pace else None

    def line(self) -> str:
        """The row of the table."""
        if self.run.why_not:
            return f"{self.instance:<20}  {self.method:<16}  no plan: {self.run.why_not}"
        told = self.verdict
        numbers = (
            shown(self.stated, ".3f"),
            shown(self.run.wall, ".2f"),
            shown(self.ratio, ".1f"),
            shown(self.run.memory_mb, ",.0f"),
            shown(told.served, ",d"),
            shown(told.served_ub, ",d"),
            shown(told.value, ",d"),
            shown(told.value_ub, ",d"),
            shown(told.value_gap_pct, ".3f"),
            shown(told.slot_gap, ".3f"),
            shown(told.gaps_a_meeting, ".2f"),
            shown(told.jain, ".3f"),
        )
        return in_columns((self.instance, self.method, *numbers, self.promise, self.held))

    @property
    def held(self) -> str:
        """yes, or NO with what was not held; a plan that breaks a rule is said of every method."""
        broken = self.broken if self.broken is not None else ["invalid"] * (self.verdict.valid is False)
        if broken:
            return f"NO: {', '.join(broken)}"
        return "" if self.broken is None else "yes"


def shown(value: Any, form: str) -> str:
    """A number, or nothing where there is none."""
    return "" if value is None else format(value, form)


def in_columns(cells: Sequence[str], widths: dict[str, int] = COLUMNS) -> str:
    """One line of the table: words to the left, numbers to the right."""
    aligned = (
        cell.ljust(width) if name in LEFT else cell.rjust(width)
        for cell, (name, width) in zip(cells, widths.items(), strict=True)
    )
    return "  ".join(aligned).rstrip()


def heading() -> str:
    """The first line of the table."""
    return in_columns([name.strip() for name in COLUMNS])


SUMMARY = {
    "over the seeds": 20,
    "method": 16,
    "s": 22,
    "ratio": 20,
    "MB": 24,
    "not served": 14,
    "gap %": 24,
    "slot gap %": 24,
    "gaps": 20,
    "held": 8,
}
FIGURES: tuple[tuple[Callable[[Row], float | None], str], ...] = (
    (lambda row: row.seconds, ".3f"),
    (lambda row: row.ratio, ".1f"),
    (lambda row: row.run.memory_mb, ",.0f"),
    (lambda row: row.verdict.served_gap, ".0f"),
    (lambda row: row.verdict.value_gap_pct, ".3f"),
    (lambda row: row.verdict.slot_gap, ".3f"),
    (lambda row: row.verdict.gaps_a_meeting, ".2f"),
)


def summary(rows: Iterable[Row]) -> list[str]:
    """Each method over the seeds of a size and profile: median (least to most)."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.run.why_not:
            groups.setdefault((f"{row.profile} {row.people:,}", row.method), []).append(row)
    lines = [in_columns(list(SUMMARY), SUMMARY)]
    for (instance, method), those in groups.items():
        figures = [spread([figure(row) for row in those], form) for figure, form in FIGURES]
        judged = [row for row in those if row.broken is not None]
        held = f"{sum(not row.broken for row in judged)} of {len(judged)}" if judged else ""
        lines.append(in_columns((instance, method, *figures, held), SUMMARY))
    return lines


def spread(values: Sequence[float | None], form: str) -> str:
    """Median, least and most of what is known."""
    known = [value for value in values if value is not None]
    return f"{median(known):{form}} ({min(known):{form}} to {max(known):{form}})" if known else ""
