"""The demo: a small one is played once; its outcomes equal an independent count, and it is served under /demo."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from rapport.commands.play import came_of
from rapport.demo.letters import LetterTransport, meetings, opened
from rapport.demo.place import SLUG, ProgressFile, demo_settings, played_at
from rapport.demo.play import Demo
from rapport.world import World
from services.followup.service import SERVICE as followup
from services.introductions import queries
from services.introductions.handlers import outcomes
from services.introductions.service import SERVICE as introductions
from services.introductions.tables import contacts
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.bus import envelope
from shared.clock import FixedClock
from shared.contracts import FollowUpAnswered
from shared.mail.message import Calendar, Mail
from shared.parts import Parts
from shared.runtime import build
from shared.settings import Settings
from tests.followup import counting

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PEOPLE = 50
pytestmark = pytest.mark.xdist_group("demo")


@dataclass
class Played:
    """A demo that was played, and what its progress said on the way."""

    settings: Settings
    outcomes: dict[str, Any]
    steps: list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    settings = Settings(data=tmp_path_factory.mktemp("demo"), port=8765)
    steps: list[tuple[str, int, int]] = []
    demo = Demo(settings, people=PEOPLE, seed=7, progress=lambda *step: steps.append(step), end=NOW)
    return Played(settings, demo.play(), steps)


@pytest.fixture(scope="module")
def world(played: Played) -> Iterator[Client]:
    served = World(played.settings, loops=False)
    yield Client(served)
    served.close()


@pytest.fixture(scope="module")
def recounted(played: Played) -> dict[str, Any]:
    """The demo's events, counted by a script that knows nothing else."""
    return dict(counting.recounted(demo_settings(played.settings).data / "log.db", SLUG, NOW.date()))


def test_an_independent_count_of_the_events_gives_the_same_numbers(played: Played, recounted: dict[str, Any]) -> None:
    here = build(followup, demo_settings(played.settings), Parts(clock=FixedClock(NOW)))
    with here.reading(one_moment=True) as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), SLUG)
        ours = counting.counted(connection, conference, NOW.date())
    here.close()
    assert ours == recounted
    both = {name: recounted[name] for name in ("people", "pairs")}
    assert played.outcomes == counting.as_told(both, played.outcomes)
    told = played.outcomes["pairs"]
    assert None not in (told["introduced"], told["met"], told["in_touch"]["month"]["yes"])


def test_the_file_of_the_dashboard_says_what_was_recounted(recounted: dict[str, Any], world: Client) -> None:
    people, pairs = recounted["people"], recounted["pairs"]
    parts, apart = pairs["in_touch"], pairs["apart"]
    expected = {
        ("people", step): count for step, count in {**people, **people["in_touch"]}.items() if step != "in_touch"
    }
    expected |= {("pairs", step): pairs[step] for step in ("introduced", "accepted", "met", "continued")}
    expected |= {("pairs", question): parts[question]["yes"] for question in parts}
    for question in parts:
        expected |= {(question, name): count for name, count in (parts[question] | apart[question]).items()}
        expected[question, "met"] = pairs["met"]
        expected[question, "reported"] = f"{parts[question]['yes'] / pairs['met']:.4f}"
    expected |= {(step, why): count for step, reasons in recounted["lost"].items() for why, count in reasons.items()}
    rows = csv.reader(world.get(f"/demo/outcomes/{SLUG}.csv").text.lstrip("\ufeff").splitlines())
    told = {(row[0], row[1]): row[2] for row in rows if len(row) > 2 and (row[0], row[1]) in expected}
    shown = {what: count for what, count in told.items() if count.replace(".", "").isdigit()}
    assert shown == {what: str(expected[what]) for what in shown}
    hidden = {what for what, count in told.items() if what not in shown}
    assert all(expected[what] < PEOPLE for what in hidden if what[1] != "reported")
    assert len(shown) > len(hidden)


def test_introductions_learn_from_what_the_dashboard_counts_and_hearing_it_all_again_changes_nothing(
    played: Played, recounted: dict[str, Any]
) -> None:
    settings = demo_settings(played.settings)
    here = build(introductions, settings, Parts(clock=FixedClock(NOW)))
    with here.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), SLUG)
        before, kept = queries.lesson(connection, conference, NOW), connection.execute(select(contacts)).all()
    found = Counter(pair.in_touch for pair in before.pairs)
    told = {"yes": found[True], "no": found[False], "unknown": found[None]}
    assert told == recounted["pairs"]["in_touch"]["month"]
    records = here.log.consumer("somebody-else", ["rapport.relationships"]).poll(100_000, 0)
    with here.work() as work:
        work.connection.execute(contacts.delete())
        for message in filter(None, map(envelope.read, records)):
            if isinstance(message.event, FollowUpAnswered) and message.event.question == "month":
                outcomes.follow_up_answered(message.event, work)
        again = work.connection.execute(select(contacts)).all()
        assert sorted(again) == sorted(kept)
    here.close()


