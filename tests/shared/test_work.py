"""A unit of work: what is left for later is there for whoever looks, in order, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import func, select

from shared import tables
from shared.contracts import AttendeeCheckedIn, AttendeeLeft, AttendeeRegistered, PersonDescribed
from shared.database import Database
from shared.links import Links, To
from shared.service import Service
from shared.work import Undeclared, Work
from tests.shared.people import NOON, told

SERVICE = Service(
    name="anybody",
    metadata=tables.metadata,
    publishes=frozenset({AttendeeRegistered, AttendeeCheckedIn, PersonDescribed}),
    handles={},
)
IDS = count(1)


@contextmanager
def working(database: Database) -> Iterator[Work]:
    with database.writing() as connection:
        work = Work(
            connection,
            service=SERVICE,
            now=NOON,
            new_id=lambda: f"{next(IDS):032x}",
            links=Links("a secret that only tests know, long enough"),
        )
        yield work
        work.flush()


def test_events_leave_in_the_order_in_which_they_were_published(database: Database) -> None:
    with working(database) as work:
        work.publish(told(AttendeeRegistered, "ana", 1))
        work.publish_state(PersonDescribed, "p")
        work.issue(To("page", "ana", "p"))
        work.publish(told(AttendeeCheckedIn, "ana", 2))
        work.publish(None)
    with database.reading() as connection:
        rows = connection.execute(select(tables.outbox.c.type).order_by(tables.outbox.c.id)).scalars().all()
    assert rows == ["attendee.registered", "person.described", "attendee.checked_in"]


def test_whoever_looks_finds_what_was_left_for_later(database: Database) -> None:
    with working(database) as work:
        for who in ("ana", "ben", "cleo"):
            work.issue(To("page", who, "p"))
        assert work.connection.execute(select(func.count()).select_from(tables.links)).scalar_one() == 3


def test_what_was_left_for_later_is_not_there_when_something_fails(database: Database) -> None:
    def fail() -> None:
        with working(database) as work:
            work.issue(To("page", "ana", "p"))
            work.publish(told(AttendeeRegistered, "ana", 1))
            work.publish(told(AttendeeLeft, "ana", 2))

    with pytest.raises(Undeclared):
        fail()
    with database.reading() as connection:
        assert connection.execute(select(tables.links)).all() == []
        assert connection.execute(select(tables.outbox)).all() == []
