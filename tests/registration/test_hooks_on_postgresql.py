"""A shop's calls and programs that hear of events, on PostgreSQL: its rows, its locks, and two processes at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.registration import store
from services.registration.handlers import attending
from services.registration.service import SERVICE
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.database import Database
from tests.registration.pretix import a_position, a_scan, a_shop
from tests.registration.stage import add, an_attendee, create, logged_in
from tests.registration.test_shops import states
from tests.registration.test_webhooks import PATH, Program
from tests.servers.answering import Answering, Said
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.system import System, one_alone


@pytest.fixture
def system(postgres: PostgresServer, tmp_path: Path) -> Iterator[System]:
    """Registration alone on a database of its own."""
    with one_alone(
        SERVICE, Database(postgres.create_database("registration_hooks")), tmp_path, api_rate=100_000
    ) as alone:
        yield alone


@pytest.mark.postgres
def test_an_order_is_followed_and_a_check_in_told(system: System) -> None:
    create(system)
    add(system)
    with a_shop(system) as shop, Answering(lambda asked: Said(204)) as server:
        shop.let_in(logged_in(system))
        program = Program(system, server, "attendee.checked_in")
        shop.order("ABC", a_position(1, "Ana", "ana@example.org", checkins=[a_scan()]))
        for _ in range(2):
            assert shop.calls("checkin", "ABC", orderposition_id=1).status_code == 200
        system.run_until_quiet()
        rotated = system.api("POST", f"{PATH}/{program.id}/rotate", json={})
        assert (shop.people(), [kind for kind, _data in program.heard], rotated.status_code) == (
            [("Ana Bešić", "ana@example.org", "checked_in")],
            ["attendee.checked_in"],
            201,
        )
        shop.order("ABC", a_position(1, "Ana", "ana@example.org", canceled=True), status="c")
        shop.calls("order.canceled", "ABC", 2)
        system.run_until_quiet()
        assert shop.people() == [(None, None, "withdrawn")]


@pytest.mark.postgres
def test_who_registers_while_her_ticket_comes_in_is_taken_once(system: System) -> None:
    create(system)
    with a_shop(system) as shop:
        shop.let_in(logged_in(system))
        shop.order("ABC", a_position(1, "Ana", "ana@example.org"))
        shop.order("DEF", a_position(2, "Ben", "ben@example.org"))
        shop.calls("order.placed", "ABC")
        shop.calls("order.placed", "DEF", 2)
        turn = threading.Thread(target=system.registration.due_turn)
        with system.registration.work() as work:
            conference = conferences.by_slug(work.connection, Scope(DEFAULT_ACCOUNT), "pyconf")
            said = {**an_attendee(), "consents": {"introductions": True}}
            attending.register(said, conference, "form", work)
            turn.start()
            wait_until(lambda: somebody_waits(system), what="the turn waits for the one who registers")
        turn.join()
        system.run_until_quiet()
        first = shop.people()
        system.advance(seconds=10)
        assert (
            first
            == shop.people()
            == [
                ("Ana Bešić", "ana@example.org", "confirmed"),
                ("Ben", "ben@example.org", "invited"),
            ]
        )
        assert [state[0] for state in states(system)] == ["done", "done"]


def somebody_waits(system: System) -> bool:
    """Whether a transaction waits for another one."""
    with system.registration.reading() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


@pytest.mark.postgres
def test_two_processes_never_claim_the_same(system: System) -> None:
    create(system)
    with Answering(lambda asked: Said(204)) as server:
        Program(system, server, "attendee.registered")
        for number in range(4):
            add(system, email=f"a{number}@example.org")
        with system.registration.work() as one, system.registration.work() as other:
            claims = [store.DELIVERIES.claim(work, most) for work, most in ((one, 2), (other, 10))]
        ids = [claimed.row.id for claim in claims for claimed in claim]
        assert ([len(claim) for claim in claims], len(set(ids))) == ([2, 2], 4)
        with system.registration.work() as work:
            thief = claims[1][0]
            assert not store.DELIVERIES.finish(
                type(thief)(row=claims[0][0].row, owner=thief.owner, attempts=1), work, status="done"
            )
