"""The database's history gives what the tables say, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect

from services.registration.service import SERVICE
from shared.database import Database
from shared.migrate import config, current, migrate, newest


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").create_database("registration_history")
    made = Database(url)
    yield made
    made.close()


def test_upgrading_leaves_nothing_to_generate_and_downgrading_nothing_at_all(database: Database) -> None:
    migrate(SERVICE, database)
    migrate(SERVICE, database)
    with database.engine.connect() as connection, connection.begin():
        assert current(SERVICE, connection) == newest(SERVICE)
        command.check(config(SERVICE, connection))
        command.downgrade(config(SERVICE, connection), "base")
        left: list[Any] = inspect(connection).get_table_names()
    assert left == ["registration_version"]
