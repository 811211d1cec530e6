"""Pages: a meeting's page, the stop, my day, the organizers' plan. Looking changes nothing, answering is one tap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from shared.access import DEFAULT_ACCOUNT
from tests.introductions.stage import Stage, a_conference, a_person
from tests.journeys.conference import BERLIN
from tests.system import NOON, System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee")


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben were proposed for 14:00."""
    made = Stage(system, a_conference())
    made.here(ANA, BEN)
    made.quiet()
    return made


def status(stage: Stage) -> tuple[str, dict[str, str | None]]:
    """How the first introduction stands."""
    first = stage.introductions[0]
    return first.status, dict(first.answers)


def test_looking_changes_nothing_and_says_when_where_who_and_why(stage: Stage) -> None:
    before = stage.introductions
    page = stage.system.client("introductions").get(stage.link(before[0], BEN))
    for words in ("14:00–14:15", "Europe/Berlin", "Foyer, table 1, by the blue sofa", "Meet Ana"):
        assert page.text.count(words) == 1
    assert "You asked about Grants; Ana can help with that." in page.text
    assert "waiting for your answer" in page.text
    assert stage.introductions == before


def test_one_tap_says_yes(stage: Stage) -> None:
    browser, path = stage.system.client("introductions"), stage.link(stage.introductions[0], BEN)
    answer = browser.post(path, data={"answer": "accept"})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert status(stage) == ("proposed", {"mentor": None, "mentee": "accept"})
    assert "you said yes, we wait for the other answer" in browser.get(path).text
    by = stage.introductions[0].hold_until.astimezone(BERLIN)
    waits = f"You said yes. Ana can answer until {by:%H:%M}; until then the table is kept for you both."
    asked = f"Please answer by {by:%H:%M}; until then the table is kept for you both."
    pages = [browser.get(path).text, browser.get(stage.link(stage.introductions[0], ANA)).text]
    assert [(waits in page, asked in page) for page in pages] == [(True, False), (False, True)]


def test_what_would_be_a_good_outcome_is_shown_once_both_said_yes(stage: Stage) -> None:
    stage.wrote(ANA, "To find somebody who asks")
    browser, (introduction,) = stage.system.client("introductions"), stage.introductions
    path = stage.link(introduction, BEN)
    seen = []
    for person in (ANA, BEN):
        seen.append("To find somebody who asks" in browser.get(path).text)
        stage.answer(introduction, person, "accept")
    stage.quiet()
    assert seen == [False, False]
    for page in (path, stage.day(BEN)):
        assert "A good outcome for Ana" in browser.get(page).text
        assert "<q>To find somebody who asks</q>" in browser.get(page).text
    assert not any("somebody who asks" in mail.text + (mail.html or "") for mail in stage.mails("Ben"))


@pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "perhaps"}, {"answer": "other_time"}])
def test_without_a_clear_choice_nothing_happens(stage: Stage, data: dict[str, str]) -> None:
    path = stage.link(stage.introductions[0], BEN)
    answer = stage.system.client("introductions").post(path, data=data)
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert status(stage) == ("proposed", {"mentor": None, "mentee": None})


def test_another_time_leads_to_the_new_link(stage: Stage) -> None:
    browser, path = stage.system.client("introductions"), stage.link(stage.introductions[0], BEN)
    answer = browser.post(path, data={"answer": "other_time", "slots": "20261123-1440"})
    (moved,) = stage.introductions
    assert answer.headers["Location"] == stage.link(moved, BEN)
    assert moved.answers == {"mentor": None, "mentee": "accept"}, "as the form says: her yes is in it"
    assert "14:40–14:55" in browser.get(answer.headers["Location"]).text


def test_other_times_are_folded_and_stand_open_for_who_comes_for_one(stage: Stage) -> None:
    browser, path = stage.system.client("introductions"), stage.link(stage.introductions[0], BEN)
    folded, opened = '<details class="no-print" id="another">', '<details class="no-print" id="another" open>'
    without = browser.post(path, data={"answer": "other_time"})
    for page, shown in ((browser.get(path), folded), (browser.get(f"{path}?another=yes"), opened), (without, opened)):
        assert shown in page.text
        assert (page.text.count("Monday 23 November</p>"), page.text.count('name="slots"')) == (1, 5)
    assert f"{path}?another=yes#another" in (stage.mails("Ben")[0].html or "")


