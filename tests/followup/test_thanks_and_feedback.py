"""What one of a pair says to the other: a note of thanks by mail, two sentences on the page of the two."""

from __future__ import annotations

from typing import Any

import pytest

from shared.contracts import AttendeeChanged, ThanksSent
from tests.followup.pairs import Pair, a_pair
from tests.followup.story import Story, subjects
from tests.followup.test_pair_page import everything_stored

NOTE = "Canary: I sent it today.\nWithout you I would not have."
FEEDBACK = {"helped": "Canary questions.", "wish": "More canaries."}
THANKED = "A note of thanks for you after PyConf"
TOLD = "A few words for you after PyConf"


@pytest.fixture
def two(story: Story) -> Pair:
    """Ana and Ben, who both said yes; their mails so far are left aside."""
    return a_pair(story)


def new_mails(two: Pair, before: int) -> list[Any]:
    """What was sent since."""
    two.story.run()
    return list(two.story.mails[before:])


def test_a_note_of_thanks_reaches_the_mentor_once_with_the_name_of_who_wrote_it(two: Pair) -> None:
    before = len(two.story.mails)
    assert two.do("ben", "thanks", note=NOTE).status_code == 303
    (mail,) = new_mails(two, before)
    assert (mail.to_address, mail.subject) == ("ana@example.org", THANKED)
    assert "Ben Okri asked us to hand this to you." in mail.text
    assert NOTE in mail.text
    assert "Canary" not in " ".join(mail.text.split())[:200], "a locked screen shows the first words"
    assert "Canary: I sent it today. Without you I would not have. From Ben," in two.look("ana")
    assert "Canary: I sent it today. Without you I would not have. From you," in two.look("ben")


def test_the_event_says_that_somebody_thanked_and_not_a_word_of_it(two: Pair) -> None:
    before = len(two.story.published())
    two.do("ben", "thanks", note=NOTE)
    two.story.run()
    (event,) = two.story.published()[before:]
    assert isinstance(event, ThanksSent)
    assert (event.relationship, event.mentor, event.mentee) == (two.id, two.ana, two.ben)
    assert event.version == max(one.version for one in two.story.published()[:before]) + 1  # type: ignore[attr-defined]
    assert "Canary" not in repr(two.story.system.events())


def test_one_note_a_month_and_the_next_one_next_month(two: Pair) -> None:
    before, told = len(two.story.mails), len(two.story.published())
    two.do("ben", "thanks", note=NOTE)
    again = two.do("ben", "thanks", note="Once & more")
    assert (again.status_code, "yours of this month has left already" in again.text) == (409, True)
    two.story.at("2026-11-30 23:59")
    assert two.do("ben", "thanks", note="Once more").status_code == 409
    two.story.at("2026-12-01 00:00")
    assert two.do("ben", "thanks", note="In December").status_code == 303
    new = [mail for mail in new_mails(two, before) if mail.subject == THANKED]
    assert ["In December" in mail.text for mail in new] == [False, True]
    assert [event for event in two.story.published()[told:] if isinstance(event, ThanksSent)][1:] != []
    assert "Canary" not in str(everything_stored(two.story)), "only the newest note is kept"


def test_only_the_mentee_thanks_and_what_she_typed_is_not_lost(two: Pair) -> None:
    assert "A note of thanks for" not in two.look("ana")
    assert two.do("ana", "thanks", note=NOTE).status_code == 403
    long = two.do("ben", "thanks", note="x" * 501)
    assert (long.status_code, "Please use at most 500 characters." in long.text, "x" * 501 in long.text) == (
        422,
        True,
        True,
    )
    empty = two.do("ben", "thanks", note=" ")
    assert (empty.status_code, "This is needed." in empty.text) == (422, True)
    before = len(two.story.mails)
    assert new_mails(two, before) == []


@pytest.mark.parametrize(("who", "what", "form"), [("ben", "thanks", {"note": NOTE}), ("ben", "feedback", FEEDBACK)])
def test_no_such_mail_to_whoever_takes_none_any_more(two: Pair, who: str, what: str, form: dict[str, str]) -> None:
    story, before = two.story, len(two.story.mails)
    story.tell(story.attendee_event(two.ana, AttendeeChanged, 2, consents={"follow_up": False}))
    assert two.do(who, what, **form).status_code == 303
    assert new_mails(two, before) == []
    assert "Canary" in two.look("ana"), "it stands on her page all the same"


def test_a_stop_ends_these_mails_too(two: Pair) -> None:
    stop = str(two.story.mails_to("ana")[-1].unsubscribe_url).removeprefix("http://localhost")
    before = len(two.story.mails)
    two.story.system.client("followup").post(stop, data={"List-Unsubscribe": "One-Click"})
    two.do("ben", "thanks", note=NOTE)
    two.do("ben", "feedback", **FEEDBACK)
    assert new_mails(two, before) == []


def test_feedback_stands_on_the_page_of_the_other_and_one_mail_says_so_without_it(two: Pair) -> None:
    before = len(two.story.mails)
    assert two.do("ana", "feedback", **FEEDBACK).status_code == 303
    assert two.do("ana", "feedback", **{**FEEDBACK, "wish": "Fewer canaries."}).status_code == 303
    new = new_mails(two, before)
    assert subjects(new) == [("Ben", TOLD)]
    assert "anar" not in new[0].text + new[0].html
    assert f"{two.page('ben')}#feedback" in new[0].text
    assert "What Ana says What helped Canary questions. What I would wish for Fewer canaries." in two.look("ben")
    assert "What you say What helped Canary questions." in two.look("ana")
    assert "More canaries." not in str(everything_stored(two.story))


def test_feedback_can_be_taken_back_and_then_no_mail_tells_of_it(two: Pair) -> None:
    before = len(two.story.mails)
    two.do("ana", "feedback", **FEEDBACK)
    assert two.do("ana", "feedback", helped="", wish=" ").status_code == 303
    assert new_mails(two, before) == []
    assert "Canary" not in str(everything_stored(two.story))
    nothing = two.do("ana", "feedback", helped="", wish="")
    assert (nothing.status_code, "Please write at least one of the two sentences." in nothing.text) == (422, True)


def test_both_go_with_either_of_the_two(two: Pair) -> None:
    two.do("ben", "thanks", note=NOTE)
    two.do("ana", "feedback", **FEEDBACK)
    two.do("ben", "feedback", **FEEDBACK)
    two.story.run()
    assert "Canary" in str(everything_stored(two.story))
    two.story.forget(two.ana)
    assert "Canary" not in str(everything_stored(two.story))
