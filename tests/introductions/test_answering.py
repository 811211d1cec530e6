"""Answers by API: yes, another time, no, and what the other and the calendars hear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.introductions import store
from services.introductions.handlers import answering
from shared.access import DEFAULT_ACCOUNT
from shared.contracts import FollowUpAnswered
from shared.contracts.attendee import AttendeeEvent
from shared.errors import LostRace
from tests.introductions.stage import CONFERENCE, TODAY, Stage, a_conference, a_person, slots
from tests.system import NOON, System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee")


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben were proposed for 14:00."""
    made = Stage(system, a_conference())
    made.here(ANA, BEN)
    made.quiet()
    return made


def told(response: Any) -> tuple[int, str, Any]:
    """(HTTP status, status word, answers) of an answer."""
    state = response.json.get("state", response.json)
    return response.status_code, state["status"], state["answers"]


def test_two_yeses_accept_it_once_and_remind_both_ten_minutes_before(stage: Stage) -> None:
    (introduction,) = stage.introductions
    assert told(stage.answer(introduction, ANA, "accept")) == (
        201,
        "proposed",
        {"mentor": "accept", "mentee": None},
    )
    assert told(stage.answer(introduction, BEN, "accept"))[:2] == (201, "accepted")
    assert told(stage.answer(introduction, BEN, "accept"))[:2] == (200, "accepted")
    stage.quiet()
    assert stage.events() == ["introduction.proposed", "introduction.accepted"]
    stage.system.clock.set(introduction.place.starts_at - timedelta(minutes=10))
    stage.quiet()
    assert [mail.subject for mail in stage.mails("Ben")] == [
        "14:00, table 1: meet Ana (15 minutes)",
        "In a few minutes, 14:00, table 1: meet Ana",
    ]


def test_a_no_frees_both_and_only_the_other_hears_that_it_is_off(stage: Stage) -> None:
    (introduction,) = stage.introductions
    assert told(stage.answer(introduction, BEN, "decline"))[:2] == (201, "declined")
    assert told(stage.answer(introduction, BEN, "decline"))[:2] == (200, "declined")
    stage.here(a_person("Cleo", "mentee"))
    stage.quiet()
    assert stage.pairs == [
        ("Ana", "Ben", "20261123-1400", "declined"),
        ("Ana", "Cleo", "20261123-1400", "proposed"),
    ]
    assert len(stage.mails("Ben")) == 1
    off = stage.mails("Ana")[1]
    assert (off.subject, off.calendar.method if off.calendar else "") == (
        "The 14:00 meeting won't take place",
        "CANCEL",
    )
    assert "SEQUENCE:1" in (off.calendar.text if off.calendar else "")


def test_a_no_may_become_a_yes_while_all_is_free_and_the_other_is_asked_anew(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.answer(introduction, BEN, "decline")
    stage.quiet()
    assert told(stage.answer(introduction, BEN, "accept")) == (
        201,
        "proposed",
        {"mentor": None, "mentee": "accept"},
    )
    stage.quiet()
    assert stage.events() == ["introduction.proposed", "introduction.declined", "introduction.proposed"]
    assert [mail.subject for mail in stage.mails("Ana")][2:] == ["14:00, table 1: meet Ben (15 minutes)"]


def test_whoever_paused_is_asked_by_nobodys_second_thought(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.answer(introduction, ANA, "decline")
    _pauses(stage, BEN)
    assert told(stage.answer(introduction, ANA, "accept"))[:2] == (409, "declined")
    assert [mail.subject for mail in stage.mails("Ben")] == [
        "14:00, table 1: meet Ana (15 minutes)",
        "The 14:00 meeting won't take place",
    ]


def test_whoever_paused_after_both_agreed_keeps_the_time_and_is_asked_for_no_other(stage: Stage) -> None:
    (introduction,) = stage.introductions
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    _pauses(stage, BEN)
    assert told(stage.answer(introduction, ANA, "other_time", slots=["20261123-1440"]))[:2] == (409, "accepted")
    assert (
        "No other time is free for both of you"
        in stage.system.client("introductions").get(stage.link(introduction, ANA)).text
    )
    assert told(stage.answer(introduction, BEN, "other_time", slots=["20261123-1440"]))[:2] == (201, "proposed")


def _pauses(stage: Stage, person: AttendeeEvent) -> None:
    stage.system.client("introductions").post(stage.day(person), data={"pause": "yes"})
    stage.quiet()


def test_a_no_stays_a_no_once_the_other_has_something_else(system: System) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 1)))
    stage.here(ANA, BEN)
    stage.quiet()
    (introduction,) = stage.introductions
    stage.answer(introduction, BEN, "decline")
    stage.here(a_person("Cleo", "mentee"))
    stage.quiet()
    assert told(stage.answer(introduction, BEN, "accept"))[:2] == (409, "declined")


