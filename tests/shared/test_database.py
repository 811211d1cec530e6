"""Transactions and leases, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from shared import tables
from shared.database import Database, Lease

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SPAN = 10.0


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_one_owner_holds_a_lease_until_it_is_over(open_database: Callable[[], Database]) -> None:
    first, second = (Lease(open_database(), "work", owner, SPAN) for owner in ("a", "b"))
    assert [first.hold(NOON), second.hold(NOON), second.hold(after(9)), first.hold(after(9))] == [
        True,
        False,
        False,
        True,
    ]
    assert [second.hold(after(18)), second.hold(after(20)), first.hold(after(21))] == [False, True, False]


def test_a_released_lease_is_free_at_once_and_its_epoch_goes_on_rising(open_database: Callable[[], Database]) -> None:
    leases = [Lease(open_database(), "work", owner, SPAN) for owner in ("a", "b", "c")]
    epochs = []
    for lease in leases:
        assert lease.hold(NOON)
        epochs.append(lease.epoch)
        lease.release()
    assert epochs == [1, 2, 3]


def test_a_holder_that_was_paused_carries_an_old_epoch(open_database: Callable[[], Database]) -> None:
    paused, following = (Lease(open_database(), "work", owner, SPAN) for owner in ("a", "b"))
    assert paused.hold(NOON)
    assert following.hold(after(11))
    database = open_database()
    with database.reading() as connection:
        row = connection.execute(select(tables.leases)).one()
    assert (row.owner, row.epoch, paused.epoch, following.epoch) == ("b", 2, 1, 2)
    assert not paused.hold(after(11))


def test_a_clock_that_was_set_back_does_not_keep_a_lease_for_ever(open_database: Callable[[], Database]) -> None:
    ahead, now = (Lease(open_database(), "work", owner, SPAN) for owner in ("a", "b"))
    assert ahead.hold(NOON + timedelta(days=90))
    assert now.hold(NOON)


def test_of_many_who_want_a_lease_at_once_one_gets_it(open_database: Callable[[], Database]) -> None:
    leases = [Lease(open_database(), "work", f"owner-{number}", SPAN) for number in range(6)]
    held: list[bool] = []
    threads = [threading.Thread(target=lambda lease=lease: held.append(lease.hold(NOON))) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(held) == [False] * 5 + [True]


def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    there = datetime(2026, 11, 23, 12, 30, tzinfo=timezone(timedelta(hours=1)))
    with database.writing() as connection:
        connection.execute(insert(tables.revocations).values(access="a", at=there))
    with database.reading() as connection:
        (found,) = connection.execute(select(tables.revocations.c.at)).scalars()
    assert (found, found.utcoffset()) == (datetime(2026, 11, 23, 11, 30, tzinfo=UTC), timedelta())


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.writing() as connection:
        connection.execute(insert(tables.revocations).values(access="a", at=datetime(2026, 11, 23)))  # noqa: DTZ001


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(tables.revocations).values(access="a", at=NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert connection.execute(select(tables.revocations)).all() == []


def test_what_was_deleted_leaves_the_files_and_a_reader_in_the_way_only_delays_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/some.db")
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word TEXT)")
        connection.exec_driver_sql("INSERT INTO words VALUES ('a canary that sings')")

    def sings() -> list[str]:
        return sorted(path.name for path in tmp_path.iterdir() if b"a canary that sings" in path.read_bytes())

    assert database.drop_old_bytes()
    assert sings() == ["some.db"]
    with database.reading() as reader:
        reader.exec_driver_sql("SELECT * FROM words").all()
        with database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM words")
        assert not database.drop_old_bytes()
    assert database.drop_old_bytes()
    assert sings() == []
    database.close()


def test_what_is_read_as_of_one_moment_stays_so_while_others_write(database: Database) -> None:
    def write(access: str) -> None:
        with database.writing() as connection:
            connection.execute(insert(tables.revocations).values(access=access, at=NOON))

    every = select(tables.revocations.c.access).order_by(tables.revocations.c.access)
    write("a")
    with database.reading(one_moment=True) as connection:
        before = connection.execute(every).scalars().all()
        write("b")
        still = connection.execute(every).scalars().all()
    with database.reading() as connection:
        later = connection.execute(every).scalars().all()
    assert (before, still, later) == (["a"], ["a"], ["a", "b"])
