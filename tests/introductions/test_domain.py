"""What may happen to an introduction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.introductions.domain import Introduction, Place, shown, status_of
from services.introductions.domain.refusals import NotYetAccepted, TooLate
from shared.contracts import Event, IntroductionDeclined
from shared.contracts.introduction import Reason
from tests.introductions.stage import CONFERENCE, a_conference
from tests.system import NOON

CONF = a_conference()
SLOT, LATER = CONF.slots[2], CONF.slots[4]


def place(slot: Any = SLOT, table: int = 1) -> Place:
    """A table at a slot."""
    return Place(slot=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, meeting_point="foyer", table=table)


FRESH = Introduction(
    id="1" * 32,
    account=CONF.account,
    conference=CONFERENCE,
    mentor="ana",
    mentee="ben",
    version=1,
    status="proposed",
    place=place(),
    hold_until=NOON + timedelta(minutes=30),
    reasons=(Reason(kind="topic", code="grants"),),
)


def type_of(event: Event | None) -> str | None:
    """The event's name on the wire."""
    return None if event is None else event.TYPE


def both_yes() -> Introduction:
    """Accepted by both."""
    one, _ = FRESH.accept("mentor", NOON, CONF)
    two, _ = one.accept("mentee", NOON, CONF)
    return two


def test_the_first_yes_waits_and_the_second_accepts_it_once() -> None:
    one, nothing = FRESH.accept("mentor", NOON, CONF)
    two, event = one.accept("mentee", NOON, CONF)
    assert (one.status, nothing) == ("proposed", None)
    assert (two.status, type_of(event), two.version, two.sequence) == ("accepted", "introduction.accepted", 3, 1)
    assert two.accept("mentee", NOON, CONF) == (two, None)


def test_a_no_is_in_the_event_without_who_said_it() -> None:
    new, event = FRESH.decline("mentee", NOON, CONF)
    assert event == IntroductionDeclined(
        introduction=FRESH.id,
        version=2,
        at=NOON,
        account=CONF.account,
        conference=CONFERENCE,
        mentor="ana",
        mentee="ben",
    )
    assert new.decline("mentee", NOON, CONF) == (new, None)


def test_a_yes_may_become_a_no_until_it_starts() -> None:
    new, event = both_yes().decline("mentor", SLOT.starts_at - timedelta(seconds=1), CONF)
    assert (new.status, type_of(event)) == ("declined", "introduction.declined")


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_after_the_hold_nothing_can_be_answered_and_the_refusal_says_how_it_stands(word: str) -> None:
    with pytest.raises(TooLate) as refusal:
        getattr(FRESH, word)("mentor", FRESH.hold_until, CONF)
    assert refusal.value.state == shown(FRESH, CONF, FRESH.hold_until)


def test_once_it_began_nothing_can_be_answered() -> None:
    with pytest.raises(TooLate):
        both_yes().decline("mentor", SLOT.starts_at, CONF)


def test_a_no_of_the_other_cannot_be_undone() -> None:
    declined, _ = FRESH.decline("mentor", NOON, CONF)
    assert (declined.may_reopen("mentor", NOON), declined.may_reopen("mentee", NOON)) == (True, False)
    with pytest.raises(TooLate):
        declined.accept("mentee", NOON, CONF)


def test_reopening_asks_the_other_anew_under_new_links() -> None:
    declined, _ = both_yes().decline("mentor", NOON, CONF)
    again, event = declined.reopen("mentor", place(table=2), NOON + timedelta(minutes=9), NOON)
    assert (again.status, type_of(event), again.answers) == (
        "proposed",
        "introduction.proposed",
        {"mentor": "accept", "mentee": None},
    )
    assert (again.link_version, again.sequence, again.version) == (2, declined.sequence + 1, declined.version + 1)


