"""Introductions on PostgreSQL: its own history, its locks and its rows, from a check-in to two yeses."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.introductions.service import SERVICE
from shared.access import Access
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.compute import Here
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS, Parts
from shared.runtime import build
from shared.settings import Settings
from tests.introductions.stage import Stage, a_conference, a_person
from tests.servers.postgres import PostgresServer
from tests.system import NOON, SECRET, System


@pytest.mark.postgres
def test_the_whole_way_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    databases = {"introductions": Database(postgres.create_database("introductions_walk"))}
    clock = FixedClock(NOON)
    settings = Settings(data=tmp_path, secret_key=SECRET, bus="memory", public_url="http://localhost")
    log, transport = MemoryLog(TOPICS, now=clock.now), MemoryTransport()
    parts = Parts(log=log, clock=clock, transport=transport, compute=Here(), databases=databases)
    runtime = build(SERVICE, settings, parts)
    runtime.migrate()
    stage = Stage(System({"introductions": runtime}, clock, log, transport, Access(SECRET)), a_conference())
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
    runtime.close()
