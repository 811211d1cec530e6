"""Follow-up's history leads to the tables as they are, on SQLite and on PostgreSQL, and a story runs on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from services.followup.service import SERVICE
from shared import tables
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.compute import Here
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS, Parts
from shared.runtime import Runtime
from shared.settings import Settings
from tests.followup.pairs import Pair
from tests.followup.story import Story, subjects
from tests.followup.test_came_of import say
from tests.followup.test_pair_page import WRITTEN, everything_stored
from tests.system import NOON, SECRET, Access, CountedIds, System


@pytest.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").create_database("followup")
    else:
        url = f"sqlite:///{tmp_path / 'followup.db'}"
    made = Database(url, durable=False)
    yield made
    made.close()


def in_touch(database: Database, folder: Path) -> Pair:
    """Two who both said yes and were in touch after a week, on a database that the history made."""
    clock, transport = FixedClock(NOON), MemoryTransport()
    log = MemoryLog(TOPICS, now=clock.now)
    parts = Parts(log=log, clock=clock, transport=transport, compute=Here(), new_id=CountedIds())
    parts.databases["followup"] = database
    settings = Settings(data=folder, secret_key=SECRET, bus="memory", public_url="http://localhost")
    runtime = Runtime(SERVICE, settings, parts)
    runtime.migrate()
    story = Story(System({"followup": runtime}, clock, log, transport, Access(SECRET)))
    story.tell(story.conference)
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    for mail in tuple(story.mails):
        assert story.post(story.page_of(mail), pair, "continue", "yes").status_code == 303
    story.at("2026-11-30 10:00")
    assert story.say(pair, ana, "week", "talked").status_code == 201
    return Pair(story, pair, ana, ben)


def test_the_history_leads_to_the_tables_and_a_story_runs_on_them(database: Database, tmp_path: Path) -> None:
    two = in_touch(database, tmp_path)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "followup_version"})
        assert compare_metadata(context, [tables.metadata, SERVICE.metadata]) == []  # type: ignore[arg-type]
    story = two.story
    assert subjects(story.mails) == [
        ("Ana", "A short question after PyConf"),
        ("Ben", "A short question after PyConf"),
        ("Ana", "You both said yes: staying in touch after PyConf"),
        ("Ben", "You both said yes: staying in touch after PyConf"),
        ("Ana", "A short question after PyConf"),
        ("Ben", "A short question after PyConf"),
    ]
    assert story.counted()["pairs"]["in_touch"]["week"] == {"yes": 1, "no": 0, "unknown": 0}
    assert story.read("relationships")["items"][0]["status"] == "in_touch"
    _on_their_page(two)


def test_rests_and_lines_work_on_the_tables(database: Database, tmp_path: Path) -> None:
    two = in_touch(database, tmp_path)
    story, pair = two.story, two.id
    page = story.page_of(story.mails_to("ben")[-1])
    client = story.system.client("followup")
    assert client.post(f"{page}/snooze", data={"relationship": pair, "question": "week"}).status_code == 303
    assert story.post(page, pair, "week", "wrote").status_code == 303
    for form in ({"happened": "She wrote", "shared": "on"}, {"next": "Call", "help": "Time", "shared": "on"}):
        assert client.post(f"{page}/line/{pair}/week", data=form).status_code == 303
    for what, answers in (("pause", ("3", "1")), ("leave", ("no", "yes"))):
        for word in answers:
            form = {"months": word} if what == "pause" else {"relationship": pair, "again": word}
            assert client.post(f"{page}/{what}", data=form).status_code == 303
    shown = story.get(story.page_of(story.mails_to("ana")[-1])).text
    assert ["She wrote" in shown, "Call" in shown, "Time" in shown] == [False, True, True]
    story.run()
    assert [event[1:] for event in story.told() if event[0] == "relationship.ended"] == [("finished",)]
    story.forget(two.ben)
    assert "Call" not in story.get(story.page_of(story.mails_to("ana")[-1])).text


def _on_their_page(two: Pair) -> None:
    """What the two write to each other lies in tables that only this story fills."""
    for who, what, form in (
        ("ana", "agreement", WRITTEN),
        ("ben", "fine", {"seen": "1"}),
        ("ben", "hours", {"zone": "America/New_York", "starts": "09:00", "ends": "17:00"}),
        ("ana", "time", {"starts_at": "20261201T1400Z"}),
        ("ana", "time", {"starts_at": "20261202T1400Z"}),
        ("ben", "feedback", {"helped": "Questions.", "wish": ""}),
        ("ben", "thanks", {"note": "Thank you."}),
    ):
        assert two.do(who, what, **form).status_code == 303, what
    shown = two.look("ana")
    assert "Wednesday 2 December, 15:00 (Europe/Berlin), 09:00 (America/New York) 30 minutes" in shown
    assert [words in shown for words in ("agreed by both", "Questions.", "Thank you. From Ben")] == [True] * 3
    two.story.at("2027-11-24 10:00")
    assert [mail.subject for mail in two.story.mails[-2:]] == ["A year after PyConf: what came of it?"] * 2
    assert say(two.story, "ben", two.id, "job", sentence="A canary sang.").status_code == 303
    two.story.forget(two.ben)
    assert "canary" not in str(everything_stored(two.story))
