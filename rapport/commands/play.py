"""The command that plays the demo."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from rapport.__main__ import read_settings
from rapport.demo.place import SLUG, ProgressFile


@click.command("demo")
@click.option(
    "--people", default=300, show_default=True, type=click.IntRange(20, 2000), help="How many invented people."
)
@click.option(
    "--seed", default=7, show_default=True, help="The same seed gives the same people and the same behaviour."
)
@click.option("--quiet", is_flag=True, help="No progress bar on the terminal.")
def demo_command(people: int, seed: int, quiet: bool) -> None:
    """Play an invented conference and the three months after it. It lies in a world of its own, below RAPPORT_DATA."""
    settings = read_settings()
    notes = ProgressFile(settings)
    if notes.playing():
        raise click.ClickException("The demo is being played already.")
    started = time.monotonic()
    shown = Shown(notes, quiet=quiet or not sys.stderr.isatty())
    shown("Getting ready", 0, 1)
    try:
        from rapport.demo.play import Demo
        from rapport.interpreter import settle_in

        logging.getLogger().setLevel(logging.ERROR)
        settle_in()
        outcomes = Demo(settings, people=people, seed=seed, progress=shown, end=datetime.now(UTC)).play()
    finally:
        shown.end()
    click.echo(f"Played {people} people through three months in {time.monotonic() - started:.0f} s.")
    click.echo(came_of(outcomes["pairs"]))
    click.echo(f"See it at {settings.base_url}/demo/outcomes/{SLUG} once `rapport up` runs.")


def came_of(pairs: Mapping[str, Any]) -> str:
    """What there is to say first; of few people the outcomes hide numbers."""
    met, month = pairs["met"], pairs["in_touch"]["month"]
    if met is None or month["yes"] is None:
        return "So few met, or were in touch after a month, that their numbers are hidden."
    if month["unknown"] is None:
        return f"Of {met} pairs who met, {month['yes']} were in touch after a month; how many did not answer is hidden."
    return f"Of {met} pairs who met, {month['yes']} were in touch after a month; {month['unknown']} did not answer."


class Shown:
    """How far it is: in a file for the page that waits, and as a bar on the terminal."""

    EVERY = 0.2

    def __init__(self, notes: ProgressFile, *, quiet: bool) -> None:
        self._notes, self._quiet = notes, quiet
        self._started = time.monotonic()
        self._last = 0.0
        self._drawn = False

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < self.EVERY and done < total:
            return
        self._last = now
        left = (now - self._started) / done * (total - done) if done else None
        self._notes.write(what=what, done=done, total=total, left=left)
        if not self._quiet:
            words = f", about {left:.0f} s left" if left is not None else ""
            click.echo(
                f"\r{'█' * (done * 30 // total):<30} {done * 100 // total:3d} %  {what}{words}      ",
                nl=False,
                err=True,
            )
            self._drawn = True

    def end(self) -> None:
        """Nothing is being played any more."""
        self._notes.forget()
        if self._drawn:
            click.echo(err=True)
