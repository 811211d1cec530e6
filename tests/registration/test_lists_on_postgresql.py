"""Lists of people on PostgreSQL, where several processes really work at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from services.registration import queries, store
from services.registration.forms import ConferenceForm, read_row
from services.registration.handlers import attending, conferences, uploads
from services.registration.handlers.rows import read_file
from services.registration.service import SERVICE
from services.registration.store import List
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.contracts import ConferencePublished
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS, Parts
from shared.runtime import Runtime, build
from shared.settings import Settings
from tests.registration.stage import a_conference, an_attendee
from tests.registration.test_import_pages import many
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.system import NOON, SECRET

OWNER = Actor(id="9" * 32, access="8" * 32, kind="organizer", role="owner", account=DEFAULT_ACCOUNT)
pytestmark = pytest.mark.postgres


@contextmanager
def two_processes(postgres: PostgresServer, name: str, folder: Path) -> Iterator[tuple[Runtime, Runtime]]:
    """Two of registration on one database."""
    url, clock = postgres.create_database(name), FixedClock(NOON)
    settings = Settings(data=folder, secret_key=SECRET, bus="memory", public_url="http://localhost")
    log, transport = MemoryLog(TOPICS, now=clock.now), MemoryTransport()
    runtimes = [
        build(
            SERVICE, settings, Parts(log=log, clock=clock, transport=transport, databases={SERVICE.name: Database(url)})
        )
        for _ in range(2)
    ]
    runtimes[0].migrate()
    yield runtimes[0], runtimes[1]
    for runtime in runtimes:
        runtime.close()


def to_import(runtime: Runtime, content: bytes) -> tuple[ConferencePublished, List]:
    """(a new conference, a list that was tried and is to be imported into it)."""
    with runtime.work() as work:
        made = conferences.create(ConferenceForm().load(a_conference()), OWNER, work)
        kept = uploads.keep(read_file(content), made, "mentee", ("introductions",), OWNER, work)
    assert uploads.run(runtime, read_row) == 1
    with runtime.work() as work:
        tried = store.a_list(work.connection, made, kept.id, work.now, locked=True)
        return made, uploads.start(tried, work)


def names(runtime: Runtime, conference: ConferencePublished) -> list[str]:
    """Everybody, in the order in which they came."""
    with runtime.reading() as connection:
        return [row.name for row in queries.attendee_rows(connection, conference)]


def test_only_one_process_works_on_a_list(postgres: PostgresServer, tmp_path: Path) -> None:
    with two_processes(postgres, "lists_two", tmp_path) as (one, other):
        conference, _list = to_import(one, many(700))
        done: list[int] = []
        threads = [
            threading.Thread(target=lambda room=room: done.append(uploads.run(room, read_row))) for room in (one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [0, 1]
        assert names(one, conference) == [f"Person {number}" for number in range(700)]


def test_who_registers_in_the_middle_of_it_is_known_then_and_nobody_is_lost(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    with two_processes(postgres, "lists_race", tmp_path) as (one, other):
        conference, started = to_import(one, many(3))
        with other.work() as work:
            said = an_attendee(email="p1@example.org", name="By the form", wants=["Python"])
            attending.register(said, conference, "api", work)
            work.flush()
            importing = threading.Thread(target=uploads.run, args=(one, read_row))
            importing.start()
            wait_until(lambda: _waits(work.connection), 10, "the import waits for her row")
        importing.join()
        assert names(one, conference) == ["By the form", "Person 0", "Person 2"]
        with one.reading() as connection:
            now = store.a_list(connection, conference, started.id, NOON)
        assert (now.stage, now.added, now.known) == ("done", 2, 1)


def _waits(connection: Connection) -> bool:
    """Whether somebody waits for a lock in this database."""
    found = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    return bool(found.scalar_one())
