"""Capability links: a token is one purpose, one object, one person, one version; only its hash is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import links, tables
from shared.database import Database
from shared.links import Holder, Link, LinkOver, Links, To
from shared.service import Service
from shared.work import Work

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
LINKS = Links("a secret that only tests know, long enough")
NOBODY = Service(name="nobody", metadata=tables.metadata, publishes=frozenset(), handles={})


def issue(database: Database, purpose: str = "page", object_id: str = "o", **more: object) -> str:
    with database.writing() as connection:
        work = Work(connection, service=NOBODY, now=NOON, new_id=lambda: "", links=LINKS)
        (token,) = work.issue(To(purpose, object_id, "p", **more))  # type: ignore[arg-type]
        work.flush()
    return token


def resolve(database: Database, token: str, purpose: str = "page", now: datetime = NOON) -> Link | None:
    with database.reading() as connection:
        try:
            return links.resolve(connection, token, purpose, now)
        except LinkOver:
            return None


def test_a_token_stands_for_what_it_was_made_for_and_only_its_hash_is_kept(database: Database) -> None:
    token = issue(database, version=3)
    assert len(token) == 26
    with database.reading() as connection:
        (row,) = connection.execute(select(tables.links)).all()
    assert token not in repr(row)
    assert resolve(database, token) == Link(hash=row.hash, purpose="page", object="o", person="p", version=3)


def test_a_token_can_be_made_again_and_is_the_same(database: Database) -> None:
    assert issue(database) == issue(database)
    assert (
        len({issue(database), issue(database, version=2), issue(database, "confirm"), issue(database, object_id="q")})
        == 4
    )
    assert Links("another secret").token("page", "o", "p", 1) != issue(database)


@pytest.mark.parametrize("mangled", ["{}.", "{},", "{})", " {} ", "{}>", "{}.\n"])
def test_a_token_survives_what_mail_programs_do_to_it(database: Database, mangled: str) -> None:
    token = issue(database)
    assert resolve(database, mangled.replace("{}", token)) == resolve(database, token.upper())
    assert resolve(database, token.upper()) is not None


@pytest.mark.parametrize("token", ["", "x", "a" * 26, "\ud800", "é" * 26, "x" * 10_000])
def test_what_is_no_token_stands_for_nothing(database: Database, token: str) -> None:
    issue(database)
    assert resolve(database, token) is None


def test_a_token_for_one_purpose_is_none_for_another(database: Database) -> None:
    assert resolve(database, issue(database, "confirm"), "page") is None


def test_a_token_is_over_at_its_instant(database: Database) -> None:
    token = issue(database, expires_at=NOON)
    assert resolve(database, token, now=NOON - timedelta(seconds=1)) is not None
    assert resolve(database, token, now=NOON) is None


def test_what_was_revoked_stays_revoked_though_the_token_is_made_again(database: Database) -> None:
    token, other = issue(database), issue(database, object_id="another")
    with database.writing() as connection:
        links.revoke(connection, NOON, object_id="o")
    assert issue(database) == token
    assert resolve(database, token) is None
    assert resolve(database, other) is not None
    with database.writing() as connection:
        links.revoke(connection, NOON, person="p")
    assert resolve(database, other) is None
    assert resolve(database, issue(database, version=2)) is not None


def test_a_link_that_works_once_works_once(database: Database) -> None:
    link = resolve(database, issue(database, "login"), "login")
    assert link is not None
    with database.writing() as connection:
        links.use_once(connection, link, NOON)
    with pytest.raises(LinkOver), database.writing() as connection:
        links.use_once(connection, link, NOON)


def test_whose_link_it_is_is_known_while_it_works_and_whether_it_is_about_herself(database: Database) -> None:
    hers, own = issue(database), issue(database, "concern", object_id="p")
    with database.reading() as connection:
        found = [links.holder(connection, token, NOON) for token in (hers, own, "nothing")]
    assert found == [
        Holder(person="p", is_attendee=True, locale=None),
        Holder(person="p", is_attendee=False, locale=None),
        None,
    ]
    assert own == LINKS.concern("p")
    with database.writing() as connection:
        links.revoke(connection, NOON, object_id="o")
    with database.reading() as connection:
        assert [links.holder(connection, token, NOON) is None for token in (hers, own)] == [True, False]
