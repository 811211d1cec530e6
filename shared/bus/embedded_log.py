"""The embedded log: one SQLite file that several processes append to and read from, durable when `append` returns.

The offset is given per partition inside the append's BEGIN IMMEDIATE. A group's partitions are leased (owner, epoch,
until) and shared fairly among the members that are alive; a commit checks owner and epoch, so that a process that was
paused and wakes up commits nothing. Compaction deletes older versions of a key; secure_delete and a truncating
checkpoint see to it that the bytes are gone.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.bus.embedded_lease import Leases
from shared.bus.log import LIMIT_BYTES, Consumer, LeaseLost, LogUnavailable, NewRecord, Record, RecordTooLarge, Topic
from shared.bus.partition import partition_of
from shared.database import at_last

Place = tuple[str, int]
LOOK_EVERY = 0.05
COMPACT_EVERY = timedelta(seconds=20)

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (topic TEXT NOT NULL, part INTEGER NOT NULL, position INTEGER NOT NULL, key TEXT,
    value BLOB, headers TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (topic, part, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ends (topic TEXT NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (topic, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commits (grp TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (grp, topic, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (grp TEXT NOT NULL, member TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (grp, member)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (grp TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL, owner TEXT,
    epoch INTEGER NOT NULL, until REAL NOT NULL, PRIMARY KEY (grp, topic, part)) WITHOUT ROWID;
"""


class EmbeddedLog:
    """The log in one SQLite file. Every thread has a connection of its own: SQLite's own locks keep them apart."""

    def __init__(
        self,
        path: Path,
        topics: Sequence[Topic],
        *,
        now: Callable[[], datetime],
        owner: str,
        lease_seconds: float = 10.0,
        durable: bool = True,
    ) -> None:
        self._path, self._now, self._owner = path, now, owner
        self.lease_seconds = lease_seconds
        self._synchronous = "FULL" if durable else "OFF"
        self.topics = {topic.name: topic for topic in topics}
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writer = threading.Lock()
        self.appended = threading.Condition()
        self._members = 0
        self._compacted_at: datetime | None = None
        self._old_bytes = True  # whoever was here before may have died between deleting and truncating
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.transaction() as connection:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)

    # The port

    def append(self, records: Sequence[NewRecord]) -> None:
        """All of them in one transaction, or none."""
        if any(record.value is not None and len(record.value) > LIMIT_BYTES for record in records):
            raise RecordTooLarge
        if not records:
            return
        at = self._now().timestamp()
        with self.transaction() as connection:
            ends: dict[Place, int] = {}
            rows = [self._row(connection, ends, record, at) for record in records]
            connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            connection.executemany(
                "INSERT INTO ends VALUES (?, ?, ?) ON CONFLICT (topic, part) DO UPDATE SET next = excluded.next",
                [(topic, part, end) for (topic, part), end in ends.items()],
            )
        with self.appended:
            self.appended.notify_all()
        self.compact_sometimes()

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """A new member of the group."""
        with self._lock:
            self._members += 1
            member = f"{self._owner}-{self._members}"
        return EmbeddedConsumer(self, group, member, tuple(topics))

    def lag(self, group: str, topics: Sequence[str]) -> Mapping[str, int]:
        """Records per topic behind the group's last commit."""
        counts = dict.fromkeys(topics, 0)
        query = """SELECT r.topic, COUNT(*) FROM records r LEFT JOIN commits c
            ON c.grp = ? AND c.topic = r.topic AND c.part = r.part
            WHERE r.topic = ? AND r.part = ? AND r.position >= COALESCE(c.next, 0) GROUP BY r.topic"""
        with self.reading() as connection:
            for name in topics:
                for part in range(self.topics[name].partitions):
                    row = connection.execute(query, (group, name, part)).fetchone()
                    counts[name] += row[1] if row else 0
        return counts

    def close(self) -> None:
        """Close the connections of all threads; whoever still waits for records or writes meets LogUnavailable."""
        self._closed = True
        with self.appended:
            self.appended.notify_all()
        with self._writer, self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    # Compaction

    def compact(self) -> int:
        """Delete older versions of a key in compacted topics, and tombstones that every group has passed."""
        deleted = sum(self._compact(topic.name) for topic in self.topics.values() if topic.compacted)
        if deleted or self._old_bytes:
            with self._checked(), self._writer:
                busy = self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._old_bytes = bool(busy)  # a reader was in the way: tried again the next time
        return deleted

    def _compact(self, topic: str) -> int:
        tombstones = "value IS NULL AND at < ? AND position < (SELECT MIN(next) FROM commits c"
        tombstones += " WHERE c.topic = records.topic AND c.part = records.part)"
        past = self._now().timestamp() - 60
        with self.reading() as connection:  # a look costs no write
            doubled = "SELECT 1 FROM records WHERE topic = ? GROUP BY part, key HAVING COUNT(*) > 1 LIMIT 1"
            found = connection.execute(doubled, (topic,)).fetchone()
            gone = f"SELECT 1 FROM records WHERE topic = ? AND {tombstones} LIMIT 1"  # noqa: S608 - words of ours
            found = found or connection.execute(gone, (topic, past)).fetchone()
        if not found:
            return 0
        with self.transaction() as connection:
            older = connection.execute(
                "DELETE FROM records WHERE topic = ? AND (part, position) NOT IN"
                " (SELECT part, MAX(position) FROM records WHERE topic = ? GROUP BY part, key)",
                (topic, topic),
            ).rowcount
            passed = f"DELETE FROM records WHERE topic = ? AND {tombstones}"  # noqa: S608
            return older + connection.execute(passed, (topic, past)).rowcount

    def compact_sometimes(self) -> None:
        """Compact when that was long ago; called by whoever appends or reads, so that no old version outlives a minute."""
        now = self._now()
        if self._compacted_at is None or abs(now - self._compacted_at) > COMPACT_EVERY:
            self._compacted_at = now
            self.compact()

    # What the members use

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes. Raises LogUnavailable when the file cannot be written."""
        with self._checked(), self._writer:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite has rolled back by itself where the disk is full or broken
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads. Raises LogUnavailable when the file cannot be read."""
        with self._checked():
            yield self._connection()

    @contextmanager
    def _checked(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise LogUnavailable from error
        except sqlite3.ProgrammingError as error:
            if self._closed:
                raise LogUnavailable from error
            raise

    def version(self) -> int:
        """Changes when another process wrote to the file."""
        with self._checked():
            return int(self._connection().execute("PRAGMA data_version").fetchone()[0])

    def time(self) -> float:
        """Seconds since 1970."""
        return self._now().timestamp()

    def _row(
        self, connection: sqlite3.Connection, ends: dict[Place, int], new: NewRecord, at: float
    ) -> tuple[object, ...]:
        place = (new.topic, partition_of(new.key, self.topics[new.topic].partitions))
        if place not in ends:
            row = connection.execute("SELECT next FROM ends WHERE topic = ? AND part = ?", place).fetchone()
            ends[place] = row[0] if row else 0
        headers = json.dumps([[name, value.decode("latin-1")] for name, value in new.headers])
        position = ends[place]
        ends[place] += 1
        return (*place, position, new.key, new.value, headers, at)

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise LogUnavailable
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, isolation_level=None, timeout=10, check_same_thread=False)
            for pragma in (
                "busy_timeout=10000",
                "journal_mode=WAL",
                f"synchronous={self._synchronous}",
                "secure_delete=ON",
            ):
                at_last(found, f"PRAGMA {pragma}")
            self._local.connection = found
            with self._lock:
                self._all.append(found)
        return found