def test_after_a_no_of_the_other_the_page_says_only_what_is_true(stage: Stage) -> None:
    browser, (introduction,) = stage.system.client("introductions"), stage.introductions
    browser.post(stage.link(introduction, BEN), data={"answer": "decline"})
    ana, ben = (browser.get(stage.link(introduction, person)).text for person in (ANA, BEN))
    assert "That happens often and is no judgement of you." in ana
    assert "Ben" not in ana
    assert "Yes after all" in ben
    browser.post(stage.link(introduction, BEN), data={"answer": "accept"})
    assert status(stage) == ("proposed", {"mentor": None, "mentee": "accept"})


def test_once_its_time_is_over_a_meeting_that_was_off_frees_no_slot(stage: Stage) -> None:
    browser, (introduction,) = stage.system.client("introductions"), stage.introductions
    browser.post(stage.link(introduction, BEN), data={"answer": "decline"})
    stage.system.clock.set(introduction.place.ends_at)
    page = browser.get(stage.link(introduction, ANA)).text
    assert ("meeting did not take place." in page, "Your slot is free" in page) == (True, False)


def test_too_late_is_said_on_the_page(stage: Stage) -> None:
    (introduction,) = stage.introductions
    stage.system.advance(minutes=105)
    answer = stage.system.client("introductions").post(stage.link(introduction, ANA), data={"answer": "accept"})
    assert (answer.status_code, "This can no longer be answered." in answer.text) == (409, True)


def test_from_its_start_on_either_says_whether_they_met(stage: Stage) -> None:
    browser, (introduction,) = stage.system.client("introductions"), stage.introductions
    for person in (ANA, BEN):
        browser.post(stage.link(introduction, person), data={"answer": "accept"})
    path = stage.link(introduction, BEN)
    assert "Did you meet?" not in browser.get(path).text
    stage.system.clock.set(introduction.place.starts_at)
    assert "Did you meet?" in browser.get(path).text
    assert browser.post(path + "/met", data={}).status_code == 422
    assert browser.post(path + "/met", data={"met": "yes"}).status_code == 303
    assert (stage.introductions[0].status, stage.introductions[0].told_by) == ("met", "mentee")
    assert "You said: we met." in browser.get(path).text


def test_a_link_of_something_else_opens_nothing(stage: Stage) -> None:
    browser = stage.system.client("introductions")
    day = stage.day(ANA).removeprefix("/d/")
    paths = ("/i/" + day, "/i/stop/" + day, "/d/" + "a" * 26, "/i/" + "a" * 26)
    assert [browser.get(path).status_code for path in paths] == [404] * 4


def stop_path(stage: Stage, person: Any) -> str:
    """The path of the one-click stop in her newest mail."""
    (mail,) = [mail for mail in stage.mails() if mail.to_address.startswith(person)][-1:]
    return str(mail.unsubscribe_url).removeprefix("http://localhost")


def test_one_click_stops_introductions_until_she_wants_them_again(stage: Stage) -> None:
    browser, path = stage.system.client("introductions"), stop_path(stage, "ben")
    assert browser.get(path).status_code == 200
    assert status(stage)[0] == "proposed"
    assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    stage.quiet()
    assert [(item.status, item.cause) for item in stage.introductions] == [("cancelled", "consent")]
    assert len(stage.mails("Ben")) == 1
    stage.here(a_person("Cleo", "mentor"))
    stage.quiet()
    assert len(stage.pairs) == 1
    assert "You paused introductions" in browser.get(stage.day(BEN)).text
    browser.post(stage.day(BEN), data={"pause": "no"})
    stage.quiet()
    assert stage.pairs[1][:2] == ("Cleo", "Ben")


def test_one_click_stops_also_mails_about_introductions_that_wait_to_be_sent(stage: Stage) -> None:
    (introduction,) = stage.introductions
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    before = stage.mails("Ben")
    stage.answer(introduction, ANA, "decline")
    stage.system.client("introductions").post(stop_path(stage, "ben"), data={"List-Unsubscribe": "One-Click"})
    stage.quiet()
    assert (stage.introductions[0].status, stage.mails("Ben")) == ("declined", before)


