"""Scheduling meetings that people already agreed on, from a file to a file. It needs no installation and no database."""

from __future__ import annotations

import gzip
import json
import math
import os
import signal
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

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
        agreed = read(_text(file))
        if not out.parent.is_dir():
            _refuse(f"There is no folder {out.parent} to write to.")
        with _interruptible() as interrupted:
            end = began + (seconds or math.inf)
            schedule = solve(
                agreed,
                seed=seed,
                seconds_left=lambda: 0.0 if interrupted() else end - time.monotonic(),
                progress=_Telling(end),
            )
    except UnreadableSchedule as why:
        _refuse(str(why))
    _write(out, schedule)
    click.echo(_sentence(agreed, schedule, out))


def _text(file: Path) -> str:
    """What is in the file, unpacked where it is packed."""
    try:
        with file.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with gzip.GzipFile(fileobj=raw) if packed else raw as unpacked:
                content = unpacked.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as why:
        _refuse(f"{file} cannot be read: {getattr(why, 'strerror', None) or why}.")
    except UnicodeDecodeError:
        _refuse(f"{file} is no text in UTF-8.")
    if len(content) > LARGEST:
        _refuse(f"{file} has more than {LARGEST // 1_000_000} MB.")
    return text


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Whether somebody pressed Ctrl-C meanwhile; a second time ends the command at once."""
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


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


def _write(out: Path, schedule: Schedule) -> None:
    """The schedule as a whole or not at all."""
    meetings = [[meeting, slot + 1] for meeting, slot in schedule.meetings]
    text = json.dumps({"format": FORMAT, "meetings": meetings, "idle": schedule.idle}) + "\n"
    try:
        number, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as beside:
                beside.write(text)
                beside.flush()
                os.fsync(beside.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as why:
        _refuse(f"{out} cannot be written: {why.strerror}.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sentence(agreed: Agreed, schedule: Schedule, out: Path) -> str:
    proved = (
        "which is proved to be the fewest"
        if schedule.idle == schedule.bound
        else f"of which {schedule.bound} are proved to be needed"
    )
    slots = f"{schedule.idle} idle slot{'' if schedule.idle == 1 else 's'}"
    waits = f" in {schedule.waits} wait{'' if schedule.waits == 1 else 's'}" if schedule.idle else ""
    return f"All {len(agreed.pairs)} meetings are held, with {slots}{waits}, {proved}: {out}"
