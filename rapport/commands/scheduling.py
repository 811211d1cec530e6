"""Scheduling meetings that people already agreed on, from a file to a file. It needs no installation and no database."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import click

from rapport.commands.files import has_a_folder, interruptible, refuse, text_of, write_whole
from services.introductions.planner.agreed import Agreed, Progress, Schedule, UnreadableSchedule, read, solve

LARGEST = 20_000_000
"""Bytes of a file, unpacked; ten thousand times what the largest known event needs would still fit."""
PAUSE = 0.5
"""Seconds between two lines about progress."""
FORMAT = "rapport-schedule/1"


@click.command("schedule")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the schedule goes.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Stop after so long with the best so far.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Another search.")
def schedule_command(file: Path, out: Path, seconds: float | None, seed: int) -> None:
    """Hold all agreed meetings with the fewest idle slots (a MiniZinc file)."""
    began = time.monotonic()
    try:
        agreed = read(text_of(file, LARGEST))
        has_a_folder(out)
        with interruptible() as interrupted:
            end = began + (seconds or math.inf)
            schedule = solve(
                agreed,
                seed=seed,
                seconds_left=lambda: 0.0 if interrupted() else end - time.monotonic(),
                progress=_Telling(end),
            )
    except UnreadableSchedule as why:
        refuse(str(why))
    write_whole(out, _text_of(schedule))
    click.echo(_sentence(agreed, schedule, out))


class _Telling:
    """Lines about progress on the standard error, where something changed or nothing was said for a while."""

    def __init__(self, end: float) -> None:
        self.end, self.began = end, time.monotonic()
        self.last = -math.inf
        self.said: tuple[int, int] | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        news = (progress.idle, progress.bound) != self.said
        if now - self.last < (PAUSE if news else 10 * PAUSE):
            return
        self.last, self.said = now, (progress.idle, progress.bound)
        left = self.end - now
        if progress.share > 0:
            left = min(left, (now - self.began) * (1 / progress.share - 1))
        ends = f"at most {max(0.0, left):.0f} s left" if left < math.inf else "just begun"
        click.echo(f"{progress.idle} idle slots so far, proved at least {progress.bound}, {ends}", err=True)


def _text_of(schedule: Schedule) -> str:
    meetings = [[meeting, slot + 1] for meeting, slot in schedule.meetings]
    # In the unit of the published figures: a wait is one, however many idle slots it has.
    return json.dumps({"format": FORMAT, "meetings": meetings, "idle": schedule.waits}) + "\n"


def _sentence(agreed: Agreed, schedule: Schedule, out: Path) -> str:
    proved = (
        "which is proved to be the fewest"
        if schedule.idle == schedule.bound
        else f"of which {schedule.bound} are proved to be needed"
    )
    slots = f"{schedule.idle} idle slot{'' if schedule.idle == 1 else 's'}"
    waits = f" in {schedule.waits} wait{'' if schedule.waits == 1 else 's'}" if schedule.idle else ""
    return f"All {len(agreed.pairs)} meetings are held, with {slots}{waits}, {proved}: {out}"