class EmbeddedConsumer:
    """A member of a group: reads the partitions that it has leased."""

    def __init__(self, log: EmbeddedLog, group: str, member: str, topics: tuple[str, ...]) -> None:
        self._log, self._topics = log, topics
        self._group = group
        self._leases = Leases(log, group, member, topics)
        self._next: dict[Place, int] = {}
        self._epochs: dict[Place, int] = {}

    def poll(self, limit: int, timeout: float) -> Sequence[Record]:
        """The next records of the partitions this member holds."""
        end = time.monotonic() + timeout
        self._log.compact_sometimes()
        while True:
            seen = self._log.version()
            found = self._read(limit)
            if found or time.monotonic() >= end:
                return found
            self._wait(end, seen)

    def _wait(self, end: float, seen: int) -> None:
        with self._log.appended:
            while (left := end - time.monotonic()) > 0:
                if self._log.appended.wait(min(left, LOOK_EVERY)) or self._log.version() != seen:
                    return

    def _read(self, limit: int) -> list[Record]:
        self._leases.hold()
        held = self._leases.epochs
        # In another epoch somebody else may have gone on in between: start again from what the group has committed.
        self._next = {place: at for place, at in self._next.items() if held.get(place) == self._epochs.get(place, -1)}
        self._epochs = dict(held)
        found: list[Record] = []
        with self._log.reading() as connection:
            ends = {(topic, part): end for topic, part, end in connection.execute("SELECT topic, part, next FROM ends")}
            for place in held:
                if place not in self._next:
                    self._next[place] = self._committed(connection, place)
                if self._next[place] >= ends.get(place, 0):
                    continue
                rows = connection.execute(
                    "SELECT position, key, value, headers, at FROM records WHERE topic = ? AND part = ? AND position >= ?"
                    " ORDER BY position LIMIT ?",
                    (*place, self._next[place], limit - len(found)),
                ).fetchall()
                found += [_record(place, row) for row in rows]
                if rows:
                    self._next[place] = rows[-1][0] + 1
                if len(found) >= limit:
                    break
        return found

    def _committed(self, connection: sqlite3.Connection, place: Place) -> int:
        row = connection.execute(
            "SELECT next FROM commits WHERE grp = ? AND topic = ? AND part = ?", (self._group, *place)
        ).fetchone()
        return row[0] if row else 0

    def commit(self, handled: Sequence[Record]) -> None:
        """Remember them, if every partition is still leased to this member in the epoch it was read in."""
        ends: dict[Place, int] = {}
        for record in handled:
            place = (record.topic, record.partition)
            ends[place] = max(ends.get(place, 0), record.offset + 1)
        if not ends:
            return
        with self._log.transaction() as connection:
            for place, end in ends.items():
                if not self._leases.holds(connection, place):
                    self._next = {}
                    raise LeaseLost
                connection.execute(
                    "INSERT INTO commits VALUES (?, ?, ?, ?) ON CONFLICT (grp, topic, part)"
                    " DO UPDATE SET next = MAX(next, excluded.next)",
                    (self._group, *place, end),
                )

    def rewind(self) -> None:
        """The next poll starts behind the last commit."""
        self._next = {}

    def close(self) -> None:
        """Give the partitions back."""
        self._leases.release()
        with self._log.appended:
            self._log.appended.notify_all()


def _record(place: Place, row: tuple[int, str | None, bytes | None, str, float]) -> Record:
    headers = tuple((name, value.encode("latin-1")) for name, value in json.loads(row[3]))
    return Record(*place, row[0], row[1], row[2], headers, datetime.fromtimestamp(row[4], UTC))
