"""Agreed meetings: idle slots after some seconds on the published instances, what is proved, and beside it a plain CP-SAT
model of the same problem (no implied constraints, no hint, two workers).

`python -m bench.planner.agreed [SECONDS...]` (10 and 40 if none are named) prints a table; an instance in which nothing
is left to find ends before its time. *Idle* counts slots, *waits* how often somebody waits: the sums known from the
literature count the latter ("breaks"). The plain model minimizes slots.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.introductions.planner.agreed import Agreed, Progress, idle_slots, read, solve, wrong_with

DATA = Path(__file__).parents[3] / "shared" / "data" / "b2b"
REACHED = {
    "tic-12": 0, "tic-13crafc": 5, "tic-14crafa": 0, "tic-14crafc": 2, "forumt-14crafc": 5, "forumt-14crafd": 4,
    "forum-13": 0, "forum-13crafb": 25, "ticf-13crafa": 4, "ticf-13crafc": 6,
}  # fmt: skip
"""What CP-SAT with implied constraints reached before, in 40 seconds of two workers; in waits."""


def measure(seconds: Sequence[float], plainly: bool = True) -> Iterator[dict[str, Any]]:
    """One row an instance."""
    for name, reached in REACHED.items():
        agreed = read((DATA / f"{name}.dzn").read_text())
        row: dict[str, Any] = {"instance": name, "reached": reached, **_ours(agreed, seconds)}
        if plainly:
            row |= {f"plain at {limit:g} s": plain(agreed, limit) for limit in seconds}
        yield row


def _ours(agreed: Agreed, seconds: Sequence[float]) -> dict[str, Any]:
    """One search over the longest time; shorter ones would have seen the same up to theirs."""
    seen: list[tuple[float, Progress]] = []
    began = time.monotonic()

    def see(progress: Progress) -> None:
        seen.append((time.monotonic() - began, progress))

    schedule = solve(agreed, effort=10**12, seconds_left=lambda: began + max(seconds) - time.monotonic(), progress=see)
    took = time.monotonic() - began
    assert wrong_with(agreed, schedule.meetings) == ()
    assert idle_slots(agreed, schedule.meetings) == (schedule.idle, schedule.waits)
    at: dict[str, Any] = {"first after": seen[0][0], "ended after": took, "bound": schedule.bound}
    for limit in seconds:
        last = [progress for when, progress in seen if when <= limit][-1]
        at[f"at {limit:g} s"] = (last.idle, last.waits)
    return at


def plain(agreed: Agreed, seconds: float) -> int | None:
    """The model one would write down first: fewest slots between the first and the last meeting."""
    from ortools.sat.python.cp_model import FEASIBLE, OPTIMAL, CpModel, CpSolver

    model = CpModel()
    held = [{s: model.new_bool_var("") for s in range(agreed.slots) if open_ >> s & 1} for open_ in agreed.open]
    for slots in held:
        model.add_exactly_one(slots.values())
    for slot, tables in enumerate(agreed.tables):
        model.add(sum(slots[slot] for slots in held if slot in slots) <= tables)
    idle = []
    for meetings in filter(None, agreed.meetings_of):
        first, last = (model.new_int_var(0, agreed.slots - 1, "") for _ in "ab")
        for slot in range(agreed.slots):
            model.add_at_most_one(held[meeting][slot] for meeting in meetings if slot in held[meeting])
        for meeting in meetings:
            when = sum(slot * variable for slot, variable in held[meeting].items())
            model.add(first <= when)
            model.add(last >= when)
        idle.append(last - first + 1 - len(meetings))
    model.minimize(sum(idle))
    solver = CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = seconds
    return round(solver.objective_value) if solver.solve(model) in (OPTIMAL, FEASIBLE) else None


def main() -> None:
    """Print the table."""
    seconds = [float(word) for word in sys.argv[1:]] or [10.0, 40.0]
    for number, row in enumerate(measure(seconds)):
        if number == 0:
            print("| " + " | ".join(row) + " |\n|" + "---|" * len(row), flush=True)
        cells = (f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row.values())
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
