"""`python -m tests.chaos --kills 100 --seed 1`: kills and pauses under load, numbers and a verdict; 1 when it is violated."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.run import run


@click.command()
@click.option("--kills", default=100, show_default=True, help="SIGKILLs, spread over web, relay, intake and mail.")
@click.option("--pauses", default=0, help="SIGSTOPs with a replacement running; by default one for every seven kills.")
@click.option("--seed", default=1, show_default=True, help="Chooses what happens when.")
@click.option("--pace", default=3.0, show_default=True, help="Mean seconds between two of them.")
@click.option("--keep", type=click.Path(path_type=Path), help="A new folder that keeps logs, databases and the record.")
def main(kills: int, pauses: int, seed: int, pace: float, keep: Path | None) -> None:
    """Kill web, relay, consumer and mailer of the embedded form at random, under load, and check what clients saw."""
    with tempfile.TemporaryDirectory(prefix="rapport-chaos-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        pauses = pauses or max(3, kills // 7)
        report = run(folder, kills=kills, pauses=pauses, seed=seed, pace=pace, patience=120.0, say=click.echo)
    click.echo(report.text())
    sys.exit(1 if report.violations else 0)


main()
