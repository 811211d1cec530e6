"""How a pair stands: every state, what leads to it, and that silence leads nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.followup import policies
from services.followup.domain import Relationship, states
from services.followup.domain.answering import answer
from services.followup.domain.definitions import standing
from tests.followup.story import Story, a_conference

DAY = date(2026, 11, 23)
MET = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)
CONFERENCE = a_conference()
EVENING, CLOSE = policies.evening_at(CONFERENCE, DAY), policies.closes_at(CONFERENCE, DAY)
WEEK, MONTH, QUARTER = (policies.asked_at(CONFERENCE, DAY, question) for question in policies.CHECK_INS)
LATER = MET + timedelta(days=400)


def a_pair(**what: Any) -> Relationship:
    """Two who met, known to follow-up."""
    known = {"id": "p", "account": "x", "conference": "c", "mentor": "ana", "mentee": "ben"}
    return Relationship(**known, **{"state": "met", "met_at": MET, "started": True} | what)


def asked(pair: Relationship, question: str, at: datetime) -> Relationship:
    """Both were asked."""
    for one in pair.people:
        pair = pair.note(one, question, replace(pair.question(one, question), asked_at=at))
    return pair


def said(pair: Relationship, who: str, question: str, word: str, at: datetime) -> Relationship:
    """One of the two answered."""
    return answer(pair, who, question, word, at, by_key=True)[0]


def names(pair: Relationship, now: datetime = LATER, pauses: Any = ()) -> list[str]:
    """The states it was in."""
    return [state for state, _since in states.history(pair, now, CLOSE, pauses)]


def test_every_state_is_reached_and_every_line_of_the_tables_leads_to_one() -> None:
    reached = {*states.HOW_FAR.values(), *states.GOES_ON.values()} - {"open"}
    assert reached == set(states.STATES)
    assert {state for state, _what in states.HOW_FAR} <= {"", *states.HOW_FAR.values()}
    assert {state for state, _what in states.GOES_ON} <= {"open", *states.GOES_ON.values()}


def test_a_pair_of_whom_nobody_said_that_they_met_has_no_state() -> None:
    assert names(a_pair(started=False, met_at=None, state="accepted")) == []


def test_a_whole_life_with_its_instants() -> None:
    pair = asked(a_pair(), "evening", EVENING)
    at = [EVENING + timedelta(hours=hour) for hour in (1, 2)]
    pair = said(said(pair, "ana", "continue", "yes", at[0]), "ben", "continue", "yes", at[1])
    pair = said(asked(pair, "week", WEEK), "ben", "week", "talked", WEEK)
    pair = said(asked(pair, "month", MONTH), "ana", "month", "met", MONTH)
    pair = said(asked(pair, "quarter", QUARTER), "ana", "quarter", "complete", QUARTER)
    assert states.history(pair, LATER, CLOSE, [(MONTH + timedelta(days=1), MONTH + timedelta(days=31))]) == (
        ("met", MET),
        ("deciding", EVENING),
        ("both_want", at[1]),
        ("in_touch", WEEK),
        ("regular", MONTH),
        ("paused", MONTH + timedelta(days=1)),
        ("regular", MONTH + timedelta(days=31)),
        ("ended", QUARTER),
    )
    assert names(pair, EVENING) == ["met", "deciding"], "nothing of what comes later"


def test_a_no_a_silence_and_one_yes_are_one_state_and_the_close_ends_the_deciding() -> None:
    silence = asked(a_pair(), "evening", EVENING)
    no = said(silence, "ana", "continue", "no", EVENING)
    one_yes = said(no, "ben", "continue", "yes", EVENING)
    found = [states.history(pair, now, CLOSE) for pair in (silence, no, one_yes) for now in (EVENING, CLOSE)]
    assert found == [(("met", MET), ("deciding", EVENING)), (("met", MET), ("deciding", EVENING), ("met", CLOSE))] * 3


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, "met"),
        ({"week": "wrote"}, "met"),
        ({"week": "not_yet", "month": "not_yet"}, "met"),
        ({"week": "talked"}, "in_touch"),
        ({"week": "talked", "quarter": "talked"}, "in_touch"),
        ({"week": "talked", "month": "not_yet", "quarter": "met"}, "in_touch"),
        ({"week": "talked", "month": "met"}, "regular"),
        ({"month": "met", "quarter": "met"}, "regular"),
        ({"week": "met", "regular": "yes"}, "regular"),
        ({"week": "met", "regular": "no"}, "in_touch"),
        ({"week": "complete"}, "ended"),
    ],
)
def test_regular_is_two_questions_in_a_row_or_their_own_word(answers: dict[str, str], state: str) -> None:
    pair = a_pair()
    for number, (question, word) in enumerate(answers.items()):
        pair = said(pair, ("ana", "ben")[number % 2], question, word, WEEK + timedelta(days=number))
    assert names(pair)[-1] == state


def test_an_answer_that_was_changed_counts_as_what_it_says_now() -> None:
    pair = said(a_pair(), "ana", "week", "talked", WEEK)
    assert names(said(pair, "ana", "week", "not_yet", MONTH)) == ["met"]
    other = said(pair, "ben", "week", "not_yet", MONTH)
    assert (names(other), other.as_of("week")) == (["met", "in_touch"], "yes"), "either side's word counts"


def test_a_late_word_after_a_lapse_is_contact_and_nobody_is_asked_again() -> None:
    pair = replace(a_pair(), lapsed_at=MONTH)
    late = said(pair, "ana", "month", "met", QUARTER)
    assert (names(pair), names(late), late.over) == (["met", "lapsed"], ["met", "lapsed", "in_touch"], True)


def test_a_pause_of_either_side_rests_the_pair_and_contact_by_the_other_shows() -> None:
    pauses = [(WEEK, MONTH), (WEEK + timedelta(days=1), MONTH + timedelta(days=5))]
    assert states.history(a_pair(), LATER, CLOSE, pauses) == (("met", MET), ("paused", WEEK), ("met", pauses[1][1]))
    told = said(a_pair(), "ben", "week", "talked", WEEK + timedelta(days=2))
    assert names(told, pauses=pauses) == ["met", "paused", "in_touch"]


def test_unknown_is_a_state_of_its_own_and_never_a_no() -> None:
    found = {words: standing(words) for words in [(), ("wrote",), ("not_yet", "talked"), ("complete",)]}
    assert found == {(): "unknown", ("wrote",): "no", ("not_yet", "talked"): "yes", ("complete",): "no"}


WORD = st.sampled_from(policies.HOW_IT_GOES)
SAID = st.tuples(st.sampled_from(("ana", "ben")), st.sampled_from(policies.CHECK_INS), WORD)


@settings(max_examples=200, deadline=None)
@given(said_=st.lists(SAID, max_size=8), lapse=st.booleans(), pauses=st.lists(st.integers(0, 300), max_size=3))
def test_whatever_is_said_the_history_goes_forward_in_time_and_from_state_to_state(
    said_: list[tuple[str, str, str]], lapse: bool, pauses: list[int]
) -> None:
    pair = asked(a_pair(), "evening", EVENING)
    for number, (who, question, word) in enumerate(said_):
        pair = said(pair, who, question, word, WEEK + timedelta(days=10 * number))
    if lapse:
        pair, _events = pair.lapse(LATER)
    spans = [(MET + timedelta(days=day), MET + timedelta(days=day + 30)) for day in pauses]
    steps = states.history(pair, LATER, CLOSE, spans)
    assert [at for _state, at in steps] == sorted(at for _state, at in steps)
    assert all(one.state != other.state for one, other in zip(steps, steps[1:], strict=False))
    assert steps[0] == ("met", MET)
    assert (steps[-1].state == "ended") == (pair.ended_at is not None)
    reported = any(pair.as_of(question) == "yes" for question in policies.CHECK_INS)
    assert reported or not {"in_touch", "regular"} & set(names(pair, pauses=spans)), "nobody is in touch by silence"
    found = list(states.happenings(pair, LATER, CLOSE, spans))
    turned = [found[number:] + found[:number] for number in range(len(found))] + [found[::-1]]
    assert {states.walk(order) for order in turned} == {steps}, "in whatever order it is told"


def test_who_is_in_touch_may_say_on_her_page_that_they_talk_regularly(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-30 10:00")
    page = story.page_of(story.mails_to("ana")[0])
    assert "Do you two talk regularly?" not in story.get(page).text
    assert story.post(page, pair, "regular", "yes").status_code == 409, "she has not said that they are in touch"
    assert [story.post(page, pair, *one).status_code for one in (("week", "talked"), ("regular", "yes"))] == [303, 303]
    assert "You said: Yes, regularly." in story.get(page).text
    story.run()
    assert story.told()[-1] == ("follow_up.answered", ana, "regular", "yes")


def test_nobody_answers_on_a_page_what_was_not_asked_yet(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    page = story.page_of(story.mails_to("ana")[0])
    refused = story.post(page, pair, "quarter", "talked")
    assert (refused.status_code, "We have not asked this yet." in refused.text) == (409, True)
    assert story.counted()["pairs"]["in_touch"]["quarter"] == {"yes": 0, "no": 0, "unknown": 1}
