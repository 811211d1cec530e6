"""`python -m tests.journeys.crowd --seeds 20 --form memory`: the crowd's day with many seeds; 1 when one of them fails."""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tests.journeys.crowd.day import a_day
from tests.journeys.memory import MemoryWorld
from tests.journeys.world import Visitor
from tests.system import a_system, migrated

BEGINS = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
FORMS = ("memory", "embedded", "full")


@contextmanager
def _worlds(form: str, folder: Path) -> Iterator[Any]:
    """How to come by a world: a new one for each day in memory, where a failing day is to be the same again; the same one
    for all days where processes have to be started."""
    template = folder / "template"
    migrated(template)
    with ExitStack() as stack:
        if form == "memory":

            def anew(seed: int) -> Any:
                data = folder / f"memory-{seed}"
                data.mkdir()
                return MemoryWorld(stack.enter_context(a_system(template, data)))

            yield anew
        else:
            world = _served(form, folder, template, stack)
            yield lambda _seed: world
            world.close()


def _served(form: str, folder: Path, template: Path, stack: ExitStack) -> Any:
    data = folder / form
    data.mkdir()
    if form == "embedded":
        from tests.journeys.embedded import EmbeddedWorld

        return EmbeddedWorld(data, template, BEGINS)
    from tests.journeys.full import FullWorld
    from tests.servers.kafka_server import KafkaServer
    from tests.servers.postgres import PostgresServer
    from tests.servers.valkey import ValkeyServer

    servers = [stack.enter_context(server()) for server in (PostgresServer, ValkeyServer, KafkaServer)]
    return FullWorld(data, *servers, BEGINS)  # type: ignore[arg-type]


@click.command()
@click.option("--seeds", default=5, show_default=True, help="How many days, each with a seed of its own.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--people", default=300, show_default=True, help="Attendees of each day.")
@click.option("--form", type=click.Choice(FORMS), default="memory", show_default=True)
def main(seeds: int, first: int, people: int, form: str) -> None:
    """Let the crowd live through many days, and look at all times whether everything is as it was promised."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="rapport-crowd-") as folder, _worlds(form, Path(folder)) as world:
        for seed in range(first, first + seeds):
            began, cpu = time.monotonic(), time.process_time()
            try:
                told = a_day(Visitor(world(seed)), f"crowd-{seed}", count=people, seed=seed)
            except AssertionError:
                failed.append(seed)
                traceback.print_exc()
                told = None
            took, own = time.monotonic() - began, time.process_time() - cpu
            click.echo(f"seed {seed}: {told or 'FAILED'}, {took:.0f} s, {own:.0f} s of this process")
    click.echo(f"failed: {failed}" if failed else "nothing was wrong")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
