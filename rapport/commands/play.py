"""The command that plays the demo."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import click

from rapport.__main__ import read_settings
from rapport.demo.play import SLUG, Demo, ProgressFile


@click.command("demo")
@click.option(
    "--people", default=300, show_default=True, type=click.IntRange(20, 2000), help="How many invented people."
)
@click.option(
    "--seed", default=7, show_default=True, help="The same seed gives the same people and the same behaviour."
)
@click.option("--quiet", is_flag=True, help="No progress bar on the terminal.")
def demo_command(people: int, seed: int, quiet: bool) -> None:
    """Play an invented conference and the three months after it, in a world of its own."""
    settings = read_settings()
    notes = ProgressFile(settings.data / "demo.progress.json")
    started = time.monotonic()
    shown = ""

    def progress(what: str, done: int, total: int) -> None:
        nonlocal shown
        notes(what, done, total)
        spent = time.monotonic() - started
        left = spent / done * (total - done) if done else 0.0
        line = f"\r{'█' * (done * 30 // total):<30} {done * 100 // total:3d} %  {what}, about {left:.0f} s left   "
        if not quiet and line != shown and sys.stderr.isatty():
            click.echo(line, nl=False, err=True)
            shown = line

    demo = Demo(settings, people=people, seed=seed, progress=progress, end=datetime.now(UTC))
    outcomes = demo.play()
    if shown:
        click.echo(err=True)
    pairs = outcomes["pairs"]
    month = pairs["in_touch"]["month"]
    click.echo(f"Played {people} people through three months in {time.monotonic() - started:.0f} s.")
    click.echo(
        f"Of {pairs['met']} pairs who met, {month['yes']} were in touch after a month; {month['unknown']} did not answer."
    )
    click.echo(f"See it at {settings.base_url}/demo/outcomes/{SLUG} once `rapport up` runs.")
