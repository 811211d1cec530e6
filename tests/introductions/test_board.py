"""The live board: six figures, who needs a hand, today's tables, who waits and why; found by name; kept cheap."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.codes import in_groups
from shared.contracts.attendee import Consents
from shared.contracts.conference import Block, Day
from tests.introductions.looks import statements
from tests.introductions.room import at, crew, is_here, text
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, name_of, slots
from tests.system import System

ANA, BEN = a_person("Ana", "mentor", capacity=2), a_person("Ben", "mentee", introductions=1)
CLEO, DAN = a_person("Cleo", "mentee", introductions=1), a_person("Dan", "mentee", introductions=1)
SIX = ("here", "waiting", "accepted", "at-tables", "alone", "free")
SLOT = "20261123-1400"


@pytest.fixture
def stage(system: System) -> Stage:
    """Two slots from 14:00 and two tables; Ana met nobody yet, Ben and she said yes to 14:00."""
    made = Stage(system, a_conference(times=slots(TODAY, "14:00", 2), tables=2))
    made.here(ANA, BEN)
    made.quiet()
    for person in (ANA, BEN):
        made.answer(made.introductions[0], person, "accept")
    made.quiet()
    return made


def six(system: System, role: str = "owner", path: str = "/board/conf") -> dict[str, str]:
    """The figures of a board."""
    page = crew(system, role).get(path).text
    return {name: re.search(rf'<dd id="n-{name}">([^ <]+)', page)[1] for name in SIX}  # type: ignore[index]


def test_six_figures_say_how_the_room_is(stage: Stage) -> None:
    before = six(stage.system)
    stage.here(CLEO)
    with_cleo = six(stage.system)
    stage.quiet()
    asked = six(stage.system)
    at(stage, 1)
    is_here(stage, ANA)
    alone = six(stage.system)
    is_here(stage, BEN)
    together = six(stage.system)
    assert [tuple(found.values()) for found in (before, with_cleo, asked, alone, together)] == [
        ("2", "0", "1", "0", "0", "1"),
        ("3", "1", "1", "0", "0", "1"),
        ("3", "0", "1", "0", "0", "1"),  # she was asked for the next slot
        ("3", "0", "1", "0", "1", "1"),
        ("3", "0", "1", "1", "0", "1"),
    ]


def test_who_sits_alone_is_named_with_table_and_time_and_the_desk_can_have_somebody_else_found_at_once(
    stage: Stage,
) -> None:
    stage.here(CLEO)
    at(stage, 1)
    is_here(stage, ANA)
    browser, first = crew(stage.system, "desk"), stage.introductions[0]
    page = browser.get("/board/conf")
    assert "Ana E. table 1, since 14:01, for Ben E. · at 14:06 somebody else is looked for" in text(page)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    said = {"action": "hurry", "csrf_token": proof}
    answer = browser.post(f"/board/conf/{first.id}", data=said)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/board/conf?done=1")
    stage.left(CLEO)  # nobody else is there
    stage.here(DAN)
    stage.quiet()
    assert stage.pairs[-1][:2] == ("Ana", "Dan")
    assert "for Dan E. · found instead, asked until 14:04" in text(browser.get("/board/conf"))
    again = browser.post(f"/board/conf/{first.id}", data=said)
    assert (again.status_code, "Nobody waits alone at this table any more" in text(again)) == (409, True)
    assert "somebody else looked for" in text(crew(stage.system).get("/plan/conf/audit"))


def test_a_tap_before_her_slot_begins_looks_for_nobody(stage: Stage) -> None:
    at(stage, -5)
    is_here(stage, ANA)
    browser = crew(stage.system)
    page = browser.get("/board/conf")
    assert "Alone at a table 0" in text(page)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    answer = browser.post(f"/board/conf/{stage.introductions[0].id}", data={"action": "hurry", "csrf_token": proof})
    assert answer.status_code == 409


def test_who_comes_late_is_named_with_table_and_time(stage: Stage) -> None:
    at(stage, -20)
    stage.system.client("introductions").post(stage.day(BEN) + "/ready", data={"late": "25"})
    stage.quiet()
    assert "Ben E. comes at 14:05 instead of 14:00, table 1, to Ana E." in text(crew(stage.system).get("/board/conf"))


def test_the_slots_of_the_day_are_drawn_with_their_numbers_beside(stage: Stage) -> None:
    stage.here(CLEO)
    stage.quiet()
    at(stage, 1)
    is_here(stage, ANA)
    page = crew(stage.system).get("/board/conf").text
    drawn = re.findall(r'<li class="(\w+)">.*?<svg class="tables"[^>]*aria-label="([^"]+)">(.*?)</svg>', page, re.S)
    assert [(when, said, re.findall(r'class="(\w+)"', squares)) for when, said, squares in drawn] == [
        ("now", "1 of 2 tables taken", ["alone", "free"]),
        ("next", "1 of 2 tables taken", ["asked", "free"]),
    ]
    assert text(crew(stage.system).get("/board/conf")).count("1 taken, 1 free") == 2
    assert "table 1 Ana E. , Ben E. alone" in text(crew(stage.system).get("/board/conf"))


def test_without_a_match_it_says_why_and_the_desk_reads_no_topic(stage: Stage) -> None:
    stage.here(a_person("Eve", "mentee", wants=("python",)), a_person("Fay", "mentee", wants=("writing",)))
    stage.quiet()
    owner, desk = (text(crew(stage.system, role).get("/board/conf")) for role in ("owner", "desk"))
    assert "1 · Nobody to meet about Python is here yet." in owner
    assert "Asking about Grants, too, lets us ask 1 more; we can't promise. Eve E." in owner
    assert "2 · Nobody they could meet is here yet." in desk
    assert "Eve E. , Fay E." in desk
    for word in ("Python", "Writing", "Grants"):
        assert word not in desk
    for word in ("unserved", "rejected", "declined", "worst"):
        assert word not in (owner + desk).lower()


def test_who_wants_none_waits_for_none(stage: Stage) -> None:
    stage.here(CLEO, DAN, a_person("Gil", "mentee", consents=Consents(introductions=False)))
    stage.system.client("introductions").post(stage.day(CLEO), data={"pause": "yes"})
    assert six(stage.system)["waiting"] == "1"
    assert "Everybody who is here" not in text(crew(stage.system).get("/board/conf"))


def test_an_empty_board_says_what_will_appear_and_the_next_step(system: System) -> None:
    stage = Stage(system, a_conference())
    nobody = text(crew(system).get("/board/conf"))
    assert "Nobody is checked in yet As people arrive you see here who waits" in nobody
    assert "To the check-in desk" in nobody
    tomorrow = date(2026, 11, 24)
    stage.publish(
        days=(Day(date=tomorrow, blocks=(Block(start="14:00", end="16:00"),)),), slots=slots(tomorrow, "14:00", 2)
    )
    another = text(crew(system).get("/board/conf"))
    assert "Today is no day of this conference On its days you see here" in another
    assert "The next one is Tuesday, 24 November 2026. Print the posters" in another
    system.clock.set(stage.conference.slots[-1].ends_at + timedelta(days=1))
    assert "It is over. What came of it is counted now. Did they keep talking?" in text(crew(system).get("/board/conf"))


def test_somebody_is_found_by_name_with_her_meetings_of_today(stage: Stage) -> None:
    browser = crew(stage.system, "desk")
    assert "Ben Example 14:00, table 1, Ana E., both said yes here" in text(browser.get("/board/conf?q=bén+ex"))
    assert "Ben Example 14:00" in text(browser.get(f"/board/conf?who={BEN.attendee}"))
    assert "Nobody of that name." in text(browser.get("/board/conf?q=zoe"))
    assert f"/desk/conf/slip/{BEN.attendee}" in browser.get("/board/conf?q=ben").text


def test_somebody_is_found_by_her_code_and_a_code_of_another_conference_is_called_that(stage: Stage) -> None:
    browser, code = crew(stage.system, "desk"), stage.system.introductions.links.door_code(BEN.attendee, BEN.person)
    for typed in (code, in_groups(code), f"http://localhost/q/{code}"):
        found = text(browser.get("/board/conf", query_string={"q": typed}))
        assert ("Ben Example 14:00" in found, "Ana Example" in found) == (True, False)
    for typed in ("abc2 def3 gh4i", "http://localhost/q/elsewhere"):
        none = text(browser.get("/board/conf", query_string={"q": typed}))
        assert ("it may be of another conference" in none, "Nobody of that name" in none) == (True, False)
    assert "Nobody of that name or with that code." in text(browser.get("/board/conf?q=abcd efgh ijkl"))


def test_the_wall_shows_figures_and_no_name_unless_somebody_asks_for_names(stage: Stage) -> None:
    at(stage, 1)
    is_here(stage, ANA)
    plain, named = (text(crew(stage.system).get(f"/board/conf/wall{more}")) for more in ("", "?names=yes"))
    assert six(stage.system, path="/board/conf/wall")["alone"] == "1"
    assert ("table 1, since 14:01" in plain, "Ana" in plain, "Ben" in plain) == (True, False, False)
    assert "table 1, since 14:01, Ana E." in named


@pytest.mark.parametrize("path", ["", "/live", "/wall", "/wall/live", "/screens"])
def test_the_board_of_others_is_not_there(stage: Stage, path: str) -> None:
    mine = crew(stage.system).get(f"/board/conf{path}")
    foreign = crew(stage.system, account="7" * 32)
    seen = {"If-None-Match": mine.headers.get("ETag", "")}  # not even that nothing is new is for them
    answers = [foreign.get(f"/board/conf{path}", headers=headers) for headers in ({}, seen)]
    assert (mine.status_code, [answer.status_code for answer in answers]) == (200, [404, 404])
    assert crew(stage.system).get(f"/board/nothing{path}").status_code == 404


def test_a_device_that_is_left_alone_locks_itself_though_its_board_looks_again(stage: Stage) -> None:
    until = (stage.system.clock.now() + timedelta(days=1)).isoformat()
    device = crew(stage.system, "desk", kind="device", until=until, conferences=["conf"])
    found = []
    for _minute in range(6):
        found.append(device.get("/board/conf/live", headers={"X-Idle": "1"}).status_code)
        stage.system.clock.advance(timedelta(minutes=1))
    assert found == [200] * 5 + [303]  # the script then loads the page as it now is: the PIN comes first


def test_a_board_on_which_nothing_is_new_is_not_made_again_for_whoever_looks(marked: Stage) -> None:
    browser, other = crew(marked.system), crew(marked.system)
    first = browser.get("/board/conf/live")
    assert (first.status_code, first.headers["X-Every"]) == (200, "3")
    assert first.text.strip() in browser.get("/board/conf").text
    seen = {"If-None-Match": first.headers["ETag"]}
    with statements(marked) as asked:
        answers = [one.get("/board/conf/live", headers=seen) for one in (browser, other)]
    assert [(answer.status_code, answer.text) for answer in answers] == [(304, "")] * 2
    # Whether the session was ended is always asked; the mark only where there is no Redis.
    assert len(asked) == (2 if marked.system.introductions.marks else 4)


def test_whatever_happens_in_the_room_is_on_the_board_at_the_next_look(marked: Stage) -> None:
    happened: list[int] = []

    def look(etag: str) -> tuple[int, str]:
        answer = crew(marked.system).get("/board/conf/live", headers={"If-None-Match": etag})
        return answer.status_code, answer.headers["ETag"]

    _status, etag = look("")
    ready = marked.day(BEN) + "/ready"
    for happens in (
        lambda: marked.here(CLEO),
        lambda: marked.system.client("introductions").post(marked.day(CLEO), data={"pause": "yes"}),
        lambda: marked.system.client("introductions").post(marked.day(CLEO), data={"pause": "no"}),
        lambda: marked.left(CLEO),
        lambda: marked.publish(meeting_points=(replace(marked.conference.meeting_points[0], tables=3),)),
        lambda: marked.system.client("introductions").post(ready, data={"late": "5"}),
        lambda: at(marked, 1),
        lambda: is_here(marked, ANA),
    ):
        happens()
        status, etag = look(etag)
        happened.append(status)
        happened.append(look(etag)[0])
    # That somebody comes five minutes later, long before her meeting, changes nothing on the board.
    assert happened == [200, 304] * 5 + [304, 304] + [200, 304] * 2


def test_time_alone_makes_another_board_with_every_minute(marked: Stage) -> None:
    browser = crew(marked.system)
    etag = browser.get("/board/conf/live").headers["ETag"]
    found = []
    for seconds in (59, 60):
        marked.system.clock.set(marked.system.clock.now().replace(second=0) + timedelta(seconds=seconds))
        found.append(browser.get("/board/conf/live", headers={"If-None-Match": etag}).status_code)
    assert found == [304, 200]


def test_names_are_as_a_room_may_read_them(stage: Stage) -> None:
    page = crew(stage.system).get("/board/conf").text
    assert (name_of(ANA.attendee), "Ana E." in page, "Example" in page) == ("Ana", True, False)
