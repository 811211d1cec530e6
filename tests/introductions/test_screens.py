"""Public screens: who said yes finds time and table there; nothing that nobody's business is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.introductions.handlers import hearing
from shared.contracts.attendee import Consents
from tests.introductions.room import at, crew, is_here, text
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, slots
from tests.system import System

ZOE, BEN = a_person("Zoe", "mentor", capacity=2), a_person("Ben", "mentee", introductions=1)


@pytest.fixture
def stage(system: System) -> Stage:
    """Zoe, who gives, and Ben both said yes to 14:00 at the only table; it is 13:30."""
    made = Stage(system, a_conference(times=slots(TODAY, "14:00", 2), tables=1))
    made.here(ZOE, BEN)
    made.quiet()
    for person in (ZOE, BEN):
        made.answer(made.introductions[0], person, "accept")
    at(made, -30)
    return made


def act(stage: Stage, **said: str) -> Any:
    """An owner makes or ends one."""
    browser = crew(stage.system)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/board/conf/screens").text)[1]  # type: ignore[index]
    return browser.post("/board/conf/screens", data={"csrf_token": proof, **said})


def a_screen(stage: Stage, shows: str = "names") -> str:
    """A new screen; its path."""
    assert act(stage, shows=shows).status_code == 303
    return re.findall(r'href="http://localhost(/screen/\w+)"', crew(stage.system).get("/board/conf/screens").text)[-1]


def look(stage: Stage, path: str) -> Any:
    """A stranger's browser."""
    return stage.system.client("introductions").get(path)


def rows(stage: Stage, path: str) -> list[str]:
    """What stands on it, line by line."""
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", look(stage, path).text, re.S) or [""]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr.*?</tr>", body, re.S)]


def test_who_said_yes_stands_there_by_time_table_first_name_and_initial(stage: Stage) -> None:
    path = a_screen(stage)
    assert rows(stage, path) == ["14:00 table 1 Ben E., Zoe E."]
    page = look(stage, path).text
    for word in ("Grants", "mentor", "mentee", "Example", "example.org", ZOE.attendee, BEN.attendee):
        assert word not in page
    at(stage, 1)
    assert rows(stage, path) == ["14:00 now table 1 Ben E., Zoe E."]
    for person in (ZOE, BEN):
        is_here(stage, person)
    assert rows(stage, path) == []


def test_only_who_said_yes_and_consents_stands_there(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1), tables=1))
    stage.here(ZOE, BEN)
    stage.quiet()
    path = a_screen(stage)
    system.clock.set(stage.conference.slots[0].starts_at - timedelta(minutes=40))
    seen = [rows(stage, path)]
    for person in (ZOE, BEN):
        stage.answer(stage.introductions[0], person, "accept")
        seen.append(rows(stage, path))
    stage.changed(BEN, consents=Consents(introductions=False))
    seen.append(rows(stage, path))
    assert seen == [[], [], ["14:00 table 1 Ben E., Zoe E."], []]


def test_what_is_more_than_an_hour_ahead_does_not_stand_there_yet(stage: Stage) -> None:
    path = a_screen(stage)
    at(stage, -61)
    far = rows(stage, path), "No meeting in the next hour" in look(stage, path).text
    at(stage, -60)
    assert (far, rows(stage, path)) == (([], True), ["14:00 table 1 Ben E., Zoe E."])


def test_a_screen_of_codes_shows_codes_that_each_reads_on_her_own_day(stage: Stage) -> None:
    days = [text(look(stage, stage.day(person))) for person in (BEN, ZOE)]
    assert not any("On the screens" in day for day in days)
    path = a_screen(stage, "codes")
    codes = [
        re.search(r"On the screens in the venue your meetings stand under (\w{4}) ", text(look(stage, stage.day(one))))[
            1
        ]  # type: ignore[index]
        for one in (BEN, ZOE)
    ]
    assert rows(stage, path) == [f"14:00 table 1 {', '.join(sorted(codes))}"]
    assert not {"Ben", "Zoe"} & set(re.findall(r"\w+", look(stage, path).text))
    assert "Your own code stands on your page “My day”." in text(look(stage, path))


