"""A log of each form, and a database of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.database import Database
from tests.servers.postgres import PostgresServer
from tests.transport.forms import FORMS, SERVED, Form, make_form, opened
from tests.transport.ledger import create_tables


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Form]:
    """Every form of the log in turn."""
    with opened(make_form(request.param, tmp_path, request)) as made:
        yield made


@pytest.fixture(params=SERVED)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Form]:
    """The forms of the log that several processes share, in turn."""
    with opened(make_form(request.param, tmp_path, request)) as made:
        yield made


@pytest.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Opens an empty database of each kind in turn with the ledger's tables; each call is another process's handle on it."""
    server: PostgresServer | None = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
    url = server.create_database("ledger") if server else f"sqlite:///{tmp_path / 'ledger.db'}"
    opened_ones: list[Database] = []

    def open_one() -> Database:
        opened_ones.append(Database(url))
        return opened_ones[-1]

    create_tables(open_one())
    yield open_one
    for database in opened_ones:
        database.close()
    if server:
        server.drop_database(url)


@pytest.fixture
def database(open_database: Callable[[], Database]) -> Database:
    """One handle on an empty database of each kind in turn."""
    return open_database()