@pytest.mark.parametrize(("changes_her_mind", "status"), [("mentor", 409), ("mentee", 201)])
def test_a_late_yes_of_a_mentor_gives_a_mentee_no_more_than_she_wished_for(
    system: System, changes_her_mind: str, status: int
) -> None:
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 2)))
    early, late = ("20261123-1400",), ("20261123-1420",)
    ben = a_person("Ben", "mentee", introductions=1)
    who = {"mentor": ANA, "mentee": ben}[changes_her_mind]
    stage.here(a_person("Ana", "mentor", available=early), ben)
    stage.quiet()
    (first,) = stage.introductions
    stage.answer(first, who, "decline")
    stage.here(a_person("Mia", "mentor", available=late))
    stage.quiet()
    assert stage.pairs[1:] == [("Mia", "Ben", *late, "proposed")]
    assert stage.answer(first, who, "accept").status_code == status


def test_another_time_moves_to_the_first_free_of_them(stage: Stage) -> None:
    (introduction,) = stage.introductions
    old = stage.link(introduction, ANA)
    wanted = ["20261123-1440", "20261123-1500"]
    assert told(stage.answer(introduction, BEN, "other_time", slots=wanted)) == (
        201,
        "proposed",
        {"mentor": None, "mentee": None},
    )
    assert told(stage.answer(introduction, BEN, "other_time", slots=wanted))[0] == 200
    stage.quiet()
    (moved,) = stage.introductions
    assert (moved.id, moved.place.slot, stage.events()[-1]) == (introduction.id, wanted[0], "introduction.moved")
    assert old != stage.link(moved, ANA)
    mail = stage.mails("Ana")[-1]
    assert mail.subject == "New time 14:40, table 1: meet Ben (15 minutes)"
    assert "SEQUENCE:1" in (mail.calendar.text if mail.calendar else "")
    assert "this one is free for you both" in stage.mails("Ben")[-1].text
    assert told(stage.answer(moved, ANA, "accept")) == (201, "proposed", {"mentor": "accept", "mentee": None})
    assert told(stage.answer(moved, BEN, "accept"))[:2] == (201, "accepted")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", {"answer": "accept"}),
        ("/table", {"table": "here"}),
        ("/met", {"met": "yes"}),
        ("/goal", {"goal": "enough"}),
    ],
)
def test_the_link_of_an_earlier_time_shows_the_new_one_and_says_nothing_for_it(
    stage: Stage, path: str, said: dict[str, str]
) -> None:
    (introduction,) = stage.introductions
    old = stage.link(introduction, ANA)
    stage.answer(introduction, BEN, "other_time", slots=["20261123-1440"])
    stage.quiet()
    (moved,) = stage.introductions
    browser, new = stage.system.client("introductions"), stage.link(moved, ANA)
    page, ordinary = browser.get(old), browser.get(new)
    news = '<p class="notice" role="status">This meeting has changed since the mail that brought you here. '
    news += "This is how it stands now.</p>"
    assert news in page.text
    assert page.text.replace(news, "") == ordinary.text, "what she taps there is about the new time"
    assert browser.get(f"{old}/calendar.ics").text == browser.get(f"{new}/calendar.ics").text
    late = browser.post(old + path, data=said)
    assert (late.status_code, late.text.count("has changed since you opened this page")) == (409, 1)
    assert new in late.text
    assert old not in late.text
    assert stage.introductions == [moved]


