"""The mail of the evening: to whom, when, how often."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts import (
    AttendeeChanged,
    AttendeeWithdrawn,
    IntroductionCancelled,
    IntroductionMet,
    IntroductionMissed,
    IntroductionMoved,
)
from tests.followup.story import Story, a_conference, introduction_id, local, subjects

ASKED = "A short question after PyConf"


def test_both_are_asked_at_eight_in_the_evening_and_not_before(story: Story) -> None:
    ana, ben = story.people("Ana Ruiz", "Ben Okri")
    pair = story.accepted(ana, ben)
    story.at("2026-11-23 19:59")
    assert story.mails == []
    story.at("2026-11-23 20:00")
    assert subjects(story.mails) == [("Ana", ASKED), ("Ben", ASKED)]
    assert story.told() == [("follow_up.asked", ana, "evening"), ("follow_up.asked", ben, "evening")]
    assert {event.relationship for event in story.published()} == {pair}  # type: ignore[attr-defined]


def test_one_mail_for_all_meetings_of_a_day(story: Story) -> None:
    ana, ben, cleo, dan = story.people("Ana", "Ben", "Cleo", "Dan")
    story.accepted(ana, ben, "20261123-1420")
    story.met(ana, cleo, "20261123-1500")
    story.accepted(ana, dan, "20261124-1100")
    story.at("2026-11-23 20:00")
    (mail,) = story.mails_to("ana")
    assert [name in mail.text for name in ("Ben", "Cleo", "Dan")] == [True, True, False]
    assert "Did you and Ben meet?\nMonday 23 November, 14:20 (Europe/Berlin)\n" in mail.text
    assert "Your meeting with Cleo\nMonday 23 November, 15:00 (Europe/Berlin)\n" in mail.text
    assert "You met" not in mail.text, "one of two may have said that they did not"
    story.at("2026-11-24 20:00")
    assert [mail.subject for mail in story.mails_to("ana")] == [ASKED, ASKED]
    assert "Dan" in story.mails_to("ana")[1].text


def test_nobody_is_asked_without_consent(story: Story) -> None:
    ana, ben = story.person("Ana"), story.person("Ben", follow_up=False)
    story.accepted(ana, ben)
    story.at("2026-11-23 20:00")
    assert subjects(story.mails) == [("Ana", ASKED)]
    assert story.told() == [("follow_up.asked", ana, "evening")]


def test_consent_withdrawn_in_the_afternoon_counts_in_the_evening(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.accepted(ana, ben)
    story.tell(story.attendee_event(ben, AttendeeChanged, 2, consents={"follow_up": False}))
    story.at("2026-11-23 20:00")
    assert subjects(story.mails) == [("Ana", ASKED)]


def test_a_mail_that_still_waits_is_dropped_when_she_withdraws_her_consent(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.accepted(ana, ben)
    story.system.clock.set(local("2026-11-23 20:00"))
    story.system.followup.due_turn()
    assert story.system.followup.pending()["mail"] == 2
    story.tell(story.attendee_event(ben, AttendeeChanged, 2, consents={"follow_up": False}))
    assert subjects(story.mails) == [("Ana", ASKED)]


def test_a_process_that_was_down_asks_when_it_is_back_but_not_a_day_later(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    story.accepted(ana, ben, "20261123-1420")
    story.accepted(ana, cleo, "20261124-1420")
    story.at("2026-11-24 20:01")
    assert [(name, text.count("Did you and")) for name, text in ((m.to_name, m.text) for m in story.mails)] == [
        ("Ana", 1),
        ("Cleo", 1),
    ]
    assert story.system.followup.pending()["followup"] == 0


def test_nobody_is_asked_about_a_meeting_that_was_called_off_or_missed(story: Story) -> None:
    ana, ben, cleo = story.people("Ana", "Ben", "Cleo")
    story.accepted(ana, ben)
    story.accepted(ana, cleo)
    story.tell(story.introduction(IntroductionCancelled, ana, ben, 3, cause="left"))
    story.tell(story.introduction(IntroductionMissed, ana, cleo, 3))
    story.at("2026-11-23 20:00")
    assert story.mails == []


def test_a_meeting_that_moved_to_another_day_is_asked_about_on_that_day(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.accepted(ana, ben)
    story.tell(story.introduction(IntroductionMoved, ana, ben, 3, "20261124-1420"))
    story.at("2026-11-23 20:00")
    assert story.mails == []
    story.tell(story.introduction(IntroductionMet, ana, ben, 4, told_by="desk"))
    story.at("2026-11-24 20:00")
    assert subjects(story.mails) == [("Ana", ASKED), ("Ben", ASKED)]


def test_another_hour_in_the_policy_counts_at_once(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.accepted(ana, ben)
    changed = a_conference(evening_mail_at="18:30")
    story.tell(type(changed)(**{**vars(changed), "version": 2}))
    story.at("2026-11-23 18:30")
    assert subjects(story.mails) == [("Ana", ASKED), ("Ben", ASKED)]
    story.at("2026-11-23 20:00")
    assert len(story.mails) == 2


def test_a_partner_who_withdrew_is_asked_nothing_and_not_asked_about(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.tell(story.attendee_event(ben, AttendeeWithdrawn, 2, status="withdrawn"))
    story.forget(ben)
    story.at("2026-11-23 20:00")
    assert story.mails == []
    assert story.told() == [("relationship.started",), ("relationship.ended", "withdrawn")]


def test_one_click_stops_the_mails_and_a_look_does_not(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    story.at("2026-11-23 20:00")
    url = story.mails_to("ana")[0].unsubscribe_url
    assert url is not None
    stop = url.removeprefix("http://localhost")
    assert story.get(stop).status_code == 200
    story.at("2026-11-26 20:00")
    assert [mail.subject for mail in story.mails_to("ana")] == [ASKED, "After PyConf"]
    done = story.system.client("followup").post(stop, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    story.at("2026-11-30 10:00")
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [2, 3]
    assert ("follow_up.asked", ana, "week") not in story.told()
    assert story.say(pair, ana, "week", "talked").status_code == 201
    assert "We ask you again." in story.system.client("followup").post(stop, data={"again": "yes"}).text
    story.at("2026-12-23 10:00")
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [3, 3]  # Ben never answered


def test_one_click_stops_also_a_mail_that_waits_to_be_sent(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    story.met(ana, ben)
    story.at("2026-11-23 20:00")
    stop = str(story.mails_to("ana")[0].unsubscribe_url).removeprefix("http://localhost")
    followup = story.system.followup
    story.system.clock.advance(timedelta(days=3))
    while followup.due_turn():
        pass
    assert followup.pending()["mail"] == 2
    story.system.client("followup").post(stop, data={"List-Unsubscribe": "One-Click"})
    story.system.run_until_quiet()
    assert [len(story.mails_to(name)) for name in ("ana", "ben")] == [1, 2]


def test_meetings_that_are_told_of_twice_or_before_anything_else_is_known_are_asked_about_once(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    first = story.accepted(ana, ben)
    story.accepted(ana, ben)
    assert first == introduction_id(ana, ben)
    story.at("2026-11-23 20:00")
    assert subjects(story.mails) == [("Ana", ASKED), ("Ben", ASKED)]
