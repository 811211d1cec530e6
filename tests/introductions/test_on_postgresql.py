"""Introductions on PostgreSQL: its own history, its locks and its rows, from a check-in to two yeses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from services.introductions import store
from services.introductions.handlers import drafting, learning, planning, screens
from services.introductions.service import SERVICE
from shared.access import DEFAULT_ACCOUNT, Actor
from shared.database import Database
from tests.introductions.learning.worlds import World
from tests.introductions.met import MONTH, became, planted
from tests.introductions.room import at, crew, is_here, text
from tests.introductions.stage import Stage, a_conference, a_person, id_of
from tests.introductions.test_files import owner
from tests.servers.postgres import PostgresServer
from tests.system import NOON, one_alone


@contextmanager
def staged(postgres: PostgresServer, name: str, folder: Path) -> Iterator[Stage]:
    """A conference on a database of its own."""
    with one_alone(SERVICE, Database(postgres.create_database(name)), folder) as system:
        yield Stage(system, a_conference())


@contextmanager
def on_either(request: pytest.FixtureRequest, name: str) -> Iterator[Stage]:
    """A conference on SQLite, or on PostgreSQL: the fixture's parameter says which."""
    if request.param == "sqlite":
        yield Stage(request.getfixturevalue("system"), a_conference())
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with staged(server, name, request.getfixturevalue("tmp_path")) as there:
        yield there


@pytest.mark.postgres
def test_the_whole_way_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with staged(postgres, "introductions_walk", tmp_path) as stage:
        _walk(stage)


@pytest.mark.postgres
def test_a_day_is_printed_from_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with staged(postgres, "introductions_paper", tmp_path) as stage:
        stage.here(a_person("Ana", "mentor"), a_person("Ben", "mentee"))
        stage.registered(a_person("Cleo", "mentee"), a_person("Dea", "mentee"))
        stage.withdrew(a_person("Dea", "mentee"))
        stage.quiet()
        browser = owner(stage.system)
        counted = [browser.get(f"/print/conf/{path}").text.count("<bdi>") for path in ("slips", "slots", "people")]
    assert counted == [4, 2, 5]  # each and with whom; the two; three people, two of them with whom


@pytest.mark.postgres
def test_while_somebody_answers_her_proposal_no_plan_waits_for_it_and_it_stays(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    with staged(postgres, "introductions_room", tmp_path) as stage:
        stage.here(a_person("Ana", "mentor"), a_person("Ben", "mentee"))
        stage.quiet()
        (first,) = stage.introductions
        with stage.system.introductions.work() as answering:
            store.by_id(answering.connection, first.id)
            stage.here(a_person("Cleo", "mentee", introductions=1, available=(first.place.slot,)))
            assert planning.run(stage.system.introductions) == 1
        assert stage.introductions == [first]
        stage.changed(a_person("Ben", "mentee"), years=3)
        stage.quiet()
        assert [(pair[1], pair[2]) for pair in stage.pairs] == [("Ben", "20261123-1420"), ("Cleo", first.place.slot)]


@pytest.mark.postgres
def test_a_draft_is_made_and_published_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with staged(postgres, "introductions_draft", tmp_path) as stage:
        stage.system.clock.set(NOON - timedelta(days=1))
        stage.registered(a_person("Ana", "mentor"), a_person("Ben", "mentee"))
        owner = Actor(id="9" * 32, access="8" * 32, kind="organizer", role="owner", account=DEFAULT_ACCOUNT)
        with stage.system.introductions.work() as work:
            drafting.want(stage.conference, owner, work)
        stage.quiet()
        with stage.system.introductions.work() as work:
            drafting.want_pairs(stage.conference, [(id_of("Ana"), id_of("Ben"))], "pin", owner, work)
        stage.quiet()
        with stage.system.introductions.work() as work:
            drafting.publish(stage.conference, 2, owner, work)
        stage.quiet()
        assert [(pair[0], pair[1], pair[3]) for pair in stage.pairs] == [("Ana", "Ben", "proposed")]


@pytest.mark.postgres
def test_the_live_board_and_a_public_screen_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with staged(postgres, "introductions_board", tmp_path) as stage:
        stage.here(a_person("Ana", "mentor"), a_person("Ben", "mentee", introductions=1))
        stage.quiet()
        for name in ("Ana", "Ben"):
            stage.answer(stage.introductions[0], a_person(name, "mentee"), "accept")
        at(stage, 1)
        is_here(stage, a_person("Ana", "mentor"))
        browser = crew(stage.system)
        etag = browser.get("/board/conf/live").headers["ETag"]
        assert "Ana E. table 1, since 14:01, for Ben E." in text(browser.get("/board/conf?q=\U0001f600"))
        assert browser.get("/board/conf/live", headers={"If-None-Match": etag}).status_code == 304
        owner = Actor(id="9" * 32, access="8" * 32, kind="organizer", role="owner", account=DEFAULT_ACCOUNT)
        with stage.system.introductions.work() as work:
            made = screens.make(stage.conference, True, owner, work)
        path = f"/screen/{stage.system.introductions.links.token(screens.PURPOSE, made, made, 1)}"
        assert "14:00 now table 1 Ana E., Ben E." in text(browser.get(path))
        with stage.system.introductions.work() as work:
            screens.end(made, stage.conference, owner, work)
        assert browser.get(path).status_code == 404


@pytest.mark.postgres
def test_what_came_of_pairs_is_kept_and_learned_from_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with staged(postgres, "introductions_learning", tmp_path) as stage:
        planted(stage, World(pairs=60).lesson(1))
        stage.system.clock.set(NOON + MONTH)
        owner = Actor(id="9" * 32, access="8" * 32, kind="organizer", role="owner", account=DEFAULT_ACCOUNT)
        for _ in range(2):
            with stage.system.introductions.work() as work:
                learning.want(stage.conference, owner, work)
        stage.quiet()
        with stage.system.introductions.reading() as connection:
            current = store.learned(connection, stage.conference.conference)
        assert current is not None
        assert (current.wanted, current.made) == (1, 1)
        assert current.finding is not None
        assert (current.finding["pairs"], current.finding["known"]) == (60, 60 - list(became(stage)).count(None))


def _walk(stage: Stage) -> None:
    ana, ben = a_person("Ana", "mentor"), a_person("Ben", "mentee")
    stage.here(ana, ben)
    stage.quiet()
    (introduction,) = stage.introductions
    page = stage.system.client("introductions")
    odd = [  # PostgreSQL's text holds no NUL
        page.post(stage.link(introduction, ben), data={"answer": "other_time", "slots": "\x00"}),
        page.post(stage.day(ben), data={"pause": "\x00"}),
        page.get("/i/%00"),
        stage.answer(introduction, ben, "other_time", slots=["\x00"]),
    ]
    assert [answer.status_code for answer in odd] == [422, 422, 400, 422]
    answers = [
        stage.answer(introduction, ben, "other_time", slots=["20261123-1440"]),
        stage.answer(introduction, ana, "decline"),
        stage.answer(introduction, ana, "accept"),
        stage.answer(introduction, ben, "accept"),
    ]
    assert [(answer.status_code, answer.json["status"]) for answer in answers] == [
        (201, "proposed"),
        (201, "declined"),
        (201, "proposed"),
        (201, "accepted"),
    ]
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1440", "accepted")]
