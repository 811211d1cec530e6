"""Days on goal cards that passed: totals without names, and one word to all of them, once to each, that can be taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from shared.contracts import AttendeeChanged, IntroductionGoalAgreed
from tests.followup.story import Story
from tests.followup.test_dashboard import logged_in

BY = date(2026, 12, 10)
AFTER, STILL, LEFT = "2026-12-11 12:00", "2026-12-11 12:04", "2026-12-11 12:05"


def with_goals(story: Story, count: int, *, first: int = 0, by: date | None = BY) -> list[tuple[str, str, str]]:
    """Pairs who met, both said yes, and chose a day."""
    made = []
    for number in range(first, first + count):
        mentor, mentee = story.people(f"Mentor{number}", f"Pupil{number}")
        pair = story.met(mentor, mentee)
        goal = story.introduction(IntroductionGoalAgreed, mentor, mentee, 4, enough=by is None, by=by)
        story.tell(goal)
        for one in (mentor, mentee):
            story.say(pair, one, "continue", "yes")
        made.append((pair, mentor, mentee))
    return made


def rows(browser: Any) -> list[str]:
    """The numbers of the table."""
    return re.findall(r'data-label="Pairs">([^<]*)<', browser.get("/outcomes/pyconf/goals").text)


def press(browser: Any) -> Any:
    """The one button of the page."""
    return browser.post("/outcomes/pyconf/goals", data=button(browser, "people"))


def take_back(browser: Any) -> Any:
    """The one button of the page while a word waits."""
    return browser.post("/outcomes/pyconf/goals", data=button(browser, "back"))


def button(browser: Any, name: str) -> dict[str, str]:
    """What the button of the page sends."""
    page = browser.get("/outcomes/pyconf/goals").text
    return {one: re.search(rf'name="{one}" value="([^"]+)"', page)[1] for one in ("csrf_token", name)}  # type: ignore[index]


def words(story: Story) -> list[str]:
    """To whom the word went, by first name."""
    return [mail.to_name for mail in story.mails if "The day that you chose" in mail.text]


def test_the_totals_are_of_those_whose_day_is_over_and_hide_small_ones(story: Story) -> None:
    owner = logged_in(story)
    with_goals(story, 3, by=None)
    assert "No day has passed yet" in owner.get("/outcomes/pyconf/goals").text
    made = with_goals(story, 11, first=10)
    story.at("2026-12-10 23:59")
    owner = logged_in(story)
    assert "No day has passed yet" in owner.get("/outcomes/pyconf/goals").text
    story.at(AFTER)
    owner = logged_in(story)
    for pair, mentor, _mentee in made[:5]:
        story.say(pair, mentor, "week", "talked")
    assert rows(owner) == ["5", "0", "6"]
    assert (
        "The day of 11 pairs is over; of 6 of them nobody has told of contact since."
        in owner.get("/outcomes/pyconf/goals").text
    )
    story.say(made[6][0], made[6][1], "week", "complete")
    assert rows(owner) == ["6", "5"]
    story.say(made[7][0], made[7][1], "week", "complete")
    assert rows(owner) == [], "four are left of whom nothing is known"
    assert not re.search("Mentor|Pupil", owner.get("/outcomes/pyconf/goals").text)


def test_the_word_goes_once_to_each_who_may_get_it(story: Story) -> None:
    made = with_goals(story, 8)
    (_told, first, _m), (stopping, second, _n), (_p, third, _o) = made[:3]
    story.at("2026-11-30 10:00")
    story.say(made[0][0], first, "week", "talked")
    story.say(stopping, second, "week", "complete")
    story.tell(story.attendee_event(third, AttendeeChanged, 2, consents={"follow_up": False}))
    story.at(AFTER)
    owner = logged_in(story)
    assert press(owner).status_code == 303
    story.at(LEFT)
    expected = sorted([f"{kind}{number}" for number in range(3, 8) for kind in ("Mentor", "Pupil")] + ["Pupil2"])
    assert sorted(words(story)) == expected
    assert "There is nobody left to write to" in owner.get("/outcomes/pyconf/goals").text
    (mail,) = [mail for mail in story.mails_to("pupil2") if "The day that you chose" in mail.text]
    assert "You and Mentor2 chose Thursday 10 December." in mail.text
    assert mail.subject == "PyConf: the day that you chose has passed"
    assert mail.unsubscribe_url is not None
    assert "wrote to pairs whose day passed" in owner.get("/outcomes/pyconf/audit").text


def test_a_button_that_is_pressed_late_or_twice_writes_to_nobody_anew(story: Story) -> None:
    with_goals(story, 6)
    story.at(AFTER)
    owner = logged_in(story)
    form = button(owner, "people")
    assert form["people"] == "12"
    answers = [owner.post("/outcomes/pyconf/goals", data=form).status_code for _ in range(2)]
    story.at(LEFT)
    answers += [owner.post("/outcomes/pyconf/goals", data=form).status_code for _ in range(2)]
    story.run()
    assert (answers, len(words(story))) == ([303, 409, 409, 409], 12)
    assert owner.post("/outcomes/pyconf/goals", data={**form, "people": "many"}).status_code == 422


def test_few_people_are_not_told_apart_and_by_night_it_waits(story: Story) -> None:
    with_goals(story, 2)
    story.at("2026-12-11 23:00")
    owner = logged_in(story)
    page = owner.get("/outcomes/pyconf/goals").text
    assert "Fewer than 5 pairs let their day pass" in page
    assert "Send it to fewer than 5 people" in page
    assert press(owner).status_code == 303
    story.run()
    assert words(story) == []
    story.at("2026-12-12 10:00")
    assert len(words(story)) == 4


def test_nothing_leaves_before_it_can_be_taken_back_no_more(story: Story) -> None:
    with_goals(story, 6)
    story.at(AFTER)
    owner = logged_in(story)
    press(owner)
    story.at(STILL)
    assert words(story) == []
    page = owner.get("/outcomes/pyconf/goals").text
    assert "It leaves on Friday 11 December, 12:05 (Europe/Berlin), to 12 people." in page
    assert (page.count("<form"), "Send it to" in page) == (2, False), "logging out, and taking it back"
    story.at(LEFT)
    assert len(words(story)) == 12
    assert "The last time it left on Friday 11 December, 12:05 (Europe/Berlin), to 12 people." in (
        owner.get("/outcomes/pyconf/goals").text
    )


def test_what_was_taken_back_reaches_nobody_and_can_be_sent_anew_once(story: Story) -> None:
    with_goals(story, 6)
    story.at(AFTER)
    owner = logged_in(story)
    press(owner)
    story.at(STILL)
    form = button(owner, "back")
    assert [owner.post("/outcomes/pyconf/goals", data=form).status_code for _ in range(2)] == [303, 409]
    assert "Taken back: nobody got it." in owner.get("/outcomes/pyconf/goals?taken_back=yes").text
    story.at("2026-12-11 12:20")
    assert words(story) == []
    assert press(owner).status_code == 303
    late = owner.post("/outcomes/pyconf/goals", data=form)
    assert (late.status_code, "It has left by now, or was taken back before." in late.text) == (409, True)
    story.at("2026-12-11 12:25")
    assert len(words(story)) == 12
    assert "took back the word to pairs whose day passed" in owner.get("/outcomes/pyconf/audit").text


def test_what_left_cannot_be_taken_back(story: Story) -> None:
    with_goals(story, 1)
    story.at(AFTER)
    owner = logged_in(story)
    press(owner)
    form = button(owner, "back")
    story.at(LEFT)
    assert owner.post("/outcomes/pyconf/goals", data=form).status_code == 409
    assert [
        owner.post("/outcomes/pyconf/goals", data={**form, "back": one}).status_code for one in ("x", "0" * 32)
    ] == [
        422,
        409,
    ]
    assert len(words(story)) == 2


def test_who_told_of_contact_while_it_waits_gets_no_word_nor_does_the_other(story: Story) -> None:
    made = with_goals(story, 6)
    story.at(AFTER)
    press(logged_in(story))
    story.say(made[0][0], made[0][1], "month", "met")
    story.at(LEFT)
    assert sorted(words(story)) == sorted(f"{kind}{number}" for number in range(1, 6) for kind in ("Mentor", "Pupil"))


def test_a_word_that_nobody_saw_to_for_days_reaches_nobody(story: Story) -> None:
    with_goals(story, 6)
    story.at(AFTER)
    owner = logged_in(story)
    press(owner)
    story.at("2026-12-15 12:00")
    assert words(story) == []
    owner = logged_in(story)
    assert button(owner, "people")["people"] == "12", "the page offers it anew"


def test_who_told_of_contact_meanwhile_gets_no_word(story: Story) -> None:
    ((pair, mentor, _mentee),) = with_goals(story, 1)
    story.at("2026-12-11 23:00")
    assert press(logged_in(story)).status_code == 303
    story.say(pair, mentor, "month", "met")
    story.at("2026-12-12 10:00")
    assert words(story) == []


def test_only_owners_see_it(story: Story) -> None:
    desk, other = logged_in(story, role="desk"), logged_in(story, account="9" * 32)
    assert [browser.get("/outcomes/pyconf/goals").status_code for browser in (desk, other)] == [403, 404]
