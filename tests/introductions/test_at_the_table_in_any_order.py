"""Around the table, what happens in another order than one thinks of: who goes and comes back, two who sit alone, a
conference that changes meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.introductions.domain import Introduction
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, name_of, slots
from tests.introductions.tapping import agree, at, at_one_table, sits_alone, table, tap
from tests.system import System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee")
CLEO = a_person("Cleo", "mentee")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben both said yes to 14:00, the only slot."""
    return at_one_table(system, ANA, BEN)


def look(stage: Stage, introduction: int, person: object) -> str:
    """Her page of a meeting."""
    path = stage.link(stage.introductions[introduction], person)  # type: ignore[arg-type]
    return str(stage.system.client("introductions").get(path).text)


def test_who_waited_and_went_is_not_said_to_be_there_and_may_come_back(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -5)
    table(stage, introduction, ANA)
    _status, page = table(stage, introduction, ANA, "go")
    assert "You're in the right place." not in page
    at(stage, introduction, 1)
    assert "Ana is there already." not in look(stage, 0, BEN)
    assert "Ana is at table 1" not in [mail.subject for mail in stage.mails("Ben")]
    _status, page = table(stage, introduction, BEN)
    assert "You are both here." not in page
    assert "At 14:06 we'll look for someone else" in page
    _status, page = table(stage, introduction, ANA)
    assert "You are both here." in page


def test_who_goes_while_somebody_is_asked_to_come_is_waited_for_by_nobody(stage: Stage) -> None:
    found = sits_alone(stage, ANA, CLEO)
    assert "I leave now" in look(stage, 1, ANA)
    table(stage, found, ANA, "go")
    stage.quiet()
    assert stage.pairs[1] == ("Ana", "Cleo", "20261123-1400", "cancelled")
    assert [mail.subject for mail in stage.mails("Cleo")][-1] == "The 14:08 meeting won't take place"
    assert stage.answer(found, CLEO, "accept").status_code == 409


def test_who_waits_after_a_no_may_leave_and_is_told_that_somebody_is_looked_for(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -3)
    table(stage, introduction, ANA)
    stage.answer(introduction, BEN, "decline")
    stage.quiet()
    page = look(stage, 0, ANA)
    assert ("You're in the right place." in page, "I leave now" in page) == (True, True)
    table(stage, introduction, ANA, "go")
    stage.here(CLEO)
    at(stage, introduction, 1)
    assert len(stage.introductions) == 1


def test_whoever_comes_much_later_than_agreed_is_not_waited_for_by_who_arrives_after_she_said_so(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, 1)
    tap(stage, stage.day(BEN) + "/ready", late="40")
    at(stage, introduction, 2)
    table(stage, introduction, ANA)
    stage.quiet()
    assert stage.pairs[1:] == [("Ana", "Cleo", "20261123-1400", "proposed")]


def test_who_is_waited_for_and_cannot_come_says_so_with_one_tap(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 1)
    table(stage, introduction, ANA)
    page = look(stage, 0, BEN)
    assert ("I can't come any more" in page, "Nobody there yet?" in page) == (True, False)
    _status, page = table(stage, introduction, BEN, "go")
    assert "Thank you for saying so. We look for somebody else for Ana." in page
    stage.here(CLEO)
    at(stage, introduction, 2)
    assert stage.pairs[1:] == [("Ana", "Cleo", "20261123-1400", "proposed")]
    _status, page = table(stage, stage.introductions[1], ANA, "go")
    assert "All right. Nothing is held against you." in page


def an_asked_at_once(stage: Stage) -> Introduction:
    """Ana waited at the table, and Cleo said yes to coming at once."""
    stage.answer(sits_alone(stage, ANA, CLEO), CLEO, "accept")
    stage.quiet()
    assert "Cleo said yes and is on the way." in look(stage, 1, ANA)
    return stage.introductions[1]


def test_whoever_cannot_come_after_all_is_not_said_to_be_on_the_way(stage: Stage) -> None:
    found = an_asked_at_once(stage)
    table(stage, found, CLEO, "go")
    assert "on the way" not in look(stage, 1, ANA)
    stage.quiet()
    page = look(stage, 1, ANA)
    assert ("You're in the right place." in page, "on the way" in page) == (True, False)
    table(stage, found, CLEO)
    assert "You are both here." in look(stage, 1, ANA)


def test_who_waited_and_went_is_not_said_to_be_on_the_way(stage: Stage) -> None:
    found = an_asked_at_once(stage)
    table(stage, found, ANA, "go")
    _status, page = table(stage, found, CLEO)
    assert ("We've told Ana." in page, "on the way" in page) == (True, False)
    at(stage, found, 9)
    assert [mail.subject for mail in stage.mails("Ana")][-1] == "Cleo is at table 1"