def test_the_recount_imports_nothing_of_ours() -> None:
    imports = re.findall(r"^(?:import|from) (\S+)", counting.RECOUNT.read_text(), re.MULTILINE)
    assert imports == ["json", "sqlite3", "sys", "collections", "datetime", "zoneinfo"]


def test_people_come_meet_and_some_keep_talking(recounted: dict[str, Any]) -> None:
    people, pairs = recounted["people"], recounted["pairs"]
    assert people["registered"] == PEOPLE
    stages = [people[name] for name in ("registered", "checked_in", "introduced", "accepted", "met")]
    assert stages == sorted(stages, reverse=True)
    assert pairs["met"] > PEOPLE // 5
    assert pairs["continued"] > 0
    for answers in pairs["in_touch"].values():
        assert sum(answers.values()) == pairs["met"]
        assert answers["yes"] > 0


def test_the_same_seed_gives_the_same_story(played: Played, recounted: dict[str, Any], tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, port=8765)
    again = Demo(settings, people=PEOPLE, seed=7, progress=lambda *_step: None, end=NOW)
    assert again.play() == played.outcomes
    assert counting.recounted(demo_settings(settings).data / "log.db", SLUG, NOW.date()) == recounted


def test_some_agree_on_a_goal_card_and_chance_draws_some_pairs(recounted: dict[str, Any], world: Client) -> None:
    goals, chosen = recounted["cohorts"]["goal"], recounted["exploration"]
    assert set(goals) == {"date", "enough", "none"}
    assert recounted["passed"]["pairs"] == pairs_of(goals["date"]), (
        "after three months every day that was chosen is over"
    )
    rows = [row for row in csv.reader(world.get(f"/demo/outcomes/{SLUG}.csv").text.splitlines()) if row]
    told = {row[1]: int(row[3]) for row in rows if row[0] == "cohort goal"}
    assert told == {level: pairs_of(answers) for level, answers in goals.items()}
    told = {row[0]: int(row[2]) for row in rows if row[0] in ("matched", "drawn")}
    assert told == {which: pairs_of(chosen[which]) for which in ("matched", "drawn")}
    page = world.get(f"/demo/outcomes/{SLUG}").text
    assert [heading in page for heading in ("By goal card", "Did our choice of pairs help?")] == [True, True]


def pairs_of(answers: dict[str, dict[str, int]]) -> int:
    """How many pairs that is, whatever they answered."""
    return sum(answers["week"].values())


def test_a_mail_tells_of_its_meetings_unless_it_takes_one_out() -> None:
    def entry(introduction: str, sequence: int, method: str = "REQUEST") -> Calendar:
        text = f"BEGIN:VEVENT\r\nUID:intro-{introduction}@rapport\r\nSEQUENCE:{sequence}\r\nEND:VEVENT\r\n"
        return Calendar(method=method, text=text, name="meeting.ics")

    def mail(text: str, *calendars: Calendar) -> Mail:
        address = "ana@example.org"
        return Mail(to_name="Ana", to_address=address, subject="Two", text=text, html="x", calendars=calendars)

    first, second, words = (
        entry("a" * 32, 0),
        entry("b" * 32, 2),
        f"Yes: x/i/{'c' * 26}\nor x/i/{'d' * 26}\nx/i/stop/no",
    )
    told = [(one.introduction, one.sequence, one.path) for one in meetings(mail(words, first, second))]
    assert told == [("a" * 32, 0, "/i/" + "c" * 26), ("b" * 32, 2, "/i/" + "d" * 26)]
    assert meetings(mail(words, first)) == [], "whose the other link is, nobody knows"
    assert meetings(mail(words, first, entry("b" * 32, 3, "CANCEL"))) == []
    assert meetings(mail("A word.")) == []


@pytest.mark.parametrize(
    ("met", "yes", "sentence"),
    [
        (334, 106, "Of 334 pairs who met, 106 were in touch after a month; 92 did not answer."),
        (8, None, "So few met, or were in touch after a month, that their numbers are hidden."),
        (None, None, "So few met, or were in touch after a month, that their numbers are hidden."),
    ],
)
def test_the_command_says_what_came_of_it(met: int | None, yes: int | None, sentence: str) -> None:
    assert came_of({"met": met, "in_touch": {"month": {"yes": yes, "no": 136, "unknown": 92}}}) == sentence


def test_progress_only_rises_and_reaches_its_end(played: Played) -> None:
    done = [step[1] for step in played.steps]
    assert done == sorted(done)
    assert played.steps[-1][1:] == (done[-1], done[-1])
    assert list(dict.fromkeys(step[0] for step in played.steps)) == [
        "People register",
        "Day 1 of the conference",
        "Day 2 of the conference",
        "Asking after a week",
        "Asking after a month",
        "Asking after a quarter",
    ]


