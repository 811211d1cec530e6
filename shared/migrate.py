"""Brings a service's database to the newest version of its own Alembic history, under a lock. Never called by the web
processes of the full shape."""

from __future__ import annotations

import re
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from shared import tables
from shared.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.service import Service

LOCK = 7276883


def folder(service: Service) -> Path:
    """Where the service's migrations lie."""
    package = import_module(f"services.{service.name}")
    return Path(str(package.__file__)).parent / "migrations"


def newest(service: Service) -> str | None:
    """The newest revision by the files' names (`0001_first.py` ...), without loading Alembic."""
    names = sorted(path.name for path in (folder(service) / "versions").glob("[0-9]*.py"))
    return re.split("[_.]", names[-1])[0] if names else None


def current(service: Service, connection: Connection) -> str | None:
    """The revision that the database is at."""
    table = f"{service.name}_version"
    if not inspect(connection).has_table(table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608 - a service's name


def is_current(service: Service, database: Database) -> bool:
    """Whether nothing is left to do."""
    with database.reading() as connection:
        return current(service, connection) == newest(service)


def migrate(service: Service, database: Database) -> None:
    """Upgrade to the newest revision. Does nothing when it is there already."""
    if is_current(service, database):
        return
    from alembic import command  # noqa: PLC0415 - Alembic takes a second to load and is seldom needed

    with database.engine.connect() as connection, _locked(connection, database):
        if current(service, connection) != newest(service):
            command.upgrade(config(service, connection), "head")


@contextmanager
def _locked(connection: Connection, database: Database) -> Iterator[None]:
    """One migration at a time: the write lock of SQLite, an advisory lock of PostgreSQL, both of this transaction."""
    with connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield


def config(service: Service, connection: Connection) -> Any:
    """The Alembic configuration of a service, bound to an open connection."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(folder(service)))
    made.set_main_option("version_locations", str(folder(service) / "versions"))
    made.set_main_option("path_separator", "os")  # a path may have spaces in it
    made.attributes.update(
        connection=connection,
        target_metadata=[tables.metadata, service.metadata],
        version_table=f"{service.name}_version",
    )
    return made


def run(context: Any) -> None:
    """What every service's `migrations/env.py` calls."""
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        target_metadata=attributes["target_metadata"],
        version_table=attributes["version_table"],
        render_as_batch=True,
        compare_type=True,
    )
    context.run_migrations()
