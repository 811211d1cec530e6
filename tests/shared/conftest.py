"""An empty database of each kind with the tables that every service has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared import tables
from shared.database import Database
from tests.servers.postgres import PostgresServer

OpenDatabase = Callable[[], Database]


@pytest.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenDatabase]:
    """Opens the same database again and again, as several processes do."""
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = server.create_database("shared") if server else f"sqlite:///{tmp_path / 'shared.db'}"
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database(url))
        return opened[-1]

    tables.metadata.create_all(open_one().engine)
    yield open_one
    for database in opened:
        database.close()
    if server:
        server.drop_database(url)


@pytest.fixture
def database(open_database: OpenDatabase) -> Database:
    """One handle on it."""
    return open_database()
