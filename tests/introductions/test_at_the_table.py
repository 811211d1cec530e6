"""Around the table: I'm here, alone, late, free now, the goal card; and that nobody sits alone while somebody is free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.introductions import store
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


def test_whoever_is_there_first_is_in_the_right_place_and_the_other_is_told(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 1)
    status, page = table(stage, introduction, BEN)
    assert status == 303
    assert "You're in the right place. We've told Ana." in page
    assert "At 14:06 we'll look for someone else" in page
    stage.quiet()
    assert [mail.subject for mail in stage.mails("Ana")][-1] == "Ben is at table 1"
    assert "Ben is there already." in stage.system.client("introductions").get(stage.link(introduction, ANA)).text


def test_two_who_are_there_wait_for_nobody(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -5)
    table(stage, introduction, BEN)
    status, page = table(stage, introduction, ANA)
    assert (status, "You are both here." in page) == (303, True)
    stage.here(CLEO)
    at(stage, introduction, 8)
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "accepted")]
    assert [mail.subject for mail in stage.mails("Ana")][-1] != "Ben is at table 1"


def test_nobody_is_there_before_ten_minutes_before_it_starts(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -11)
    status, page = table(stage, introduction, BEN)
    assert status == 409
    assert "You can say that you are there from ten minutes before it starts until it ends." in page
    assert stage.introductions[0].here == {}


def test_who_sits_alone_for_five_minutes_gets_the_best_who_is_free_at_the_same_table(stage: Stage) -> None:
    introduction = sits_alone(stage, ANA, CLEO, 4.9)
    assert len(stage.introductions) == 1
    at(stage, introduction, 5)
    assert stage.pairs == [
        ("Ana", "Ben", "20261123-1400", "cancelled"),
        ("Ana", "Cleo", "20261123-1400", "proposed"),
    ]
    first, second = stage.introductions
    assert (first.cause, second.place.table, second.place.ends_at) == ("alone", 1, first.place.ends_at)
    assert second.answers == {"mentor": "accept", "mentee": None}
    assert [mail.subject for mail in stage.mails("Cleo")] == ["Now, table 1: would you meet Ana?"]
    assert [mail.subject for mail in stage.mails("Ben")][-1] == "The 14:00 meeting won't take place"
    assert "We found somebody else for you." in stage.system.client("introductions").get(stage.link(first, ANA)).text
    stage.answer(second, CLEO, "accept")
    stage.quiet()
    page = stage.system.client("introductions").get(stage.link(second, ANA)).text
    assert "You're in the right place. Cleo said yes and is on the way." in page
    assert "There is too little time left to look for someone else." in page
    assert stage.pairs[1] == ("Ana", "Cleo", "20261123-1400", "accepted")
    assert stage.events()[-4:] == [
        "introduction.accepted",
        "introduction.cancelled",
        "introduction.proposed",
        "introduction.accepted",
    ]


def test_where_the_first_says_no_the_next_is_asked_at_once_and_then_after_her_minutes(stage: Stage) -> None:
    (introduction,) = stage.introductions
    dora, eve = a_person("Dora", "mentee"), a_person("Eve", "mentee", wants=("writing", "grants"))
    stage.here(CLEO, dora, eve)
    at(stage, introduction, 0)
    table(stage, introduction, ANA)
    at(stage, introduction, 5)
    asked = stage.introductions[-1]
    stage.answer(asked, stage.people[asked.mentee], "decline")
    stage.quiet()
    others = [(name_of(item.mentee), item.status) for item in stage.introductions[1:]]
    assert [status for _name, status in others] == ["declined", "proposed"]
    assert {name for name, _status in others} == {"Cleo", "Dora"}  # Eve fits less
    at(stage, introduction, 8)
    assert [item.status for item in stage.introductions] == ["cancelled", "declined", "expired", "proposed"]
    assert name_of(stage.introductions[-1].mentee) == "Eve"
    at(stage, introduction, 15)
    assert [item.status for item in stage.introductions][3:] == ["expired"]
    assert stage.introductions[-1].alone_until is None
    assert [mail.subject for mail in stage.mails("Ana")][-1] != "The 14:00 meeting won't take place"


def test_who_said_that_she_is_free_now_is_asked_before_a_better_fit(stage: Stage) -> None:
    (introduction,) = stage.introductions
    eve = a_person("Eve", "mentee", wants=("writing", "grants"))
    stage.here(CLEO, eve)
    at(stage, introduction, 0)
    assert tap(stage, stage.day(eve) + "/ready", free="yes")[0] == 303
    table(stage, introduction, ANA)
    at(stage, introduction, 5)
    assert stage.pairs[-1] == ("Ana", "Eve", "20261123-1400", "proposed")


def test_a_mentee_who_sits_alone_gets_another_mentor(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(a_person("Fay", "mentor"))
    at(stage, introduction, 2)
    table(stage, introduction, BEN)
    at(stage, introduction, 7)
    assert stage.pairs[-1] == ("Fay", "Ben", "20261123-1400", "proposed")
    assert stage.introductions[-1].answers == {"mentor": None, "mentee": "accept"}


def test_where_nobody_is_free_she_may_wait_or_leave_and_nobody_is_looked_for_then(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 0)
    table(stage, introduction, ANA)
    at(stage, introduction, 6)
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "accepted")]
    assert stage.introductions[0].alone_until == introduction.place.starts_at + 7 * MINUTE
    status, page = table(stage, introduction, ANA, "go")
    assert (status, "I leave now" in page, "I'm here" in page) == (303, False, True)
    stage.here(CLEO)
    at(stage, introduction, 9)
    assert len(stage.introductions) == 1


def test_who_is_called_off_while_the_other_is_at_the_table_is_replaced_at_once(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, -3)
    table(stage, introduction, ANA)
    stage.left(BEN)
    stage.quiet()
    assert stage.pairs[-1] == ("Ana", "Cleo", "20261123-1400", "proposed")


def test_a_few_minutes_late_keep_the_meeting_and_the_other_knows_until_when(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.here(CLEO)
    at(stage, introduction, -5)
    assert tap(stage, stage.day(BEN) + "/ready", late="10")[0] == 303
    at(stage, introduction, 1)
    _status, page = table(stage, introduction, ANA)
    assert "Ben comes at 14:05." in page
    at(stage, introduction, 5.9)
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "accepted")]


def test_who_is_too_late_meets_later_where_both_are_free_else_the_other_is_free_at_once(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 3)))
    stage.here(ANA, BEN)
    stage.quiet()
    (introduction,) = stage.introductions
    agree(stage, introduction)
    at(stage, introduction, -5)
    assert tap(stage, stage.day(BEN) + "/ready", late="20")[0] == 303
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1420", "proposed")]
    assert stage.introductions[0].answers == {"mentor": None, "mentee": "accept"}
    assert tap(stage, stage.day(BEN) + "/ready", late="300")[0] == 303
    stage.here(CLEO)
    stage.quiet()
    assert stage.introductions[0].status == "cancelled"
    assert stage.introductions[0].cause == "late"
    assert stage.pairs[1:] == [("Ana", "Cleo", "20261123-1420", "proposed")]


def test_close_to_a_slot_only_those_are_asked_who_are_free_now(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1)))
    stage.registered(ANA, BEN)
    system.clock.set(stage.conference.slots[0].starts_at - 24 * MINUTE)
    stage.here(ANA, BEN)
    stage.quiet()
    assert stage.pairs == []
    client = system.client("introductions")
    assert "What is left today begins very soon." in client.get(stage.day(BEN)).text
    tap(stage, stage.day(ANA) + "/ready", free="yes")
    stage.quiet()
    assert stage.pairs == []
    tap(stage, stage.day(BEN) + "/ready", free="yes")
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "proposed")]


def test_a_goal_is_one_sentence_and_a_day_for_both_and_the_sentence_is_in_no_event(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 12)
    sentence = "Ben sends the draft, Ana reads it."
    status, page = tap(stage, stage.link(introduction, BEN) + "/goal", goal="next", sentence=sentence, by="2026-12-10")
    assert (status, f"You agreed: “{sentence[:-1]}”, by Thursday 10 December." in page) == (303, True)
    assert sentence in stage.system.client("introductions").get(stage.link(introduction, ANA)).text
    stage.quiet()
    assert stage.events()[-2:] == ["introduction.goal_agreed", "introduction.met"]
    agreed = [event for kind, event in stage.system.events() if kind == "introduction.goal_agreed"]
    assert [(event.enough, str(event.by)) for event in agreed if event] == [(False, "2026-12-10")]  # type: ignore[attr-defined]
    assert sentence not in repr(stage.system.events())


def test_this_talk_was_enough_is_as_good_an_end_and_either_can_change_it(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 12)
    for _again in range(2):
        status, page = tap(stage, stage.link(introduction, ANA) + "/goal", goal="enough", by="2026-12-10")
        assert (status, "You said together: this talk was enough." in page) == (303, True)
    tap(stage, stage.link(introduction, BEN) + "/goal", goal="next", sentence="Another talk.", by="2026-11-30")
    with stage.system.introductions.reading() as connection:
        assert store.goal(connection, introduction.id) == "Another talk."
    tap(stage, stage.link(introduction, BEN) + "/goal", goal="enough")
    stage.quiet()
    with stage.system.introductions.reading() as connection:
        assert store.goal(connection, introduction.id) is None
    assert stage.events().count("introduction.goal_agreed") == 3


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"goal": "next", "by": "2026-12-10"}, "Please write one sentence, or choose that this talk was enough."),
        (
            {"goal": "next", "sentence": "Talk.", "by": "2026-11-22"},
            "Please choose a day from today on, within a year.",
        ),
        ({"goal": "next", "sentence": "Talk.", "by": "soon"}, "Please write a date such as 2026-11-23."),
        ({"goal": "next", "sentence": "x" * 201, "by": "2026-12-10"}, "Please use at most 200 characters."),
        ({}, "This is needed."),
    ],
)
def test_a_goal_card_that_is_not_filled_in_says_what_is_missing(
    stage: Stage, said: dict[str, Any], sentence: str
) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 12)
    status, page = tap(stage, stage.link(introduction, BEN) + "/goal", **said)
    assert (status, sentence in page, said.get("sentence", "") in page) == (422, True, True)


def test_before_it_begins_there_is_no_goal_to_agree_on(stage: Stage) -> None:
    (introduction,) = stage.introductions
    status, page = tap(stage, stage.link(introduction, BEN) + "/goal", goal="enough")
    assert (status, "What you want to do next can be agreed on once the meeting has begun." in page) == (409, True)
    assert stage.introductions[0].goal is None


def test_there_are_three_ways_to_begin_for_either(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -6)
    for person in (ANA, BEN):
        page = stage.system.client("introductions").get(stage.link(introduction, person)).text
        assert page.count("<li>") == 3


def test_what_two_agreed_on_is_forgotten_with_whoever_withdraws(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, 12)
    tap(stage, stage.link(introduction, BEN) + "/goal", goal="next", sentence="Another talk.", by="2026-11-30")
    stage.withdrew(ANA)
    with stage.system.introductions.reading() as connection:
        assert store.goal(connection, introduction.id) is None


def test_while_somebody_is_at_the_table_the_other_says_yes_or_no_but_no_other_time(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 3)))
    stage.here(ANA, BEN)
    stage.quiet()
    (introduction,) = stage.introductions
    agree(stage, introduction)
    at(stage, introduction, -3)
    table(stage, introduction, ANA)
    refused = stage.answer(introduction, BEN, "other_time", slots=["20261123-1440"])
    assert (refused.status_code, refused.json["type"]) == (409, "urn:rapport:somebody-is-there")
    assert stage.pairs == [("Ana", "Ben", "20261123-1400", "accepted")]


def test_nobody_is_looked_for_in_place_of_who_leaves_the_table_herself(stage: Stage) -> None:
    (introduction,) = stage.introductions
    at(stage, introduction, -3)
    table(stage, introduction, ANA)
    stage.left(ANA)
    stage.quiet()
    assert [(item.status, item.alone_until) for item in stage.introductions] == [("cancelled", None)]
