"""The questions after a week, a month and a quarter: who gets them, in how many mails, when they end."""

from __future__ import annotations

import pytest

from shared.contracts import AttendeeChanged, AttendeeWithdrawn
from tests.followup.story import Story, a_conference, local, subjects

EVENING, WEEK, MONTH, QUARTER = "2026-11-23 20:00", "2026-11-30 10:00", "2026-12-23 10:00", "2027-02-22 10:00"
CLOSE, FINISH = "2026-11-26 20:00", "2027-03-24 10:00"


def asked(story: Story) -> list[tuple[str, ...]]:
    """(attendee, question) of every follow_up.asked."""
    return [event[1:] for event in story.told() if event[0] == "follow_up.asked"]


def test_a_pair_that_answers_is_asked_three_times_and_then_it_is_finished(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment, question in ((WEEK, "week"), (MONTH, "month"), (QUARTER, "quarter")):
        story.at(moment)
        story.say(pair, ana, question, "talked")
        story.say(pair, ben, question, "talked")
    story.at(FINISH)
    told = [("relationship.started",)]
    for question in ("week", "month", "quarter"):
        told += [("follow_up.asked", ana, question), ("follow_up.asked", ben, question)]
        told += [("follow_up.answered", ana, question, "talked"), ("relationship.contacted", question)]
        told += [("follow_up.answered", ben, question, "talked")]
    assert story.told() == [*told, ("relationship.ended", "finished")]
    assert [event.version for event in story.published()] == list(range(1, len(told) + 2))  # type: ignore[attr-defined]
    assert story.system.followup.pending()["followup"] == 0


def test_all_pairs_of_a_mentor_that_are_due_on_a_day_are_in_one_mail(story: Story) -> None:
    ana, ben, cleo, dan = story.people("Ana", "Ben", "Cleo", "Dan")
    story.met(ana, ben, "20261123-1000")
    story.met(ana, cleo, "20261123-1020")
    story.met(ana, dan, "20261124-1000")
    story.at(WEEK)
    (mail,) = [mail for mail in story.mails_to("ana") if "in touch" in mail.text]
    assert [name in mail.text for name in ("Ben", "Cleo", "Dan")] == [True, True, False]
    story.at("2026-12-01 10:00")
    assert "Dan" in story.mails_to("ana")[-1].text


def test_questions_of_different_rounds_that_fall_on_one_day_are_in_one_mail(story: Story) -> None:
    changed = a_conference(follow_up_days=(7, 8))
    story.tell(type(changed)(**{**vars(changed), "version": 2}))
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    pair = story.met(ana, ben, "20261123-1000")
    story.met(ana, cleo, "20261124-1000")
    story.at(EVENING)
    story.at("2026-11-24 20:00")
    before = len(story.mails_to("ana"))
    story.at("2026-11-30 10:00")
    story.say(pair, ana, "week", "talked")
    story.at("2026-12-01 10:00")
    week, both = story.mails_to("ana")[-2:]
    assert len(story.mails_to("ana")) == before + 2, "one mail a day"
    assert [name in both.text for name in ("Ben", "Cleo")] == [True, True]
    assert [name in week.text for name in ("Ben", "Cleo")] == [True, False]


def test_two_silences_end_the_mails_and_two_silent_people_end_the_pair(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    story.at(CLOSE)
    story.at(WEEK)
    story.say(pair, ben, "week", "not_yet")
    story.at(MONTH)
    assert asked(story)[2:] == [(ana, "week"), (ben, "week"), (ben, "month")]
    assert ("relationship.lapsed",) not in story.told()
    story.at(QUARTER)
    assert asked(story)[5:] == [(ben, "quarter")], "the week was answered, the month was not"


def test_both_silent_after_evening_and_week_lapse_once(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK, MONTH, QUARTER, FINISH):
        story.at(moment)
    assert asked(story) == [(ana, "evening"), (ben, "evening"), (ana, "week"), (ben, "week")]
    assert story.told()[-1] == ("relationship.lapsed",)
    assert story.told().count(("relationship.lapsed",)) == 1
    assert story.say(pair, ana, "month", "met").status_code == 201, "a late answer is welcome"
    assert story.told()[-2:] == [("follow_up.answered", ana, "month", "met"), ("relationship.contacted", "month")]


def test_a_late_answer_before_the_next_question_ends_the_silence(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK):
        story.at(moment)
    story.at("2026-12-22 10:00")
    story.say(pair, ana, "week", "wrote")
    story.at(MONTH)
    assert asked(story)[4:] == [(ana, "month")]


def test_complete_by_one_ends_it_for_both(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(WEEK)
    story.say(pair, ana, "week", "complete")
    for moment in (MONTH, QUARTER, FINISH):
        story.at(moment)
    assert story.told()[3:] == [("follow_up.answered", ana, "week", "complete"), ("relationship.ended", "complete")]
    assert story.say(pair, ben, "month", "talked").status_code == 201
    assert story.told()[-1] == ("relationship.contacted", "month")


def test_who_said_no_gets_no_mail_about_that_pair(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    pair = story.met(ana, ben, "20261123-1000")
    story.met(ana, cleo, "20261123-1020")
    story.at(EVENING)
    story.post(story.page_of(story.mails_to("ana")[0]), pair, "continue", "no")
    story.at(CLOSE)
    story.at(WEEK)
    mail = story.mails_to("ana")[-1]
    assert [name in mail.text for name in ("Ben", "Cleo")] == [False, True]
    page = story.get(story.page_of(mail)).text
    assert page.index("Cleo") < page.index("Others you met") < page.index("Ben")


def test_who_only_met_whom_she_said_no_to_gets_no_mail_at_all(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    story.post(story.page_of(story.mails_to("ana")[0]), pair, "continue", "no")
    story.at(CLOSE)
    story.at(WEEK)
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [2, 3]


@pytest.mark.parametrize(("back", "mails"), [("2026-12-03 09:59", 2), ("2026-12-03 10:01", 0)])
def test_a_question_comes_up_to_three_days_late(story: Story, back: str, mails: int) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at(back)
    assert len(story.mails) == mails
    assert story.system.followup.pending()["followup"] == 0


def test_consent_is_asked_for_again_before_every_question(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at(EVENING)
    story.say(pair, ana, "continue", "yes")
    story.tell(story.attendee_event(ana, AttendeeChanged, 2, consents={"follow_up": False}))
    story.at(CLOSE)
    story.at(WEEK)
    assert subjects(story.mails)[2:] == [("Ben", "After PyConf"), ("Ben", "A short question after PyConf")]
    story.tell(story.attendee_event(ana, AttendeeChanged, 3))
    story.at(MONTH)
    assert (ana, "month") in asked(story)


def test_a_withdrawal_ends_every_pair_of_hers_and_nobody_is_asked(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    story.met(ana, ben)
    story.met(ana, cleo)
    story.tell(story.attendee_event(ana, AttendeeWithdrawn, 2, status="withdrawn"))
    story.tell(story.attendee_event(ana, AttendeeWithdrawn, 2, status="withdrawn"))
    for moment in (WEEK, MONTH, QUARTER, FINISH):
        story.at(moment)
    assert story.told() == [("relationship.started",), ("relationship.ended", "withdrawn")] * 2 or story.told() == [
        ("relationship.started",),
        ("relationship.started",),
        ("relationship.ended", "withdrawn"),
        ("relationship.ended", "withdrawn"),
    ]
    assert story.mails == []


def test_nothing_is_published_for_nobody_who_may_be_asked(story: Story) -> None:
    ana, ben = story.person("Ana", follow_up=False), story.person("Ben", follow_up=False)
    story.met(ana, ben)
    for moment in (EVENING, CLOSE, WEEK, MONTH, QUARTER, FINISH):
        story.at(moment)
    assert story.told() == [("relationship.started",)]
    assert story.mails == []


def test_a_mail_that_never_left_is_no_silence(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    for moment in (EVENING, CLOSE):
        story.at(moment)
    story.system.clock.set(local(WEEK))
    while story.system.followup.due_turn():
        pass
    story.at("2026-12-05 10:00")  # the mailer was down for five days: too late
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [2, 2]
    story.at(MONTH)
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [3, 3]
    assert ("relationship.lapsed",) not in story.told()
    story.at(QUARTER)
    assert story.told()[-1] == ("relationship.lapsed",), "the evening and the month were silences"


def test_a_question_put_to_the_other_a_moment_ago_is_no_silence(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for moment in (EVENING, CLOSE):
        story.at(moment)
    stop = str(story.mails_to("ana")[0].unsubscribe_url).removeprefix("http://localhost")
    client = story.system.client("followup")
    client.post(stop, data={"List-Unsubscribe": "One-Click"})
    story.at(WEEK)
    client.post(stop, data={"again": "yes"})
    story.at(MONTH)
    assert [question for who, question in asked(story) if who == ana] == ["evening", "month"]
    assert ("relationship.lapsed",) not in story.told(), "Ben fell silent; Ana was asked a moment ago"
    assert story.say(pair, ana, "month", "talked").status_code == 201
