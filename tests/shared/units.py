"""Units of work on a database of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from shared import tables
from shared.contracts import Event
from shared.database import Database
from shared.links import Links
from shared.service import Service
from shared.work import Work
from tests.shared.people import NOON

IDS = count(1)


@contextmanager
def working(database: Database, *publishes: type[Event]) -> Iterator[Work]:
    """One unit of work of a service that publishes these."""
    service = Service(name="anybody", metadata=tables.metadata, publishes=frozenset(publishes), handles={})
    with database.writing() as connection:
        work = Work(
            connection,
            service=service,
            now=NOON,
            new_id=lambda: f"{next(IDS):032x}",
            links=Links("a secret that only tests know, long enough"),
        )
        yield work
        work.flush()
