"""`python -m bench [--quick] [NAME…]`: measures and prints one line a figure. `make bench` measures them all."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

import click

from bench.figures import NAMES, figure
from bench.machine import fsyncs_a_second
from bench.table import heading
from tests.servers import Unusable


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Only whether the scripts work: too short to quote.")
def main(names: tuple[str, ...], quick: bool) -> None:
    """Measure the figures that Rapport promises."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        syncs = fsyncs_a_second(Path(folder), 0.1 if quick else 2.0)
    load = os.getloadavg()[0]
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}, {syncs:,.0f} fsyncs/s of 4 KiB"
    )
    print(heading(), flush=True)
    failed = False
    for name in names or NAMES:
        try:
            for row in figure(name)(quick):
                print("\n".join(row.lines()), flush=True)
        except Unusable as why:
            failed = True
            print(f"{name}: cannot be measured here: {why}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
