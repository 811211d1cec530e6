"""Repairing a plan after a stream of events, from files to a file. It needs no installation and no database."""

from __future__ import annotations

import gc
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from rapport.commands.files import has_a_folder, interruptible, json_of, refuse, text_of, write_whole
from rapport.commands.planning import LARGEST, PAUSE, plan_text
from services.introductions.planner.engine import BadInstance, measure, model_of
from services.introductions.planner.engine.onsite import BadEvents, BadPlan, Event, OnSite, events_of, plan_of

WARM_AFTER = 1_000
"""Events between two improvements of the whole plan; one comes at the end in any case."""


@click.command("replan")
@click.argument("instance", type=click.Path(path_type=Path))
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("events", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the new plan goes.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Stop after so long with the best so far.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Another search.")
@click.option("--json", "as_json", is_flag=True, help="Say the same figures as one line of JSON.")
def replan_command(
    instance: Path, plan: Path, events: Path, out: Path, seconds: float | None, seed: int, as_json: bool
) -> None:
    """Repair a plan after what happened on site, event by event."""
    has_a_folder(out)
    try:
        data = json_of(text_of(instance, LARGEST))
        model = model_of(data)
        meetings = plan_of(json_of(text_of(plan, LARGEST)), model)
        listed = events_of(json_of(text_of(events, LARGEST)), data)
        with interruptible() as interrupted:
            end = time.monotonic() + (seconds or math.inf)
            site = OnSite(model, meetings)
            replaying = _Replaying(site, listed, seed, lambda: not interrupted() and time.monotonic() < end)
            replaying.all_of_it()
    except (BadInstance, BadPlan, BadEvents) as why:
        refuse(str(why))
    write_whole(out, plan_text(site.situation(), site.meetings))
    figures = replaying.figures()
    click.echo(_sentence(figures, out))
    if as_json:
        click.echo(json.dumps(figures))


class _Replaying:
    """Events one after the other, each with its time; lines about progress on the standard error, at most two a second."""

    def __init__(self, site: OnSite, events: list[Event], seed: int, go_on: Callable[[], bool]) -> None:
        self.site, self.events, self.seed, self.go_on = site, events, seed, go_on
        self.milliseconds: list[float] = []
        self.warm = 0.0
        self.said = time.monotonic()

    def all_of_it(self) -> None:
        """Until the last event, or until it is told to stop."""
        # What is there stays: a collection would look through all of it in the middle of a repair.
        gc.collect()
        gc.freeze()
        for number, event in enumerate(self.events, 1):
            if not self.go_on():
                break
            began = time.perf_counter()
            self.site.handle(event)
            self.milliseconds.append(1000 * (time.perf_counter() - began))
            if number % WARM_AFTER == 0 and number < len(self.events):
                self._improve()
            self._tell(number)
        self._improve()
        gc.unfreeze()

    def _improve(self) -> None:
        began = time.perf_counter()
        self.site.improve(self.seed, self.go_on)
        self.warm += time.perf_counter() - began

    def _tell(self, number: int) -> None:
        now = time.monotonic()
        if now - self.said < PAUSE:
            return
        self.said = now
        left = sum(self.milliseconds) / number / 1000 * (len(self.events) - number)
        click.echo(f"{number:,} of {len(self.events):,} events, about {left:.0f} s left", err=True)

    def figures(self) -> dict[str, Any]:
        """What is said at the end, by name."""
        found, changes = measure(self.site.situation(), self.site.meetings), asdict(self.site.changes())
        took = np.array(self.milliseconds or [0.0])
        p50, p99, most = (round(float(np.percentile(took, share)), 3) for share in (50, 99, 100))
        return {
            "events": len(self.milliseconds),
            "of": len(self.events),
            "meetings": found.meetings,
            "served": found.served,
            "value": found.value,
            **changes,
            "p50_ms": p50,
            "p99_ms": p99,
            "max_ms": most,
            "warm_seconds": round(self.warm, 3),
        }


def _sentence(told: dict[str, Any], out: Path) -> str:
    events = (
        f"{told['events']:,} events" if told["events"] == told["of"] else f"{told['events']:,} of {told['of']:,} events"
    )
    parts = [
        events,
        f"served {told['served']:,}",
        f"value {told['value']:,}",
        f"meetings kept {told['kept']:,}, moved {told['moved']:,}, dropped {told['dropped']:,}, new {told['new']:,}",
        f"accepted changed {told['agreed_changed']:,}",
        f"accepted void {told['void']:,}" if told["void"] else "",
        f"answers too late {told['too_late']:,}" if told["too_late"] else "",
        f"{told['p50_ms']:.2f} / {told['p99_ms']:.2f} / {told['max_ms']:.2f} ms an event (median / 99 % / longest)",
    ]
    return f"{', '.join(part for part in parts if part)}: {out}"