def test_reminders_are_stopped_alone_and_come_back(stage: Stage) -> None:
    (introduction,), browser = stage.introductions, stage.system.client("introductions")
    stage.changed(BEN, introductions=3)
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    stage.system.advance(hours=1, minutes=50)
    assert [mail.subject.startswith("In a few minutes") for mail in stage.mails("Ben")] == [False, True]
    path = stop_path(stage, "ben")
    assert "Stop reminding me" in browser.get(path).text
    browser.post(path, data={"List-Unsubscribe": "One-Click"})
    assert f'href="{path}">Remind me again' in browser.get(stage.day(BEN)).text
    sent = []
    for mentor, again in (("Cleo", ""), ("Dora", "yes")):
        if again:
            assert "You get reminders again." in browser.post(path, data={"again": again}).text
        stage.here(a_person(mentor, "mentor"))
        stage.quiet()
        newest = stage.introductions[-1]
        for person in (stage.people[newest.mentor], BEN):
            stage.answer(newest, person, "accept")
        before = len(stage.mails("Ben"))
        stage.system.clock.set(newest.place.starts_at - timedelta(minutes=5))
        stage.quiet()
        sent.append([mail.subject[:16] for mail in stage.mails("Ben")[before:]])
    assert sent == [[], ["In a few minutes"]]


def test_my_day_shows_meetings_and_a_calendar_without_names_or_topics(stage: Stage) -> None:
    browser = stage.system.client("introductions")
    page = browser.get(stage.day(BEN)).text
    for words in ("Your day, Ben", "14:00–14:15", "waiting for your answer", stage.link(stage.introductions[0], BEN)):
        assert words in page
    feed = browser.get(stage.day(BEN) + "/calendar.ics")
    (entry,) = Calendar.from_ical(feed.text).walk("VEVENT")
    assert (str(entry["SUMMARY"]), str(entry["STATUS"]), str(entry["UID"])) == (
        "Meeting, table 1",
        "TENTATIVE",
        f"intro-{stage.introductions[0].id}@rapport",
    )
    assert "Ana" not in feed.text
    assert "rants" not in feed.text


def test_my_day_says_why_there_is_none_yet_and_what_would_help(system: System) -> None:
    stage, browser = Stage(system, a_conference()), system.client("introductions")
    stage.registered(BEN)
    assert "Check in at the desk; your first introduction comes soon after." in browser.get(stage.day(BEN)).text
    stage.here(BEN)
    stage.quiet()
    assert "Nobody you could meet about Grants is here yet." in browser.get(stage.day(BEN)).text
    cleo = a_person("Cleo", "mentee", available=("20261123-1400",))
    dan = a_person("Dan", "mentor", available=("20261123-1540",))
    stage.left(BEN)
    stage.here(cleo, dan)
    stage.quiet()
    assert "Adding 15:40 lets us ask 1 more; we can&#39;t promise." in browser.get(stage.day(cleo)).text


def test_in_the_last_slot_nobody_is_told_to_go_and_asked_to_stay_in_one_breath(system: System) -> None:
    conference = a_conference()
    stage, browser = Stage(system, conference), system.client("introductions")
    stage.here(BEN)
    stage.quiet()
    assert "Nothing on at the moment?" in browser.get(stage.day(BEN)).text
    system.clock.set(conference.slots[-1].starts_at)
    page = browser.get(stage.day(BEN)).text
    assert ("Somebody may still sit alone at a table." in page, "Nothing on at the moment?" in page) == (True, False)


def as_organizer(system: System, role: str) -> Any:
    """A browser that is logged in."""
    browser = system.client("introductions")
    with browser.session_transaction() as session:
        session["organizer"] = {
            "id": "9" * 32,
            "access": "8" * 32,
            "role": role,
            "account": DEFAULT_ACCOUNT,
            "conferences": None,
            "name": "Kim",
            "issued": system.clock.now().isoformat(),
            "seen": system.clock.now().isoformat(),
        }
    return browser


def proof(browser: Any, path: str) -> str:
    """The proof that stands in the page's forms."""
    text = browser.get(path).text
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def test_the_plan_shows_owners_topics_and_the_desk_none_and_nobody_who_said_no(stage: Stage) -> None:
    stage.answer(stage.introductions[0], BEN, "decline")
    stage.here(a_person("Cleo", "mentee"))
    stage.quiet()
    owner = as_organizer(stage.system, "owner").get("/plan/conf").text
    desk = as_organizer(stage.system, "desk").get("/plan/conf").text
    for words in ("Ana Example", "Ben Example", "won&#39;t take place", "asked", "14:00"):
        assert words in owner
        assert words in desk
    assert ("Grants" in owner, "Grants" in desk) == (True, False)
    assert "decline" not in owner.lower()
    filtered = as_organizer(stage.system, "owner").get("/plan/conf?q=cleo").text
    assert ("1 introduction<" in filtered, "2 introductions" in owner) == (True, True)