def test_it_ends_with_the_present(played: Played) -> None:
    import sqlite3

    with sqlite3.connect(demo_settings(played.settings).data / "log.db") as log:
        values = [json.loads(row[0]) for row in log.execute("SELECT value FROM records WHERE value IS NOT NULL")]
    moments = sorted(value["at"] for value in values if "at" in value)
    assert moments[0] < "2026-08-20"
    assert "2026-11-1" < moments[-1] <= "2026-11-23T12:00:00Z"


def test_every_page_says_that_it_is_the_demo_and_stays_in_it(world: Client) -> None:
    for path in (f"/demo/outcomes/{SLUG}", f"/demo/c/{SLUG}", f"/demo/plan/{SLUG}", "/demo/organize"):
        page = world.get(path)
        assert page.status_code == 200, path
        assert "Demo: an invented conference" in page.text
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
        assert links
        assert [link for link in links if not link.startswith("/demo")] == []


def test_the_dashboard_shows_the_numbers_of_the_outcomes(played: Played, world: Client) -> None:
    page = world.get(f"/demo/outcomes/{SLUG}").text
    assert str(played.outcomes["pairs"]["introduced"]) in page


def test_links_in_its_mails_lead_into_the_demo(played: Played, world: Client) -> None:
    home = {"REMOTE_ADDR": "127.0.0.1"}
    everything = world.get("/demo/outbox", environ_overrides=home)
    assert everything.status_code == 200
    name = re.findall(r'href="/demo/outbox/([^"?]+\.json)"', everything.text)[0]
    mail = world.get(f"/demo/outbox/{name}/html", environ_overrides=home).text
    links = re.findall(r'href="(http[^"]+)"', mail)
    assert links
    assert [link for link in links if not link.startswith("http://localhost:8765/demo/")] == []


def test_it_does_not_touch_the_real_world(played: Played, world: Client) -> None:
    assert f"/c/{SLUG}" not in world.get("/").text
    assert world.get(f"/c/{SLUG}").status_code == 404
    assert (played.settings.data / "outbox").exists() is False or not list((played.settings.data / "outbox").iterdir())


def test_it_costs_nothing_until_somebody_opens_it(played: Played) -> None:
    fresh = World(played.settings, loops=False)
    demo = fresh._demo
    assert demo is not None
    Client(fresh).get("/")
    Client(fresh).get("/demo")
    assert demo._world is None
    Client(fresh).get(f"/demo/outcomes/{SLUG}")
    assert demo._world is not None
    fresh.close()
    assert demo._world is None


def test_the_lobby_offers_it_where_there_is_none(tmp_path: Path) -> None:
    world = World(Settings(data=tmp_path), loops=False)
    client = Client(world)
    assert "Play the demo" in client.get("/demo").text
    away = client.get(f"/demo/outcomes/{SLUG}")
    assert (away.status_code, away.headers["Location"]) == (303, "/demo")
    assert client.head("/demo").status_code == 200
    world.close()


def test_the_lobby_shows_how_far_it_is_while_somebody_plays(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    world = World(settings, loops=False)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as player:
        notes = ProgressFile(settings)
        notes.write(what="Day 1 of the conference", done=30, total=120, left=21.4)
        state = {**notes.read(), "pid": player.pid}
        notes.path.write_text(json.dumps(state))
        page = Client(world).get("/demo").text
        assert 'max="120" value="30"' in page
        assert "About 21 seconds are left." in page
        assert Client(world).post("/demo/start").status_code == 303  # a second one is not started
        assert played_at(settings) == 0
        player.communicate(b"\n")
    assert "Play the demo" in Client(world).get("/demo").text
    world.close()


def test_another_site_cannot_start_it(tmp_path: Path) -> None:
    world = World(Settings(data=tmp_path), loops=False)
    client = Client(world)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/demo/start", headers=headers).status_code == 403
    assert client.get("/demo/start").headers["Location"] == "/demo"  # looking starts nothing
    assert world._demo is not None
    assert world._demo._player is None
    world.close()


def test_a_mail_about_several_meetings_is_kept_with_all_its_calendar_files(tmp_path: Path) -> None:
    calendars = tuple(Calendar(method="PUBLISH", text="BEGIN:VCALENDAR\r\n", name=f"{name}.ics") for name in "ab")
    mail = Mail(to_name="Ana", to_address="ana@example.org", subject="Two", text="x", html="x", calendars=calendars)
    LetterTransport(tmp_path, "rapport@example.org", now=lambda: datetime(2026, 11, 23, tzinfo=UTC)).send("<1@x>", mail)
    (kept,) = tmp_path.iterdir()
    assert [part.get_filename() for part in opened(kept).iter_attachments()] == ["a.ics", "b.ics"]
