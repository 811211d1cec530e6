"""Durable registrations a second through the API of `rapport web registration`, against a bare endpoint that writes one
row with the same fsync setting under the same gunicorn. Both are up all the time; they are asked in turns."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.load import Client, posted, posted_a_second
from bench.machine import fsyncs_a_second, syncs_during
from bench.people import conference, strangers
from bench.served import Served, bare, headers, rapport
from bench.table import Row, interleaved, ratio_of, spread

PROMISE = 0.6
THREADS = 8
PATH = "/api/v1/conferences/bench/attendees"
BARE_PATH = "/attendees"
UNLIMITED = {"api_rate": "1000000"}
"""The limit a key is another promise; here one program stands for a whole crowd."""


def measure(quick: bool) -> Iterator[Row]:
    """One row for registrations that wait for their confirmation, one for those that the organizer vouches for."""
    seconds, rounds = (0.3, 2) if quick else (3.0, 5)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rapport-bench-register-")))
        ours = stack.enter_context(registration(folder / "rapport"))
        theirs = stack.enter_context(bare(folder / "bare"))
        theirs.wait()
        product, reference = [clients(server) for server in (ours, theirs)]
        product[0].call("POST", "/api/v1/conferences", conference())
        bodies = [strangers("stranger", confirmed=False), strangers("vouched", confirmed=True)]
        plain = strangers("bare", confirmed=False)

        def bare_posts() -> float:
            return posted_a_second(reference, BARE_PATH, plain, seconds)

        def posts(body: Callable[[], bytes]) -> float:
            return posted_a_second(product, PATH, body, seconds)

        for warm in (bare_posts, *(lambda body=body: posts(body) for body in bodies)):
            warm()
        base, waiting, vouched = interleaved(rounds, bare_posts, lambda: posts(bodies[0]), lambda: posts(bodies[1]))
        notes = [
            _syncs(server, some, path, body, folder)
            for server, some, path, body in (
                (theirs, reference, BARE_PATH, plain),
                (ours, product, PATH, bodies[0]),
                (ours, product, PATH, bodies[1]),
            )
        ]
        machine = fsyncs_a_second(folder, 0.1 if quick else 1.0)
    bare_note = f"bare: {spread(base)}, {notes[0](median(base))}; the machine alone {machine:,.0f} fsyncs/s"
    yield _row("registrations, to be confirmed", waiting, base, (notes[1](median(waiting)), bare_note))
    yield _row("registrations, vouched for", vouched, base, (notes[2](median(vouched)),))


def _row(figure: str, ours: Sequence[float], base: Sequence[float], beside: tuple[str, ...]) -> Row:
    ratio = ratio_of(ours, base)
    return Row(
        figure=figure,
        measured=f"{median(ours):,.0f}/s",
        reference=f"bare Flask {median(base):,.0f}/s",
        ratio=ratio,
        promise=f">= {PROMISE} of bare",
        held=ratio >= PROMISE,
        beside=(f"rounds: {spread(ours)}, {beside[0]}", *beside[1:]),
    )


def registration(folder: Path) -> Served:
    """The web of registration alone, with its database at its newest version."""
    with rapport(folder, "migrate", "registration") as migration:
        migration.wait_end()
    served = rapport(folder, "web", "registration", **UNLIMITED)
    served.wait("/readyz")
    return served


def clients(server: Served) -> list[Client]:
    """A connection for every thread."""
    return [Client(server.port, headers(number)) for number in range(THREADS)]


def _syncs(
    server: Served, some: Sequence[Client], path: str, body: Callable[[], bytes], folder: Path
) -> Callable[[float], str]:
    """A sentence about commits and fsyncs a second at a rate, from a short run of its own under strace."""

    def act() -> int:
        return posted(some, path, body, 1.0)[0]

    each = syncs_during(server.process.pid, act, folder)
    if each is None:
        return lambda rate: f"{rate:,.0f} commits/s (one each; no strace here, fsyncs not counted)"
    return lambda rate: f"{rate:,.0f} commits/s, {rate * each:,.0f} fsyncs/s ({each:.2f} each, by strace)"
