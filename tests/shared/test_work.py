"""A unit of work: what is left for later is there for whoever looks, in order, or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from shared import tables
from shared.access import Actor
from shared.contracts import AttendeeCheckedIn, AttendeeLeft, AttendeeRegistered, PersonDescribed
from shared.database import Database
from shared.links import To
from shared.work import Undeclared
from tests.shared.people import told
from tests.shared.units import working

ROOT = Path(__file__).parents[2]
PUBLISHES = (AttendeeRegistered, AttendeeCheckedIn, PersonDescribed)


def test_events_leave_in_the_order_in_which_they_were_published(database: Database) -> None:
    with working(database, *PUBLISHES) as work:
        work.publish(told(AttendeeRegistered, "ana", 1))
        work.publish_state(PersonDescribed, "p")
        work.issue(To("page", "ana", "p"))
        work.publish(told(AttendeeCheckedIn, "ana", 2))
        work.publish(None)
    with database.reading() as connection:
        rows = connection.execute(select(tables.outbox.c.type).order_by(tables.outbox.c.id)).scalars().all()
    assert rows == ["attendee.registered", "person.described", "attendee.checked_in"]


def test_whoever_looks_finds_what_was_left_for_later(database: Database) -> None:
    with working(database, *PUBLISHES) as work:
        for who in ("ana", "ben", "cleo"):
            work.issue(To("page", who, "p"))
        assert work.connection.execute(select(func.count()).select_from(tables.links)).scalar_one() == 3


def test_what_was_left_for_later_is_not_there_when_something_fails(database: Database) -> None:
    def fail() -> None:
        with working(database, *PUBLISHES) as work:
            work.issue(To("page", "ana", "p"))
            work.publish(told(AttendeeRegistered, "ana", 1))
            work.publish(told(AttendeeLeft, "ana", 2))

    with pytest.raises(Undeclared):
        fail()
    with database.reading() as connection:
        assert connection.execute(select(tables.links)).all() == []
        assert connection.execute(select(tables.outbox)).all() == []


def test_rows_of_one_statement_have_the_same_columns_or_some_would_be_lost(database: Database) -> None:
    with working(database) as work:
        work.audit("looked", Actor(id="o", access="", kind="organizer", role="owner", account="a"))
        assert work.wrote
        assert work.connection.execute(select(func.count()).select_from(tables.audit)).scalar_one() == 1
        assert work.wrote, "also when it was written already"

    def leave(*rows: dict[str, str]) -> None:
        statement = insert(tables.leases)
        with working(database) as work:
            for row in rows:
                work.later(statement, row)

    with pytest.raises(ValueError, match="same columns"):
        leave({"name": "a", "owner": "o"}, {"name": "b"})


def test_a_part_that_fails_is_undone_alone(database: Database) -> None:
    class Wrong(Exception):
        pass

    with working(database, *PUBLISHES) as work:
        work.issue(To("page", "ana", "p"))
        work.publish(told(AttendeeRegistered, "ana", 1))
        work.seen["ana"] = 1
        with suppress(Wrong), work.attempt():
            work.issue(To("page", "ben", "p"))
            work.publish(told(AttendeeRegistered, "ben", 1))
            work.seen["ben"] = 1
            work.revoked.append("ben")
            assert work.connection.execute(select(func.count()).select_from(tables.links)).scalar_one() == 2
            work.publish(told(AttendeeCheckedIn, "ben", 2))
            raise Wrong
        assert (work.published, work.revoked, work.seen) == (1, [], {})
        with work.attempt():
            work.publish(told(AttendeeRegistered, "cleo", 1))
    with database.reading() as connection:
        published = connection.execute(select(tables.outbox.c.key).order_by(tables.outbox.c.id)).scalars().all()
        linked = connection.execute(select(tables.links.c.object)).scalars().all()
    assert (published, linked) == (["ana", "cleo"], ["ana"])


def test_nobody_else_undoes_a_part() -> None:
    rooms = ("rapport", "services", "shared")
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "begin_nested" in path.read_text()]
    assert found == [ROOT / "shared" / "work.py"], "they would leave what waits for later: use Work.attempt"
