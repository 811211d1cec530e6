"""Two who are never introduced to each other come back at the same instant, on PostgreSQL: one of them finds the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.registration import store
from services.registration.handlers import attending
from services.registration.service import SERVICE
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Access, Scope
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.compute import Here
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS, Parts
from shared.runtime import build
from shared.settings import Settings
from tests.registration.stage import a_conference, add, an_attendee, create
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.system import NOON, SECRET, System

BOTH = ("ana@example.org", "ben@example.org")
PATH = "/api/v1/conferences/pyconf/attendees"


@pytest.fixture
def system(postgres: PostgresServer, tmp_path: Path) -> Iterator[System]:
    """Registration alone on a database of its own."""
    databases = {"registration": Database(postgres.create_database("registration_apart"))}
    clock = FixedClock(NOON)
    settings = Settings(data=tmp_path, secret_key=SECRET, bus="memory", public_url="http://localhost", api_rate=100_000)
    log, transport = MemoryLog(TOPICS, now=clock.now), MemoryTransport()
    parts = Parts(log=log, clock=clock, transport=transport, compute=Here(), databases=databases)
    runtime = build(SERVICE, settings, parts)
    runtime.migrate()
    yield System({"registration": runtime}, clock, log, transport, Access(SECRET))
    runtime.close()


def waits(system: System) -> bool:
    """Whether somebody waits for a row."""
    with system.registration.reading() as connection:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(connection.execute(waiting).scalar_one())


@pytest.mark.postgres
def test_of_two_who_register_at_once_the_later_one_finds_the_earlier_one(system: System) -> None:
    create(system)
    for who, more in zip(BOTH, ({"never_addresses": [BOTH[1]]}, {}), strict=True):
        add(system, email=who, **more)
    for item in system.api("GET", PATH).json["items"]:
        system.api("DELETE", f"{PATH}/{item['id']}")

    def register(who: str) -> Any:
        with system.registration.work() as work:
            conference = conferences.by_slug(work.connection, Scope(DEFAULT_ACCOUNT), a_conference()["slug"])
            made = attending.register({**an_attendee(), "email": who}, conference, "api", work)
            if who == BOTH[0]:
                second.start()
                wait_until(lambda: waits(system) or not second.is_alive(), 20, "the other waits, or is through")
        return made

    second = threading.Thread(target=register, args=(BOTH[1],))
    first = register(BOTH[0])
    second.join(20)
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pyconf")
        other = store.by_address(connection, conference, BOTH[1])
    assert other is not None
    assert (first.blocks, other.blocks) == ((), (first.id,))