@pytest.mark.parametrize(("with_yes", "answer"), [(False, None), (True, "accept")])
def test_another_time_keeps_the_id_and_asks_both_or_only_the_other(with_yes: bool, answer: str | None) -> None:
    new, event = both_yes().move("mentee", place(LATER), NOON + timedelta(minutes=20), NOON, with_yes=with_yes)
    assert (new.id, new.status, new.place, new.link_version, type_of(event)) == (
        FRESH.id,
        "proposed",
        place(LATER),
        2,
        "introduction.moved",
    )
    assert [new.answer_of(side) for side in ("mentor", "mentee")] == [None, answer]


def test_only_an_unanswered_hold_expires() -> None:
    expired, event = FRESH.expire(FRESH.hold_until)
    assert (expired.status, type_of(event), expired.sequence) == ("expired", "introduction.expired", 1)
    assert FRESH.expire(FRESH.hold_until - timedelta(seconds=1)) == (FRESH, None)
    accepted = both_yes()
    assert accepted.expire(FRESH.hold_until) == (accepted, None)


def test_what_has_begun_is_not_cancelled() -> None:
    accepted = both_yes()
    assert accepted.cancel("left", SLOT.starts_at) == (accepted, None)
    cancelled, event = accepted.cancel("left", NOON)
    assert (cancelled.status, cancelled.cause, type_of(event)) == ("cancelled", "left", "introduction.cancelled")
    assert cancelled.cancel("left", NOON) == (cancelled, None)


def told(*words: tuple[str, bool]) -> list[tuple[str | None, bool]]:
    """(type, contradicted) of the events that these words bring."""
    state, found = both_yes(), []
    for teller, met in words:
        state, event = state.tell(teller, met, SLOT.ends_at, CONF)
        found.append((type_of(event), getattr(event, "contradicted", False)))
    return found


def test_one_word_makes_it_met_and_the_same_word_again_is_nothing_new() -> None:
    assert told(("mentor", True), ("mentor", True), ("mentee", True)) == [
        ("introduction.met", False),
        (None, False),
        (None, False),
    ]


def test_a_no_after_a_yes_is_a_contradiction_told_once() -> None:
    assert told(("mentor", True), ("mentee", False), ("desk", False)) == [
        ("introduction.met", False),
        ("introduction.met", True),
        (None, False),
    ]


def test_a_yes_after_a_no_is_met_and_contradicted() -> None:
    assert told(("mentor", False), ("desk", False), ("mentee", True)) == [
        ("introduction.missed", False),
        (None, False),
        ("introduction.met", True),
    ]


def test_nobody_can_say_they_met_before_both_said_yes() -> None:
    with pytest.raises(NotYetAccepted):
        FRESH.tell("organizer", True, NOON, CONF)
    declined, _ = FRESH.decline("mentee", NOON, CONF)
    with pytest.raises(TooLate):
        declined.tell("organizer", True, NOON, CONF)


def test_what_nobody_reported_is_unreported_from_the_evening_mail_on() -> None:
    evening = NOON + timedelta(hours=8)  # 20:00 in Berlin
    assert status_of(both_yes(), CONF, evening - timedelta(seconds=1)) == "accepted"
    assert status_of(both_yes(), CONF, evening) == "unreported"
    missed, _ = both_yes().tell("mentor", False, SLOT.ends_at, CONF)
    assert (status_of(missed, CONF, evening), missed.met) == ("unreported", False)
    met, _ = both_yes().tell("mentor", True, SLOT.ends_at, CONF)
    assert (status_of(met, CONF, evening), met.met) == ("met", True)


def test_the_api_shows_it_like_this() -> None:
    assert shown(replace(FRESH, mentor="m" * 32, mentee="n" * 32), CONF, NOON) == {
        "id": "1" * 32,
        "mentor": "m" * 32,
        "mentee": "n" * 32,
        "slot": "20261123-1440",
        "starts_at": "2026-11-23T13:40:00Z",
        "ends_at": "2026-11-23T13:55:00Z",
        "place": "Foyer",
        "table": 1,
        "status": "proposed",
        "met": None,
        "answers": {"mentor": None, "mentee": None},
        "reasons": [{"kind": "topic", "code": "grants", "label": "Grants"}],
        "hold_until": "2026-11-23T11:30:00Z",
        "version": 1,
    }
