"""A time that somebody keeps free: from her day to her registration and back, and what becomes of a meeting then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.introductions.stage import Stage, a_conference, a_person
from tests.system import System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee", introductions=1)
FIRST, SECOND = "20261123-1400", "20261123-1420"


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben are here and are asked for 14:00."""
    made = Stage(system, a_conference())
    made.here(ANA, BEN)
    made.quiet()
    assert made.pairs == [("Ana", "Ben", FIRST, "proposed")]
    return made


def tap(stage: Stage, slot: str = FIRST, keep: str = "free", **more: str) -> Any:
    """She taps on her day."""
    browser = stage.system.client("introductions")
    return browser.post(f"{stage.day(BEN)}/keep-free", data={"slot": slot, "keep": keep, **more})


def said_yes(stage: Stage) -> None:
    """Both."""
    for person in (ANA, BEN):
        stage.answer(stage.introductions[0], person, "accept")
    stage.quiet()


def test_the_tap_goes_on_to_her_registration_with_what_she_said(stage: Stage) -> None:
    page = stage.system.client("introductions").get(stage.day(BEN)).text
    assert page.count('<button class="secondary" name="slot"') == 6
    assert "14:00 · proposed</button>" in page
    answer = tap(stage)
    profile = stage.system.introductions.links.token("page", BEN.attendee, BEN.person, 1)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"/a/{profile}/times")


def test_what_was_proposed_for_a_time_that_she_keeps_free_moves_to_another_one(stage: Stage) -> None:
    stage.changed(BEN, available=tuple(slot.id for slot in stage.conference.slots[1:]))
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", SECOND, "proposed")]
    assert stage.events() == ["introduction.proposed", "introduction.moved"]
    page = stage.system.client("introductions").get(stage.day(BEN)).text
    assert "You keep free. Tap to be there again:" in page
    stage.changed(BEN, available=tuple(slot.id for slot in stage.conference.slots[1:]), quiet=True)
    stage.quiet()
    assert len(stage.events()) == 2  # nothing new about her times


def test_where_there_is_no_other_time_it_is_off_and_the_other_hears_of_it(stage: Stage) -> None:
    stage.changed(BEN, available=())
    stage.quiet()
    assert [status for *_pair, status in stage.pairs] == ["declined"]
    assert "won't take place" in stage.mails("Ana")[-1].text


def test_what_both_agreed_on_stays_until_she_says_that_she_is_sure(stage: Stage) -> None:
    said_yes(stage)
    asked = tap(stage)
    assert (asked.status_code, "You and Ana agreed to meet then." in asked.text) == (200, True)
    browser = stage.system.client("introductions")
    again = browser.get(f"{stage.day(BEN)}/keep-free?slot={FIRST}")
    assert (again.status_code, again.text == asked.text) == (200, True)
    assert stage.pairs == [("Ana", "Ben", FIRST, "accepted")]
    stage.changed(BEN, available=tuple(slot.id for slot in stage.conference.slots[1:]))
    stage.quiet()
    assert stage.pairs == [("Ana", "Ben", FIRST, "accepted")]  # said elsewhere, it takes nothing away
    sure = tap(stage, sure="yes")
    stage.quiet()
    assert (sure.status_code, stage.pairs) == (307, [("Ana", "Ben", SECOND, "proposed")])


def test_a_time_without_a_meeting_is_no_question_and_nonsense_is_said_to_be_so(stage: Stage) -> None:
    browser = stage.system.client("introductions")
    assert browser.get(f"{stage.day(BEN)}/keep-free?slot={SECOND}").status_code == 404
    assert browser.get(f"{stage.day(BEN)}/keep-free").status_code == 404
    for slot, keep in (("", "free"), ("<b>", "free"), (FIRST, "always")):
        assert tap(stage, slot, keep).status_code == 422