def test_on_the_evening_before_a_screen_says_which_day_is_next(stage: Stage) -> None:
    path = a_screen(stage)
    at(stage, -24 * 60)
    page = text(look(stage, path))
    assert (
        "On its days time and table of the next meetings stand here. The next one is Monday, 23 November 2026." in page
    )


def test_somebody_who_has_not_told_her_name_yet_stands_there_by_her_code(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1), tables=1))
    stage.here(ZOE)
    nameless = replace(a_person("Ida", "mentee"), present_on=(TODAY,), status="checked_in")
    stage.people[nameless.attendee] = nameless
    with system.introductions.work() as work:
        hearing.attendee_heard(nameless, work)
    stage.quiet()
    for person in (ZOE, nameless):
        stage.answer(stage.introductions[0], person, "accept")
    at(stage, -30)
    path = a_screen(stage)
    (code,) = re.findall(r"stand under (\w{4}) ", text(look(stage, stage.day(nameless))))
    assert rows(stage, path) == [f"14:00 table 1 {', '.join(sorted((code, 'Zoe E.'), key=str.casefold))}"]
    assert "On the screens" not in text(look(stage, stage.day(ZOE)))


def test_a_screen_that_was_ended_is_over_at_the_next_look_and_the_others_stay(stage: Stage) -> None:
    first, second = a_screen(stage), a_screen(stage, "codes")
    page = crew(stage.system).get("/board/conf/screens").text
    ended = re.findall(r'name="end" value="(\w+)"', page)[0]
    assert act(stage, end=ended).status_code == 303
    gone = look(stage, first)
    assert (gone.status_code, "This link is not valid" in gone.text) == (404, True)
    assert [look(stage, f"{path}/live").status_code for path in (first, second)] == [404, 200]
    assert act(stage, end=ended).status_code == 404
    assert text(crew(stage.system).get("/plan/conf/audit")).count("public screen ended") == 1


def test_a_screen_ends_with_the_conference(stage: Stage) -> None:
    path = a_screen(stage)
    stage.system.clock.set(stage.conference.slots[0].starts_at.replace(hour=22, minute=59))
    before = look(stage, path).status_code
    stage.system.clock.advance(timedelta(minutes=1))
    assert (before, look(stage, path).status_code) == (200, 404)
    assert "The conference is over, and so are its screens." in text(crew(stage.system).get("/board/conf/screens"))


def test_without_a_choice_no_screen_is_made(stage: Stage) -> None:
    answer = act(stage)
    assert (answer.status_code, "Please choose what the screen shows." in text(answer)) == (422, True)
    assert "No screen yet" in text(crew(stage.system).get("/board/conf/screens"))
    assert act(stage, shows="everything").status_code == 422


def test_many_meetings_take_turns_with_the_clock_also_without_a_script_or_stand_below_each_other(
    system: System,
) -> None:
    pairs = [(a_person(f"M{n:02}", "mentor", capacity=1), a_person(f"P{n:02}", "mentee")) for n in range(10)]
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1), tables=10))
    stage.here(*(person for pair in pairs for person in pair))
    stage.quiet()
    for item in stage.introductions:
        for name in (item.mentor, item.mentee):
            stage.answer(item, stage.people[name], "accept")
    at(stage, -30)
    path = a_screen(stage)
    turns = []
    for _turn in range(3):
        page = look(stage, path).text
        turns.append((len(rows(stage, path)), re.findall(r"page \d of \d", page)))
        assert '<noscript><meta http-equiv="refresh" content="12"></noscript>' in page
        system.clock.advance(timedelta(seconds=12))
    assert turns in (
        [(8, ["page 1 of 2"]), (2, ["page 2 of 2"]), (8, ["page 1 of 2"])],
        [(2, ["page 2 of 2"]), (8, ["page 1 of 2"]), (2, ["page 2 of 2"])],
    )
    assert len(rows(stage, f"{path}?all=yes")) == 10


def test_a_screen_looks_again_and_is_sent_only_what_is_new(marked: Stage) -> None:
    path = a_screen(marked) + "/live"
    browser = marked.system.client("introductions")
    first = browser.get(path)
    seen = {"If-None-Match": first.headers["ETag"]}
    found = [browser.get(path, headers=seen).status_code]
    marked.left(BEN)
    after = browser.get(path, headers=seen)
    assert (found, after.status_code, "Ben" in after.text) == ([304], 200, False)
