"""The embedded log: events a second in batches of 500, durable, beside the same rows into SQLite by hand."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.events import records
from bench.table import Row, interleaved, ratio_of, spread
from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import Consumer, NewRecord
from shared.clock import SystemClock
from shared.parts import TOPICS

BATCH = 500
PROMISE = 5_000


def measure(quick: bool) -> Iterator[Row]:
    """Append in rounds that take turns with the same by hand, then read and commit."""
    batches, rounds = (2, 2) if quick else (20, 7)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-log-") as folder:
        new = records(BATCH)
        log = EmbeddedLog(Path(folder) / "log.db", TOPICS, now=SystemClock().now, owner="bench")
        raw = _raw(Path(folder) / "raw.db")
        consumer = log.consumer("bench", sorted({record.topic for record in new}))
        appended, inserted = interleaved(rounds, lambda: _append(log, new, batches), lambda: _insert(raw, new, batches))
        read = [_read(consumer, batches) for _ in range(rounds)]
        raw.close()
        log.close()
    yield Row(
        figure="embedded log, append",
        measured=f"{median(appended):,.0f} events/s",
        reference=f"executemany {median(inserted):,.0f}/s",
        ratio=ratio_of(appended, inserted),
        promise=f">= {PROMISE:,}/s",
        held=median(appended) >= PROMISE,
        beside=(
            f"rounds: {spread(appended)}; executemany {spread(inserted)}",
            f"one commit and one fsync a batch of {BATCH}: {median(appended) / BATCH:,.0f} of each a second",
        ),
    )
    yield Row(figure="embedded log, read and commit", measured=f"{median(read):,.0f} events/s", beside=(spread(read),))


def _append(log: EmbeddedLog, new: list[NewRecord], batches: int) -> float:
    began = time.perf_counter()
    for _ in range(batches):
        log.append(new)
    return batches * len(new) / (time.perf_counter() - began)


def _read(consumer: Consumer, batches: int) -> float:
    done, began = 0, time.perf_counter()
    for _ in range(batches):
        found = consumer.poll(BATCH, 0)
        consumer.commit(found)
        done += len(found)
    return done / (time.perf_counter() - began)


def _raw(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, topic TEXT, key TEXT, value BLOB, headers TEXT)")
    return connection


def _insert(connection: sqlite3.Connection, new: list[NewRecord], batches: int) -> float:
    rows = [(None, record.topic, record.key, record.value, str(record.headers)) for record in new]
    began = time.perf_counter()
    for _ in range(batches):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    return batches * len(rows) / (time.perf_counter() - began)
