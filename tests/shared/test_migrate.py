"""A fresh database brought to head is what the code says it is, on SQLite and on PostgreSQL, whoever migrates at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared import tables
from shared.database import Database
from shared.migrate import current, is_current, migrate, newest
from shared.service import Service
from tests.servers.postgres import PostgresServer
from tests.system import services

SERVICES = [service for service in services() if newest(service)]


@pytest.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
def open_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """Opens the empty database of a name."""
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    urls: dict[str, str] = {}
    opened: list[Database] = []

    def open_one(name: str) -> Database:
        if name not in urls:
            urls[name] = server.create_database(name) if server else f"sqlite:///{tmp_path / name}.db"
        opened.append(Database(urls[name]))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()
    for url in urls.values() if server else ():
        assert server is not None
        server.drop_database(url)


def differences(service: Service, database: Database) -> list[Any]:
    """What Alembic would still change."""
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": f"{service.name}_version", "compare_type": True}
        )
        together = [tables.metadata, service.metadata]
        return list(compare_metadata(context, together))  # type: ignore[arg-type]


def test_a_fresh_database_at_head_is_what_the_tables_say(open_empty: Callable[[str], Database]) -> None:
    found = {}
    for service in SERVICES:
        database = open_empty(service.name)
        assert not is_current(service, database)
        migrate(service, database)
        migrate(service, database)
        assert is_current(service, database)
        found[service.name] = differences(service, database)
    assert found == {service.name: [] for service in SERVICES}


def test_several_who_migrate_at_once_do_it_once(open_empty: Callable[[str], Database]) -> None:
    for service in SERVICES:
        threads = [threading.Thread(target=migrate, args=(service, open_empty(service.name))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with open_empty(service.name).reading() as connection:
            assert current(service, connection) == newest(service)
