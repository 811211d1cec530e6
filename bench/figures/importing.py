"""A list of 10,000 people: tried and imported as an organizer's page does it, beside the same file read by the csv module
and its rows inserted bare, in groups of as many, under the same fsync setting."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.people import attendee, conference
from bench.served import SECRET
from bench.table import Row, interleaved, ratio_of, spread
from services.registration import store
from services.registration.forms import ConferenceForm, read_row
from services.registration.handlers import conferences, uploads
from services.registration.handlers.rows import read_file
from services.registration.handlers.taking import GROUP
from services.registration.service import SERVICE
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.contracts import ConferencePublished
from shared.runtime import Runtime, build
from shared.settings import Settings

ROWS = 10_000
PROMISE = 20.0
COLUMNS = ("name", "email", "role", "offers", "wants", "goal", "languages", "company", "years")
ORGANIZER = Actor("0" * 32, "0" * 32, "command", "owner", DEFAULT_ACCOUNT)
VOUCHED = ("introductions", "follow_up", "statistics")


def measure(quick: bool) -> Iterator[Row]:
    """One row for people whom the organizer vouches for, one for people who are invited."""
    rows, rounds = (300, 2) if quick else (ROWS, 3)
    content = people(rows)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-import-") as folder:
        runtime = build(SERVICE, Settings(data=Path(folder), secret_key=SECRET, bus="memory"))
        runtime.migrate()
        raw = _raw(Path(folder) / "raw.db")
        numbers = iter(range(1_000))
        bare, vouched, invited = interleaved(
            rounds,
            lambda: _bare(raw, content),
            lambda: _imported(runtime, content, next(numbers), VOUCHED),
            lambda: _imported(runtime, content, next(numbers), ()),
        )
        raw.close()
        runtime.close()
    for what, ours in (("vouched for", vouched), ("invited", invited)):
        yield Row(
            figure=f"import of {rows:,} rows, {what}",
            measured=f"{median(ours):.1f} s",
            reference=f"csv and bare rows {median(bare):.2f} s",
            ratio=ratio_of(ours, bare),
            promise=f"<= {PROMISE:.0f} s" if not quick else "",
            held=median(ours) <= PROMISE if not quick else None,
            beside=(f"rounds: {spread(ours, ' s')}; reading, dry run and import; a commit a group of {GROUP}",),
        )


def people(count: int) -> bytes:
    """A list in our own columns, every third a mentor."""
    chance, out = Random(3), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number in range(count):
        said = attendee(number, "mentor" if number % 3 == 0 else "mentee", chance)
        writer.writerow([_cell(said.get(name, "")) for name in COLUMNS])
    return out.getvalue().encode()


def _cell(said: Any) -> str:
    return "|".join(said) if isinstance(said, list) else str(said)


def _imported(runtime: Runtime, content: bytes, number: int, consents: tuple[str, ...]) -> float:
    """Seconds from the file's bytes to the last row; a conference and an account of their own each time."""
    found = _conference(runtime, number)
    began = time.perf_counter()
    sheet = read_file(content)
    with runtime.work() as work:
        kept = uploads.keep(sheet, found, "mentee", consents, ORGANIZER, work)
    uploads.run(runtime, read_row)
    with runtime.work() as work:
        uploads.start(store.a_list(work.connection, found, kept.id, work.now, locked=True), work)
    uploads.run(runtime, read_row)
    seconds = time.perf_counter() - began
    with runtime.reading() as connection:
        done = store.a_list(connection, found, kept.id, runtime.now())
    if (done.stage, done.added) != ("done", len(sheet.lines)):
        raise RuntimeError(f"{done.stage}: {done.added} of {len(sheet.lines)} rows came in")
    return seconds


def _conference(runtime: Runtime, number: int) -> ConferencePublished:
    draft = ConferenceForm().load(conference(f"bench-{number}"))
    actor = Actor(ORGANIZER.id, ORGANIZER.access, "command", "owner", f"{number + 1:032x}")
    with runtime.work() as work:
        return conferences.create(draft, actor, work)


def _raw(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"CREATE TABLE people (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
    return connection


def _bare(connection: sqlite3.Connection, content: bytes) -> float:
    began = time.perf_counter()
    _header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    marks = ", ".join("?" * len(COLUMNS))
    for start in range(0, len(rows), GROUP):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO people VALUES (NULL, {marks})", rows[start : start + GROUP])
        connection.execute("COMMIT")
    return time.perf_counter() - began