def test_links_of_every_time_end_with_whoever_withdraws_and_come_back_with_her(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.answer(introduction, BEN, "other_time", slots=["20261123-1440"])
    browser, (moved,) = stage.system.client("introductions"), stage.introductions
    old, new = stage.link(introduction, ANA), stage.link(moved, ANA)

    def seen() -> list[int]:
        paths = [path + more for path in (old, new) for more in ("", "/calendar.ics")]
        tapped = [browser.post(path, data={"answer": "accept"}).status_code for path in (old, new)]
        return [*(browser.get(path).status_code for path in paths), *tapped]

    stage.withdrew(ANA)
    assert seen() == [404] * 6
    stage.changed(ANA, status="confirmed")
    assert seen() == [200, 200, 200, 200, 409, 409]
    assert [(item.status, item.cause) for item in stage.introductions] == [("cancelled", "withdrawn")]


def test_the_link_of_before_a_no_was_taken_back_says_nothing_of_another_time(stage: Stage) -> None:
    (introduction,) = stage.introductions
    bens, anas = stage.link(introduction, BEN), stage.link(introduction, ANA)
    client = stage.system.client("introductions")
    assert [client.post(bens, data={"answer": word}).status_code for word in ("decline", "accept")] == [303, 303]
    (again,) = stage.introductions
    assert (again.status, again.place, again.link_version) == ("proposed", introduction.place, 2)
    page, twice = client.get(anas).text, client.post(bens, data={"answer": "accept"})
    assert "This meeting has changed since the mail that brought you here." in page
    assert (twice.status_code, "has changed since you opened this page" in twice.text) == (409, True)
    assert "moved" not in page + twice.text


def test_another_time_that_is_free_for_one_only_is_refused_with_the_state(stage: Stage) -> None:
    stage.changed(ANA, available=("20261123-1400",))
    (introduction,) = stage.introductions
    response = stage.answer(introduction, BEN, "other_time", slots=["20261123-1440"])
    assert told(response)[:2] == (409, "proposed")
    assert response.json["type"] == "urn:rapport:none-free"


def test_after_the_hold_the_refusal_says_how_it_stands(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.system.advance(minutes=105)
    assert told(stage.answer(introduction, ANA, "accept"))[:2] == (409, "expired")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"attendee": "f" * 32, "answer": "accept"}, "attendee"),
        ({"attendee": ANA.attendee, "answer": "perhaps"}, "answer"),
        ({"attendee": ANA.attendee, "answer": "other_time"}, "slots"),
        ({"attendee": ANA.attendee, "answer": "other_time", "slots": ["20261123-0100"]}, "slots"),
        ({"attendee": ANA.attendee, "answer": "accept", "more": 1}, "more"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(stage: Stage, body: dict[str, Any], field: str) -> None:
    path = f"/api/v1/introductions/{stage.introductions[0].id}/answer"
    response = stage.system.api("POST", path, json=body)
    assert (response.status_code, response.json["errors"][0]["field"]) == (422, field)


def test_a_key_of_another_conference_sees_nothing(stage: Stage) -> None:
    key = stage.system.access.issue_key(key_id="e" * 32, account=DEFAULT_ACCOUNT, conferences=frozenset({"other"}))
    path = f"/api/v1/introductions/{stage.introductions[0].id}"
    assert stage.system.api("GET", path, key=key).status_code == 404
    assert stage.system.api("POST", path + "/met", key=key, json={"met": True}).status_code == 404
    assert stage.system.api("GET", "/api/v1/conferences/conf/introductions", key=key).status_code == 404


def test_a_list_comes_in_pages_and_is_empty_for_a_conference_nobody_heard_of(stage: Stage) -> None:
    stage.here(a_person("Cleo", "mentee"))
    stage.quiet()
    first = stage.system.api("GET", "/api/v1/conferences/conf/introductions?limit=1").json
    path = f"/api/v1/conferences/conf/introductions?limit=1&cursor={first['next']}"
    second = stage.system.api("GET", path).json
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert (ids, second["next"]) == ([item.id for item in stage.introductions], None)
    assert stage.system.api("GET", "/api/v1/conferences/nowhere/introductions").json == {"items": [], "next": None}


def test_the_same_call_twice_with_a_key_answers_the_same_and_is_audited_once(stage: Stage) -> None:
    (introduction,) = stage.introductions
    path, headers = f"/api/v1/introductions/{introduction.id}/answer", {"Idempotency-Key": "k1"}
    body = {"attendee": ANA.attendee, "answer": "accept"}
    first = stage.system.api("POST", path, json=body, headers=headers)
    second = stage.system.api("POST", path, json=body, headers=headers)
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert audited(stage) == ["introduction answered"]


def audited(stage: Stage) -> list[str]:
    """Actions in the audit, in order."""
    from sqlalchemy import select

    from shared.tables import audit

    with stage.system.introductions.reading() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def test_the_loser_of_a_race_is_told_that_it_lost(stage: Stage) -> None:
    (seen,) = stage.introductions
    stage.answer(seen, ANA, "accept")
    with pytest.raises(LostRace), stage.system.introductions.work() as work:
        answering.answer(seen, stage.conference, "mentee", "accept", (), work)


def accepted(stage: Stage) -> Any:
    """The introduction, both having said yes, and time at its end."""
    (introduction,) = stage.introductions
    stage.answer(introduction, ANA, "accept")
    stage.answer(introduction, BEN, "accept")
    stage.system.clock.set(introduction.place.ends_at)
    return introduction


def test_the_organizers_word_makes_it_met(stage: Stage) -> None:
    introduction = accepted(stage)
    path = f"/api/v1/introductions/{introduction.id}/met"
    answers = [stage.system.api("POST", path, json={"met": met}) for met in (True, True, False)]
    assert [(answer.status_code, answer.json["status"], answer.json["met"]) for answer in answers] == [
        (201, "met", True),
        (200, "met", True),
        (201, "met", True),
    ]
    stage.quiet()
    said = [event for kind, event in stage.system.events() if kind == "introduction.met"]
    assert [(event.told_by, event.contradicted) for event in said] == [  # type: ignore[union-attr]
        ("organizer", False),
        ("organizer", True),
    ]
    assert audited(stage)[2:] == ["meeting told"] * 2, "once for each word that was news"


def test_by_key_they_may_have_met_as_soon_as_both_said_yes(stage: Stage) -> None:
    (introduction,) = stage.introductions
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    assert stage.system.clock.now() < introduction.place.starts_at
    answer = stage.system.api("POST", f"/api/v1/introductions/{introduction.id}/met", json={"met": True})
    assert (answer.status_code, answer.json["status"], answer.json["met"]) == (201, "met", True)


def test_before_both_said_yes_nobody_can_have_met(stage: Stage) -> None:
    path = f"/api/v1/introductions/{stage.introductions[0].id}/met"
    response = stage.system.api("POST", path, json={"met": True})
    assert (response.status_code, response.json["state"]["status"]) == (409, "proposed")


@pytest.mark.parametrize(("word", "found"), [("yes", "met"), ("no", "accepted")])
def test_the_evening_mails_answer_is_that_persons_word(stage: Stage, word: str, found: str) -> None:
    introduction = accepted(stage)
    event = FollowUpAnswered(
        relationship=introduction.id,
        version=1,
        at=NOON,
        account=DEFAULT_ACCOUNT,
        conference=CONFERENCE,
        mentor=ANA.attendee,
        mentee=BEN.attendee,
        attendee=BEN.attendee,
        question="met",
        answer=word,
    )
    with stage.system.introductions.work() as work:
        answering.hear_from_follow_up(event, work)
    (after,) = stage.introductions
    assert (after.status, dict(after.words), after.met) == (found, {"mentee": word == "yes"}, word == "yes")


def test_who_got_enough_mails_today_gets_no_reminder(system: System) -> None:
    stage = Stage(system, a_conference(mails_per_day=1))
    stage.here(ANA, BEN)
    stage.quiet()
    introduction = accepted(stage)
    system.clock.set(introduction.place.starts_at - timedelta(minutes=10))
    stage.quiet()
    assert len(stage.mails()) == 2


def test_nobody_is_told_of_a_meeting_that_was_over_before_she_heard_of_it(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    system.introductions.due_turn()
    (introduction,) = stage.introductions
    with system.introductions.work() as work:
        found, conference = store.with_conference(work.connection, introduction.id)
        answering.answer(found, conference, "mentee", "decline", (), work)
    stage.quiet()
    assert stage.mails() == []