def test_who_says_that_they_did_not_meet_is_not_told_that_time_ran_out(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 1)
    table(stage, introduction, ANA)
    _status, page = tap(stage, stage.link(introduction, ANA) + "/met", met="no")
    assert "You may leave whenever you like, nothing is held against you." in page
    assert "too little time" not in page


def test_who_goes_home_after_it_began_is_not_waited_for(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, 1)
    table(stage, introduction, ANA)
    stage.left(BEN)
    stage.quiet()
    assert stage.pairs[1:] == [("Ana", "Cleo", "20261123-1400", "proposed")]


def test_who_goes_home_from_the_table_is_not_said_to_be_there(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 1)
    table(stage, introduction, ANA)
    stage.left(ANA)
    stage.quiet()
    assert "Ana is there already." not in look(stage, 0, BEN)


def test_who_is_at_the_table_is_late_no_longer(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -5)
    tap(stage, stage.day(BEN) + "/ready", late="10")
    table(stage, introduction, BEN)
    page = stage.system.client("introductions").get(stage.day(BEN)).text
    assert "You said that you come at" not in page


def test_who_taps_that_she_is_late_by_mistake_can_take_it_back(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -60)
    tap(stage, stage.day(BEN) + "/ready", late="10")
    _status, page = tap(stage, stage.day(BEN) + "/ready", late="0")
    assert "You said that you come at" not in page


def test_two_who_sit_alone_at_two_tables_meet_each_other(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1), tables=2))
    dora, eve = a_person("Dora", "mentor", offers=("python",)), a_person("Eve", "mentee", wants=("python",))
    ben = a_person("Ben", "mentee", wants=("grants",))
    stage.here(ANA, ben, dora, eve)
    stage.quiet()
    for introduction in stage.introductions:
        agree(stage, introduction)
    of = {name_of(item.mentor): item for item in stage.introductions}
    stage.changed(eve, wants=("python", "grants"))
    at(stage, of["Ana"], 0)
    table(stage, of["Ana"], ANA)
    table(stage, of["Dora"], eve)
    at(stage, of["Ana"], 5)
    assert sorted(stage.pairs) == [
        ("Ana", "Ben", "20261123-1400", "cancelled"),
        ("Ana", "Eve", "20261123-1400", "proposed"),
        ("Dora", "Eve", "20261123-1400", "cancelled"),
    ]


def test_who_was_asked_to_come_at_once_is_not_called_off_because_the_conference_was_saved(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, 0)
    table(stage, introduction, ANA)
    at(stage, introduction, 5)
    stage.publish(name="PyConf 2026")
    stage.quiet()
    assert stage.pairs[1] == ("Ana", "Cleo", "20261123-1400", "proposed")


def test_who_is_asked_to_come_before_the_slot_begins_is_not_called_off_by_that_either(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, -9)
    table(stage, introduction, ANA)
    stage.left(BEN)
    stage.quiet()
    asked = stage.introductions[1]
    assert (asked.place, asked.hold_until) == (introduction.place, introduction.place.starts_at - 6 * MINUTE)
    stage.publish(name="PyConf 2026")
    stage.quiet()
    assert stage.pairs[1] == ("Ana", "Cleo", "20261123-1400", "proposed")
    stage.answer(asked, CLEO, "accept")
    table(stage, asked, CLEO)
    assert "You are both here." in look(stage, 1, ANA)


def test_a_table_that_was_given_to_others_meanwhile_stops_neither_plans_nor_other_rescues(system: System) -> None:
    conference = a_conference(times=slots(TODAY, "14:00", 1), tables=1, propose_minutes_before_slot=0)
    stage = Stage(system, conference)
    stage.here(ANA, BEN)
    stage.quiet()
    (introduction,) = stage.introductions
    agree(stage, introduction)
    at(stage, introduction, -4)
    table(stage, introduction, ANA)
    stage.answer(introduction, BEN, "decline")
    stage.quiet()
    dora, eve = a_person("Dora", "mentor", offers=("python",)), a_person("Eve", "mentee", wants=("python",))
    stage.here(dora, eve)
    for person in (dora, eve):
        tap(stage, stage.day(person) + "/ready", free="yes")
    stage.quiet()
    agree(stage, stage.introductions[1])
    stage.here(CLEO)
    at(stage, introduction, 1)
    assert stage.pairs[1:] == [("Dora", "Eve", "20261123-1400", "accepted")]
    assert "We look for somebody else who could come now." in look(stage, 0, ANA)


def test_a_meeting_over_midnight_stays_on_her_day_until_it_ends(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "23:50", 1)))
    stage.here(ANA, BEN)
    stage.quiet()
    (introduction,) = stage.introductions
    agree(stage, introduction)
    seen = []
    for minutes in (12, 16):
        at(stage, introduction, minutes)
        page = system.client("introductions").get(stage.day(BEN)).text
        seen.append(("Now:" in page, "<h2>Today <" in page, "<h2>Later</h2>" in page))
    assert seen == [(True, True, False), (False, False, False)]
