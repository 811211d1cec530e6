"""Engines, transactions and leases for SQLite and PostgreSQL. It knows how to keep rows safe, never what they mean."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError, IntegrityError

from shared.tables import leases

BUSY_MS = 5000
STATEMENT_MS = 5000
IDLE_SECONDS = 1.0
"""A connection to PostgreSQL that nobody used for longer is asked whether it is still there, before it is used."""
OVER = datetime(1970, 1, 1, tzinfo=UTC)
DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def unless_known(table: Table, *columns: str) -> dict[str, Any]:
    """Statements that insert a row unless there is one with the same values in these columns, which together are unique, by
    SQLAlchemy's name of the dialect; `rowcount` says whether it was inserted. One statement where looking first would take
    two."""
    made = _upserts(table, lambda new: new.on_conflict_do_nothing(index_elements=columns))
    return {name: statement.execution_options(preserve_rowcount=True) for name, statement in made.items()}


def newest_wins(table: Table, column: str, version: str, values: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Statements that insert a row, or where there is one with the same value in this unique column and a smaller
    `version`, set `values(new)` in it; by SQLAlchemy's name of the dialect."""

    def or_set(new: Any) -> Any:
        older = table.c[version] < new.excluded[version]
        return new.on_conflict_do_update(index_elements=[column], set_=values(new.excluded), where=older)

    return _upserts(table, or_set)


def replacing(table: Table, column: str, *what: str) -> dict[str, Any]:
    """Statements that insert a row, or where there is one with the same value in this unique column, set `what` in it (all
    other columns, unless they are named); by SQLAlchemy's name of the dialect."""
    names = what or tuple(other.name for other in table.c if other.name != column)

    def or_set(new: Any) -> Any:
        return new.on_conflict_do_update(index_elements=[column], set_={name: new.excluded[name] for name in names})

    return _upserts(table, or_set)


def adding(table: Table, column: str) -> dict[str, Any]:
    """Statements that insert a row, or where there is one with the same primary key, add to the number in this column; by
    SQLAlchemy's name of the dialect."""

    def or_add(new: Any) -> Any:
        more = {column: table.c[column] + new.excluded[column]}
        return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)

    return _upserts(table, or_add)


def _upserts(table: Table, otherwise: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: otherwise(dialect.insert(table)) for name, dialect in DIALECTS.items()}


class Database:
    """One service's own database: transactions that write, and connections that only read."""

    def __init__(self, url: str, *, durable: bool = True, pool: int = 10) -> None:
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url, durable) if self.is_sqlite else _postgres(url, pool)
        # SQLite lets one writer in at a time and makes the others poll; within a process a lock is faster and fair.
        self._writer: threading.Lock | None = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: commits at the end, rolls back on an exception."""
        if self._writer is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self, *, one_moment: bool = False) -> Iterator[Connection]:
        """A connection for reading. With `one_moment` all that it reads is as it was at its first statement, always so on
        SQLite; on PostgreSQL each statement otherwise sees what was committed before it, and is spared two round trips."""
        if self.is_sqlite:
            with self.undone() as connection:
                yield connection
            return
        with self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ" if one_moment else "AUTOCOMMIT")
            yield connection
            connection.rollback()

    @contextmanager
    def undone(self) -> Iterator[Connection]:
        """A transaction that is rolled back at the end, whatever was done in it."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(rapport_reading=True)
            yield connection
            connection.rollback()

    def drop_old_bytes(self) -> bool:
        """On SQLite, empty the write-ahead log: what was deleted lies in it, and in pages that it has not yet replaced.
        False when somebody was in the way: whoever reads or writes is never made to wait, another time will do."""
        if not self.is_sqlite:
            return True
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA busy_timeout=0")
            found = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.cursor().execute(f"PRAGMA busy_timeout={BUSY_MS}")
        finally:
            raw.close()
        return found is not None and not found[0]

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _sqlite(url: str, durable: bool) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=40, connect_args={"timeout": BUSY_MS / 1000}
    )
    synchronous = "FULL" if durable else "OFF"

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "secure_delete=ON",
            "foreign_keys=ON",
            "cache_size=-4000",
            "wal_autocheckpoint=4000",  # pages: at a full door four times fewer stops to copy them back
        ):
            at_last(connection, f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("rapport_reading")
        # Past SQLAlchemy's cursors, which take longer for it than SQLite does.
        raw = connection.connection.dbapi_connection
        raw.execute("BEGIN" if reading else "BEGIN IMMEDIATE")  # type: ignore[union-attr]

    return engine


def at_last(connection: Any, statement: str) -> None:
    """Execute it, and wait as long as for any lock: SQLite does not by itself while several turn a new file into WAL."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _postgres(url: str, pool: int) -> Engine:
    options = (
        f"-c statement_timeout={STATEMENT_MS} -c lock_timeout={BUSY_MS} -c idle_in_transaction_session_timeout=60000"
    )
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool,
        max_overflow=20,
        pool_timeout=5,
        connect_args={"connect_timeout": 5, "options": options},
    )

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: Any, record: Any) -> None:
        record.info["given_back"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: Any) -> None:
        # SQLAlchemy's own ping would ask before every statement; a connection of a moment ago is there.
        if time.monotonic() - record.info.get("given_back", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise DisconnectionError from None

    return engine


class Lease:
    """Who may do something that one process should do at a time, until when. Renewed when half of it is over.

    A holder that was paused longer than its lease notices by `epoch` wherever it saves something.
    """

    def __init__(self, database: Database, name: str, owner: str, seconds: float) -> None:
        self._database, self.name, self.owner, self._span = database, name, owner, timedelta(seconds=seconds)
        self._until: datetime | None = None
        self.epoch = 0

    def held(self, now: datetime) -> bool:
        """Whether this owner took the lease and need not renew it yet."""
        return self._until is not None and self._until - self._span <= now < self._until - self._span / 2

    def hold(self, now: datetime) -> bool:
        """Whether this owner holds the lease now; takes or renews it where that is possible."""
        if self.held(now):
            return True
        try:
            with self._database.writing() as connection:
                self._until = self._take(connection, now)
        except IntegrityError:
            self._until = None
        return self._until is not None

    def _take(self, connection: Connection, now: datetime) -> datetime | None:
        until = now + self._span
        row = connection.execute(select(leases).where(leases.c.name == self.name).with_for_update()).first()
        if row is None:
            connection.execute(insert(leases).values(name=self.name, owner=self.owner, epoch=1, until=until))
            self.epoch = 1
            return until
        if row.owner != self.owner and row.until > now and row.until <= now + self._span:
            return None
        self.epoch = row.epoch if row.owner == self.owner else row.epoch + 1
        connection.execute(
            update(leases).where(leases.c.name == self.name).values(owner=self.owner, epoch=self.epoch, until=until)
        )
        return until

    def release(self) -> None:
        """Let others in at once."""
        if self._until is not None:
            # Over, but not deleted: the epoch has to go on rising, or a holder of long ago would be taken for the present one.
            mine = (leases.c.name == self.name, leases.c.owner == self.owner)
            with self._database.writing() as connection:
                connection.execute(update(leases).where(*mine).values(until=OVER))
            self._until = None