def test_the_desk_says_that_they_met_and_only_an_owner_cancels(stage: Stage) -> None:
    (introduction,) = stage.introductions
    path = f"/plan/conf/{introduction.id}"
    desk, owner = as_organizer(stage.system, "desk"), as_organizer(stage.system, "owner")
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    data = {"action": "cancel", "csrf_token": proof(desk, "/plan/conf")}
    assert desk.post(path, data=data).status_code == 403
    stage.system.clock.set(introduction.place.starts_at)
    desk = as_organizer(stage.system, "desk")
    data = {"action": "met", "csrf_token": proof(desk, "/plan/conf")}
    assert desk.post(path, data=data).status_code == 303
    assert (stage.introductions[0].status, stage.introductions[0].told_by) == ("met", "desk")
    stage.system.clock.set(NOON)
    stage.here(a_person("Cleo", "mentee"))
    stage.quiet()
    second = stage.introductions[1]
    ask = f"/plan/conf/{second.id}/cancel"
    asked = owner.get(ask).text
    assert "Ana Example and Cleo Example get a mail" in asked
    assert "Mon 23 Nov, " in asked
    assert " Europe/Berlin · " in asked
    assert (stage.introductions[1].status, desk.get(ask).status_code) == ("proposed", 403)
    data = {"action": "cancel", "csrf_token": proof(owner, ask)}
    for _twice in range(2):
        done = owner.post(f"/plan/conf/{second.id}", data=data)
        assert "Ana Example and Cleo Example: won&#39;t take place." in owner.get(done.headers["Location"]).text
    assert (stage.introductions[1].status, stage.introductions[1].cause) == ("cancelled", "organizer")
    assert "There is nothing to cancel." in owner.get(ask).text
    lines = owner.get("/plan/conf/audit").text
    assert [lines.count(what) for what in ("introduction cancelled", "meeting told", second.id[-8:])] == [1, 1, 1]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_cancels_nothing_even_with_a_valid_proof(stage: Stage, headers: dict[str, str]) -> None:
    owner, (introduction,) = as_organizer(stage.system, "owner"), stage.introductions
    path = f"/plan/conf/{introduction.id}"
    valid = {"action": "cancel", "csrf_token": proof(owner, f"{path}/cancel")}
    for data in (valid, {**valid, "csrf_token": "x"}, {"action": "cancel"}):
        assert owner.post(path, data=data, headers=headers).status_code == 403
    assert owner.post(path, data={"action": "cancel"}).status_code == 403
    assert stage.introductions == [introduction]
    assert owner.post(path, data=valid).status_code == 303, "the proof was good"


def test_what_cannot_be_done_on_the_plan_is_said_there_and_nothing_changes(stage: Stage) -> None:
    owner, (introduction,) = as_organizer(stage.system, "owner"), stage.introductions
    path = f"/plan/conf/{introduction.id}"
    csrf = proof(owner, f"{path}/cancel")
    unknown = owner.post(path, data={"action": "dance", "csrf_token": csrf})
    early = owner.post(path, data={"action": "met", "csrf_token": csrf})
    for minutes in range(180, -1, -20):  # she stays logged in
        stage.system.clock.set(introduction.place.starts_at - timedelta(minutes=minutes))
        owner.get("/plan/conf")
    late = owner.post(path, data={"action": "cancel", "csrf_token": csrf})
    for answer, status, words in (
        (unknown, 422, "Please choose what to do."),
        (early, 409, "Whether they met can be said once both said yes."),
        (late, 409, "there is nothing to cancel."),
    ):
        assert (answer.status_code, words in answer.text, "Ana Example" in answer.text) == (status, True, True), words
    assert stage.introductions == [introduction]


def test_a_pause_that_nobody_understands_is_said_on_her_day(stage: Stage) -> None:
    browser = stage.system.client("introductions")
    answer = browser.post(stage.day(BEN), data={"pause": "perhaps"})
    assert (answer.status_code, "There is a problem" in answer.text, "Your day, Ben" in answer.text) == (
        422,
        True,
        True,
    )


def test_strangers_see_no_plan(stage: Stage) -> None:
    browser = stage.system.client("introductions")
    assert browser.get("/plan/conf").status_code == 303
    assert browser.post(f"/plan/conf/{stage.introductions[0].id}", data={"action": "met"}).status_code == 401


def test_nothing_private_stands_in_subjects_or_calendars(stage: Stage) -> None:
    for mail in stage.mails():
        assert "rants" not in mail.subject + (mail.calendar.text if mail.calendar else "")
        assert (mail.list_id, "Kim at the info desk" in mail.text) == ("conf.localhost", True)
