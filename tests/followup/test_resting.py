"""Pause, again in a week, leave alone: one tap each from the page behind a mail, taken back by another, and no answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.contracts import AttendeeWithdrawn, IntroductionMet
from tests.followup.story import Story, a_conference, local

EVENING, CLOSE, WEEK, MONTH, QUARTER = (
    *("2026-11-23 20:00", "2026-11-26 20:00", "2026-11-30 10:00"),
    *("2026-12-23 10:00", "2027-02-22 10:00"),
)
FINISH = "2027-03-24 10:00"


def tap(story: Story, page: str, what: str, **form: str) -> Any:
    """One tap on the page behind a mail, as a browser without a script sends it."""
    return story.system.client("followup").post(f"{page}/{what}", data=form)


def asked(story: Story) -> list[tuple[str, ...]]:
    """(attendee, question) of every follow_up.asked."""
    return [event[1:] for event in story.told() if event[0] == "follow_up.asked"]


def check_ins(story: Story, name: str) -> list[str]:
    """The mails with a check-in that somebody got."""
    return [mail.text for mail in story.mails_to(name) if "Have you been in touch since?" in mail.text]


def test_a_pause_lets_questions_wait_and_they_come_as_one_when_it_ends(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    pair = story.met(ana, ben)
    story.met(ana, cleo, "20261124-1420")
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    assert tap(story, page, "pause", months="1").status_code == 303
    assert "You paused our questions. We ask you again from Wednesday 30 December on." in story.get(page).text
    for moment in ("2026-12-01 10:00", MONTH, "2026-12-24 10:00"):
        story.at(moment)
    assert len(check_ins(story, "ana")) == 1
    story.at("2026-12-30 10:00")
    (both,) = check_ins(story, "ana")[1:]
    assert [name in both for name in ("Ben", "Cleo")] == [True, True]
    assert sorted(question for who, question in asked(story) if who == ana) == ["month", "month", "week"]
    assert story.post(story.page_of(story.mails_to("ana")[-1]), pair, "month", "talked").status_code == 303


def test_nothing_counts_as_silence_in_a_pause_and_the_other_is_asked_as_before(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    tap(story, story.page_of(story.mails_to("ana")[-1]), "pause", months="3")
    for moment in (MONTH, QUARTER, "2027-03-01 10:00", FINISH):
        story.at(moment)
    assert ("relationship.lapsed",) not in story.told(), "Ben fell silent, Ana rests"
    assert [question for who, question in asked(story) if who == ana] == ["evening", "week", "quarter"]
    assert [question for who, question in asked(story) if who == ben] == ["evening", "week"]
    assert story.told()[-1] == ("follow_up.asked", ana, "quarter"), "her pause ended on 1 March"
    story.at("2027-03-31 11:00")
    assert story.told()[-1] == ("relationship.ended", "finished"), "thirty days after the last question to anybody"


def test_a_pause_that_is_taken_back_asks_at_once_what_had_waited(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    tap(story, page, "pause", months="3")
    tap(story, page, "pause", months="1")
    story.at(MONTH)
    assert len(check_ins(story, "ana")) == 1
    story.system.clock.set(local("2026-12-28 12:00"))
    assert tap(story, page, "pause", months="0").status_code == 303
    story.run()
    assert len(check_ins(story, "ana")) == 2
    assert "You paused" not in story.get(page).text
    story.at("2026-12-30 10:00")
    assert len(check_ins(story, "ana")) == 2, "once"


def test_a_pause_over_two_questions_asks_the_later_one_only(story: Story) -> None:
    changed = a_conference(follow_up_days=(7, 10, 20))
    story.tell(type(changed)(**{**vars(changed), "version": 2}))
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at(WEEK)
    tap(story, story.page_of(story.mails_to("ana")[-1]), "pause", months="1")
    for moment in ("2026-12-03 10:00", "2026-12-13 10:00", "2026-12-30 10:00"):
        story.at(moment)
    assert [question for who, question in asked(story) if who == ana] == ["week", "quarter"]
    assert len(check_ins(story, "ana")) == 2


def test_a_mail_that_waits_to_be_sent_waits_for_the_end_of_a_pause(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    story.system.clock.set(local(MONTH))
    while story.system.followup.due_turn():
        pass
    tap(story, page, "pause", months="1")
    story.run()
    assert [len(check_ins(story, name)) for name in ("ana", "ben")] == [1, 2]
    story.at("2027-01-22 09:59")
    assert len(check_ins(story, "ana")) == 1
    story.at("2027-01-22 10:00")
    assert len(check_ins(story, "ana")) == 2


def test_a_question_comes_again_in_a_week_once_and_is_no_silence_meanwhile(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    page = story.page_of(story.mails_to("ana")[-1])
    assert tap(story, page, "snooze", relationship=pair, question="week").status_code == 303
    assert "We ask you this again on Monday 7 December." in story.get(page).text
    story.at("2026-12-07 09:59")
    assert len(check_ins(story, "ana")) == 1
    for moment in ("2026-12-07 10:00", "2026-12-08 10:00"):
        story.at(moment)
    assert len(check_ins(story, "ana")) == 2
    assert asked(story).count((ana, "week")) == 1, "it was put to her once, that she wanted it later is no news"
    newest = story.page_of(story.mails_to("ana")[-1])
    assert story.post(newest, pair, "week", "talked").status_code == 303
    refused = tap(story, newest, "snooze", relationship=pair, question="week")
    assert (refused.status_code, "You have answered this question already." in refused.text) == (409, True)


def test_again_in_a_week_is_taken_back_and_an_answer_ends_it_too(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    pages = [story.page_of(story.mails_to(name)[-1]) for name in ("ana", "ben")]
    for page in pages:
        tap(story, page, "snooze", relationship=pair, question="week")
    tap(story, pages[0], "snooze", relationship=pair, question="week", again="no")
    story.post(pages[1], pair, "week", "wrote")
    assert ["We ask you this again" in story.get(page).text for page in pages] == [False, False]
    story.at("2026-12-07 10:00")
    assert [len(check_ins(story, name)) for name in ("ana", "ben")] == [1, 1]


def test_a_pair_left_alone_is_asked_about_no_more_and_nobody_learns_whose_wish_it_was(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    pages = {name: story.page_of(story.mails_to(name)[-1]) for name in ("ana", "ben")}
    assert tap(story, pages["ana"], "leave", relationship=pair).status_code == 303
    story.run()
    assert story.told()[-1] == ("relationship.ended", "finished")
    shown = {name: story.get(page).text for name, page in pages.items()}
    assert "As you wished, neither of you is asked about this meeting any more." in shown["ana"]
    assert "Nothing more is asked about this meeting." in shown["ben"]
    assert "As you wished" not in shown["ben"]
    for moment in (MONTH, QUARTER, FINISH):
        story.at(moment)
    assert asked(story)[4:] == []


def test_an_end_by_leaving_reads_like_every_other_end(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    left, complete = story.met(ana, ben), story.met(cleo, ben, "20261123-1500")
    story.at(WEEK)
    tap(story, story.page_of(story.mails_to("ana")[-1]), "leave", relationship=left)
    story.post(story.page_of(story.mails_to("cleo")[-1]), complete, "week", "complete")
    page = story.get(story.page_of(story.mails_to("ben")[-1])).text
    cards = [re.sub(r"[0-9a-f]{32}|Ana|Cleo|\d\d:\d\d", "", card) for card in page.split('<section class="card"')[1:]]
    assert cards[0].split("</section>")[0] == cards[1].split("</section>")[0]


def test_leaving_is_taken_back_by_whoever_left_and_by_nobody_else(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    pages = [story.page_of(story.mails_to(name)[-1]) for name in ("ana", "ben")]
    tap(story, pages[0], "leave", relationship=pair)
    tap(story, pages[1], "leave", relationship=pair, again="yes")
    story.run()
    assert story.told()[-1] == ("relationship.ended", "finished")
    tap(story, pages[1], "leave", relationship=pair)
    tap(story, pages[0], "leave", relationship=pair, again="yes")
    story.run()
    assert story.told()[-1] == ("relationship.ended", "finished"), "Ben wants it left alone, too"
    tap(story, pages[1], "leave", relationship=pair, again="yes")
    story.run()
    assert story.told()[-1] == ("relationship.resumed",)
    story.at(MONTH)
    assert [len(check_ins(story, name)) for name in ("ana", "ben")] == [2, 2]


def test_a_pair_starts_once_however_often_it_is_left_alone_and_taken_back(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    for _ in range(3):
        tap(story, page, "leave", relationship=pair)
        tap(story, page, "leave", relationship=pair, again="yes")
    story.run()
    told = [one for one in story.told() if one[0].startswith("relationship.")]
    assert told == [
        ("relationship.started",),
        *[("relationship.ended", "finished"), ("relationship.resumed",)] * 3,
    ]


def test_a_meeting_left_alone_before_anybody_said_that_it_took_place_is_asked_about_no_more(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.accepted(ana, ben)
    story.at(EVENING)
    page = story.page_of(story.mails_to("ana")[0])
    tap(story, page, "leave", relationship=pair)
    story.tell(story.introduction(IntroductionMet, ana, ben, 3, told_by="desk"))
    assert story.told()[-2:] == [("relationship.started",), ("relationship.ended", "finished")]
    story.at(WEEK)
    assert [len(check_ins(story, name)) for name in ("ana", "ben")] == [0, 0]
    tap(story, page, "leave", relationship=pair, again="yes")
    story.at(MONTH)
    assert [len(check_ins(story, name)) for name in ("ana", "ben")] == [1, 1]
    assert story.told().count(("relationship.started",)) == 1


def test_who_left_gives_no_contact_away_and_the_close_comes_in_the_same_words(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    pages = [story.page_of(story.mails_to(name)[0]) for name in ("ana", "ben")]
    story.post(pages[0], pair, "continue", "yes")
    before = story.get(pages[1]).text
    tap(story, pages[0], "leave", relationship=pair)
    assert story.get(pages[1]).text == before, "while it is open nobody reads an answer out of it"
    assert story.post(pages[1], pair, "continue", "yes").status_code == 303
    story.run()
    assert len(story.mails) == 2
    story.at(CLOSE)
    assert [mail.subject for mail in story.mails[2:]] == ["After PyConf", "After PyConf"]


def test_back_while_the_question_is_open_two_yeses_count(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    pages = [story.page_of(story.mails_to(name)[0]) for name in ("ana", "ben")]
    for page in pages:
        tap(story, pages[0], "leave", relationship=pair)
        story.post(page, pair, "continue", "yes")
    tap(story, pages[0], "leave", relationship=pair, again="yes")
    story.run()
    assert story.told()[-2:] == [("relationship.resumed",), ("relationship.continued_by_both",)]


def test_nobody_comes_back_to_a_pair_of_which_one_withdrew(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    tap(story, page, "leave", relationship=pair)
    story.tell(story.attendee_event(ben, AttendeeWithdrawn, 2, status="withdrawn"))
    refused = tap(story, page, "leave", relationship=pair, again="yes")
    assert (refused.status_code, "Nothing more is asked about this meeting." in refused.text) == (409, True)


@pytest.mark.parametrize(
    ("what", "form", "status"),
    [
        ("pause", {}, 422),
        ("pause", {"months": "2"}, 422),
        ("pause", {"months": "1" * 5000}, 422),
        ("snooze", {"question": "week"}, 422),
        ("snooze", {"relationship": "x", "question": "week"}, 422),
        ("snooze", {"relationship": "0" * 32, "question": "week"}, 404),
        ("snooze", {"relationship": "ours", "question": "continue"}, 422),
        ("snooze", {"relationship": "ours", "question": "quarter"}, 409),
        ("snooze", {"relationship": "ours", "question": "week", "again": "ja"}, 422),
        ("leave", {"relationship": "0" * 32}, 404),
        ("leave", {"relationship": "ours", "again": "\x00"}, 422),
        ("leave", {}, 422),
    ],
)
def test_bad_input_is_a_sentence_and_changes_nothing(
    story: Story, what: str, form: dict[str, str], status: int
) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    page = story.page_of(story.mails_to("ana")[-1])
    before = story.get(page).text
    sent = {name: pair if value == "ours" else value for name, value in form.items()}
    answered = tap(story, page, what, **sent)
    assert answered.status_code == status
    assert status == 404 or "There is a problem" in answered.text
    assert story.get(page).text == before
    assert story.system.client("followup").get(f"{page}/{what}").status_code == 405, "only a form gets there"
