"""Kafka is away for a while, the form goes on taking registrations, and Kafka comes back: how long until every registration
made meanwhile is published, handled by every service, and its mail sent.

The reference is the same number of registrations while Kafka is there, from the first to the same quiet.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from bench.installations import full
from bench.load import Client
from bench.organizing import THREADS, quiet, register
from bench.people import attendee, conference
from bench.sink import sink
from bench.table import Row

PEOPLE = 100
AWAY = 30.0
"""Seconds; longer than this the pauses between two tries of any client have long reached their longest."""


def measure(quick: bool) -> Iterator[Row]:
    """One outage. Raises Unusable."""
    people, away = (10, 3.0) if quick else (PEOPLE, AWAY)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rapport-bench-outage-")))
        running = stack.enter_context(full(folder, stack.enter_context(sink(folder))))
        assert running.kafka is not None
        clients = running.clients("registration", THREADS)
        clients[0].call("POST", "/api/v1/conferences", conference())
        quiet(clients[0])
        began = time.monotonic()
        _register(clients, 0, people)
        there = _until_quiet(clients[0], began)
        running.kafka.kill()
        began = time.monotonic()
        _register(clients, people, people)
        took = time.monotonic() - began
        time.sleep(max(0.0, away - took))
        running.kafka.start()  # returns when clients can use it
        back = _until_quiet(clients[0], time.monotonic())
    yield Row(
        figure=f"Kafka is back after {away:.0f} s",
        measured=f"{back:.1f} s until all is quiet",
        reference=f"{people} registrations, all there {there:.1f} s",
        ratio=back / there,
        beside=(f"{people} registrations without Kafka took {took:.1f} s",),
    )


def _register(clients: Sequence[Client], first: int, count: int) -> None:
    chance = Random(first)
    register(clients, "bench", [attendee(first + n, "mentee", chance, confirmed=True) for n in range(count)])


def _until_quiet(client: Client, since: float) -> float:
    quiet(client, every=0.1)
    return time.monotonic() - since
