"""Planning a whole conference from a file to a file. It needs no installation and no database."""

from __future__ import annotations

import json
import math
import resource
import time
from pathlib import Path
from types import ModuleType

import click
import numpy as np

from rapport.commands.files import has_a_folder, interruptible, json_of, refuse, text_of, write_whole
from services.introductions.planner.engine import BadInstance, Model, Planned, Progress, measure, model_of, plan
from services.introductions.planner.engine.model import Integers

LARGEST = 500_000_000
"""Bytes of an instance, unpacked."""
PAUSE = 0.5
"""Seconds between two lines about progress."""
AGAIN = 2.0
"""Seconds until the same is said again."""
FORMAT = "rapport-plan/1"
STEPS = {
    "pairs": "choosing pairs",
    "times": "placed in time",
    "search": "improving",
    "gaps": "closing gaps",
    "proof": "proving",
}


@click.command("plan")
@click.argument("instance", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the plan goes.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Stop after so long with the best so far.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Another search.")
@click.option("--proof", is_flag=True, help="Prove how good the plan is, slots considered, and make it the best.")
@click.option("--json", "as_json", is_flag=True, help="Say at the end what it took as one line of JSON.")
def plan_command(instance: Path, out: Path, seconds: float | None, seed: int, proof: bool, as_json: bool) -> None:
    """Plan who meets whom, when and where (a JSON instance)."""
    proving = _proving() if proof else None
    memory = _memory()
    model = _model(text_of(instance, LARGEST))
    has_a_folder(out)
    with interruptible() as interrupted:
        began = time.monotonic()
        telling = _Telling(began, began + (seconds or math.inf))

        def go_on() -> bool:
            return not interrupted() and time.monotonic() < telling.end

        planned = plan(model, seed=seed, go_on=go_on, progress=telling)
        took = time.monotonic() - began
        told = {"seconds": took, "first_seconds": telling.first or took}
        proven, memory_apart = {}, 0
        if proving is not None:
            planned, memory_apart = proving.prove(model, planned, go_on, telling, telling.again)
            told["proof_seconds"] = time.monotonic() - began
            proven = {"proven": planned.proven}
    write_whole(out, plan_text(model, planned.meetings))
    click.echo(_sentence(model, planned, out))
    if proving is not None:
        click.echo(proving.sentence(model, planned))
    if as_json:
        told["memory_mb"] = (_memory() - memory + memory_apart) / 1024
        click.echo(json.dumps({name: round(number, 3) for name, number in told.items()} | proven))


def _proving() -> ModuleType:
    """Loaded only where it is asked for: it brings SciPy's solvers with it."""
    from rapport.commands import proving

    return proving


def _memory() -> int:
    """KiB that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _model(text: str) -> Model:
    try:
        return model_of(json_of(text))
    except BadInstance as why:
        refuse(str(why))


def plan_text(model: Model, meetings: Integers) -> str:
    """[n, 4] meetings as a file has them: people by their place in the instance."""
    people = np.column_stack([model.mentors[meetings[:, 0]], model.mentees[meetings[:, 1]], meetings[:, 2:]])
    return json.dumps({"format": FORMAT, "meetings": people.tolist()}, separators=(",", ":")) + "\n"


class _Telling:
    """Lines about progress on the standard error, at most two a second."""

    def __init__(self, began: float, end: float) -> None:
        self.began, self.end = began, end
        self.last = began
        self.first: float | None = None
        """Seconds until there was a plan."""
        self.latest: Progress | None = None
        self.proving: float | None = None
        """When the proof began."""

    def again(self) -> None:
        """That it is still at it."""
        if self.latest is not None and time.monotonic() - self.last >= AGAIN:
            self(self.latest)

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        self.latest = progress
        if progress.step == "proof" and self.proving is None:
            self.proving = now
        if progress.step == "times" and self.first is None:
            self.first = now - self.began
        if now - self.last < PAUSE:
            return
        self.last = now
        left = self.end - now
        if progress.step == "search" and self.first is not None:
            left = min(left, (now - self.began - self.first) * (1 / progress.share - 1))
        parts = [STEPS[progress.step]]
        if progress.served:
            parts.append(f"{progress.served:,} served, value {progress.value:,}{_distance(progress)}")
        parts.append(self._time(now, left))
        click.echo(", ".join(parts), err=True)

    def _time(self, now: float, left: float) -> str:
        """How long a proof takes nobody knows before."""
        if left < math.inf:
            return f"about {max(0.0, left):.0f} s left"
        return "just begun" if self.proving is None else f"{now - self.proving:.0f} s so far"


def _distance(progress: Progress) -> str:
    if not progress.bound or progress.bound < progress.value:
        return ""
    return f" (at most {100 * (progress.bound - progress.value) / progress.bound:.2f} % below the best)"


def _sentence(model: Model, planned: Planned, out: Path) -> str:
    found = measure(model, planned.meetings)
    parts = [
        f"{found.meetings:,} meetings",
        f"served {found.served:,} of at most {planned.most_served:,}",
        f"value {found.value:,}",
    ]
    if planned.bound is not None:
        parts.append(
            f"bound {planned.bound:,}, gap {100 * (planned.bound - found.value) / max(1, planned.bound):.3f} %"
        )
    parts.append(f"{found.gaps:,} idle slots between meetings")
    return f"{', '.join(parts)}: {out}"
