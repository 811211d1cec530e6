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
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.database import Database
from tests.registration.stage import a_conference, add, an_attendee, create
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.system import System, one_alone

BOTH = ("ana@example.org", "ben@example.org")
PATH = "/api/v1/conferences/pyconf/attendees"


@pytest.fixture
def system(postgres: PostgresServer, tmp_path: Path) -> Iterator[System]:
    """Registration alone on a database of its own."""
    with one_alone(
        SERVICE, Database(postgres.create_database("registration_apart")), tmp_path, api_rate=100_000
    ) as alone:
        yield alone


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
