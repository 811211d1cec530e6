"""Who has several meetings gets one mail about them; nobody gets more mails a day than was promised, and her day has
everything."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from icalendar import Calendar
from sqlalchemy import select

from services.introductions import store
from services.introductions.domain import Introduction
from services.introductions.handlers import answering
from shared import tables
from shared.contracts.attendee import AttendeeEvent
from shared.mail.message import Mail
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, name_of, slots
from tests.system import System

ANA = a_person("Ana", "mentor", capacity=6)
MENTEES = [a_person(name, "mentee") for name in ("Ben", "Cleo", "Dan", "Eve", "Fay", "Gus")]
BEN, CLEO, DAN = MENTEES[:3]
CALM = "We write no more mails today"
OFF = "won't take place"
LOAD = {"mentor_meetings_per_half_day": 6, "mentor_slots_in_a_row": 6}


def stage_of(system: System, **policy: int) -> Stage:
    """A conference where one mentor may have six meetings in a row."""
    return Stage(system, a_conference(**{**LOAD, "introductions_per_mentee": 1, **policy}))


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and three mentees are here, and were proposed to each other by one plan."""
    made = stage_of(system)
    made.here(ANA, BEN, CLEO, DAN)
    made.quiet()
    return made


def meeting(stage: Stage, mentee: AttendeeEvent) -> Introduction:
    """Somebody's meeting."""
    return next(item for item in stage.introductions if item.mentee == mentee.attendee)


def in_order(stage: Stage) -> list[Introduction]:
    """The meetings by time."""
    return sorted(stage.introductions, key=lambda item: item.place.starts_at)


def agree(stage: Stage, *introductions: Introduction) -> None:
    """Both say yes."""
    for introduction in introductions:
        for attendee in (introduction.mentor, introduction.mentee):
            answered = stage.answer(introduction, stage.people[attendee], "accept")
            assert answered.status_code == 201


def told(mail: Mail) -> set[tuple[str, int]]:
    """(uid, sequence) of what a mail tells of, by its calendar files."""
    files = [mail.calendar] if mail.calendar is not None else list(mail.calendars)
    entries = [Calendar.from_ical(item.text).walk("VEVENT") for item in files if item is not None]
    assert all(len(found) == 1 for found in entries), "programs read the first entry of a file only"
    return {(str(found[0]["UID"]), int(found[0]["SEQUENCE"])) for found in entries}


def test_one_plan_is_one_mail_with_each_proposal_once_by_time_and_its_own_answer(stage: Stage) -> None:
    (mail,) = stage.mails("Ana")
    meetings = in_order(stage)
    assert mail.subject == "3 people would like to meet you, first at 14:00, table 1"
    assert told(mail) == {(f"intro-{item.id}@rapport", 0) for item in meetings}
    names = [name_of(item.mentee) for item in meetings]
    assert re.findall(r"^\d\d:\d\d–\d\d:\d\d: (\w+)$", mail.text, re.M) == names
    assert re.findall(r"http://localhost(/i/[a-z2-7]{26})$", mail.text, re.M) == [
        stage.link(item, ANA) for item in meetings
    ]
    for words in (
        "Please answer by",
        "asked about Grants; you can help with that.",
        "Foyer, table",
        "No more introductions",
    ):
        assert words in mail.text
    assert mail.text.count("Please answer by") == 3
    assert [calendar.name for calendar in mail.calendars] == [f"meeting-{item.place.slot}.ics" for item in meetings]
    assert [len(stage.mails(name)) for name in names] == [1, 1, 1]


def test_what_is_over_before_a_mail_leaves_is_not_in_it(system: System) -> None:
    stage = stage_of(system)
    stage.here(ANA, BEN, CLEO)
    system.introductions.due_turn()
    first, _second = in_order(stage)
    with system.introductions.work() as work:
        found, conference = store.with_conference(work.connection, first.id)
        answering.answer(found, conference, "mentee", "decline", (), work)
    system.introductions.mail_turn()
    (mail,) = stage.mails("Ana")
    assert len(told(mail)) == 1
    assert (first.id in str(told(mail)), mail.subject.endswith("(15 minutes)")) == (False, True)


def test_a_mentee_with_two_mentors_reads_that_she_could_meet_two(system: System) -> None:
    stage = stage_of(system, introductions_per_mentee=2)
    stage.here(a_person("Ana", "mentor"), a_person("Zoe", "mentor"), BEN)
    stage.quiet()
    (mail,) = stage.mails("Ben")
    assert mail.subject.startswith("You could meet 2 people, first at 14:")


def test_meetings_soon_after_one_another_are_one_reminder(stage: Stage) -> None:
    agree(stage, *stage.introductions)
    first, second, third = (item.place.starts_at for item in in_order(stage))
    before = len(stage.mails("Ana"))
    stage.system.clock.set(first - timedelta(minutes=10))
    stage.quiet()
    (mail,) = stage.mails("Ana")[before:]
    assert mail.subject.startswith("In a few minutes, 14:00, table 1: meet ")
    assert mail.subject.endswith("then 1 more")
    assert (second - first, len(told(mail))) == (timedelta(minutes=20), 2)
    stage.system.clock.set(third - timedelta(minutes=10))
    stage.quiet()
    assert len(told(stage.mails("Ana")[-1])) == 1
    assert len(stage.mails("Ana")) == before + 2


def test_who_leaves_causes_one_mail_to_each_about_all_that_is_off(stage: Stage) -> None:
    agree(stage, *stage.introductions)
    stage.left(ANA)
    stage.quiet()
    off = {name: [told(mail) for mail in stage.mails(name) if OFF in mail.subject] for name in ("Ana", "Ben", "Cleo")}
    assert {name: [len(mail) for mail in mails] for name, mails in off.items()} == {"Ana": [3], "Ben": [1], "Cleo": [1]}


def test_a_mentor_hears_once_of_all_meetings_that_are_off(stage: Stage) -> None:
    agree(stage, *stage.introductions)
    for mentee in (BEN, CLEO):
        stage.left(mentee)
    stage.system.introductions.mail_turn()
    off = [mail for mail in stage.mails("Ana") if OFF in mail.subject]
    times = " and ".join(sorted(f"14:{meeting(stage, mentee).place.slot[-2:]}" for mentee in (BEN, CLEO)))
    assert [mail.subject for mail in off] == [f"The meetings at {times} {OFF}"]
    assert all(calendar.method == "CANCEL" for calendar in off[0].calendars)
    assert len(told(off[0])) == 2


def test_one_click_on_a_mail_about_several_stops_them_all(stage: Stage) -> None:
    (mail,) = stage.mails("Ana")
    assert mail.unsubscribe_url
    path = mail.unsubscribe_url.removeprefix("http://localhost")
    stopped = stage.system.client("introductions").post(path, data={"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 200
    assert {item.status for item in stage.introductions} == {"cancelled"}
    stage.here(*MENTEES[3:])
    stage.quiet()
    assert len(stage.mails("Ana")) == 1


def test_who_stopped_mails_reads_on_her_day_that_an_agreed_meeting_is_off(stage: Stage) -> None:
    introduction = meeting(stage, BEN)
    agree(stage, introduction)
    stage.quiet()
    mail = stage.mails("Ana")[0]
    browser = stage.system.client("introductions")
    browser.post(str(mail.unsubscribe_url).removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
    before = len(stage.mails("Ana"))
    stage.left(BEN)
    stage.quiet()
    time = f"14:{introduction.place.slot[-2:]}"
    assert (
        len(stage.mails("Ana")),
        f"The {time} meeting {OFF}" in browser.get(stage.day(ANA)).text.replace("&#39;", "'"),
    ) == (
        before,
        True,
    )
    stage.system.clock.set(introduction.place.ends_at)
    assert OFF not in browser.get(stage.day(ANA)).text.replace("&#39;", "'")


def used_up(system: System) -> Stage:
    """Two mails a day, one of them kept for the evening: Ana got hers, and Cleo comes later."""
    stage = stage_of(system, mails_per_day=2)
    stage.here(ANA, BEN)
    stage.quiet()
    return stage


def test_the_last_mail_of_a_day_says_so_and_her_day_too(system: System) -> None:
    stage = used_up(system)
    (mail,) = stage.mails("Ana")
    page = system.client("introductions").get(stage.day(ANA)).text
    assert (CALM in mail.text, CALM in mail.html, f"{CALM}; this page has everything." in page) == (True, True, True)
    other = Stage.day(stage, BEN)
    assert CALM in system.client("introductions").get(other).text
    system.clock.advance(timedelta(days=1))
    assert CALM not in system.client("introductions").get(other).text


def test_who_gets_no_more_mails_is_proposed_to_only_when_she_looks(system: System) -> None:
    stage = used_up(system)
    stage.here(CLEO)
    stage.quiet()
    assert len(stage.introductions) == 1
    browser = system.client("introductions")
    assert "as many mails from us today" not in browser.get(stage.day(ANA)).text
    browser.post(f"{stage.day(ANA)}/ready", data={"free": "yes"})
    stage.quiet()
    assert [name_of(item.mentee) for item in stage.introductions] == ["Ben", "Cleo"]
    assert (len(stage.mails("Ana")), len(stage.mails("Cleo"))) == (1, 1)
    assert "meet Cleo" in browser.get(stage.day(ANA)).text or "Cleo" in browser.get(stage.day(ANA)).text


def test_that_an_agreed_meeting_is_off_or_moves_is_told_however_many_mails_there_were(system: System) -> None:
    stage = used_up(system)
    (introduction,) = stage.introductions
    agree(stage, introduction)
    later = introduction.place.slot[:-2] + "40"
    stage.answer(introduction, BEN, "other_time", slots=[later])
    stage.quiet()
    assert [mail.subject.split(",")[0] for mail in stage.mails("Ana")][1:] == ["New time 14:40"]
    (moved,) = stage.introductions
    agree(stage, moved)
    stage.left(BEN)
    stage.quiet()
    assert stage.mails("Ana")[-1].subject == f"The 14:40 meeting {OFF}"
    assert len(stage.mails("Ana")) == 3


def test_that_a_proposal_is_off_is_not_told_beyond_the_days_mails(system: System) -> None:
    stage = used_up(system)
    stage.answer(stage.introductions[0], ANA, "accept")
    stage.left(BEN)
    stage.quiet()
    page = system.client("introductions").get(stage.day(ANA)).text.replace("&#39;", "'")
    assert (len(stage.mails("Ana")), f"The 14:00 meeting {OFF}" in page) == (1, True)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nobody_gets_more_than_six_mails_but_about_what_was_agreed(system: System, seed: int) -> None:
    chance = Random(seed)
    stage = Stage(system, a_conference(times=slots(TODAY, "13:00", 12), tables=4, **LOAD, introductions_at_most=3))
    mentors = [ANA, a_person("Zoe", "mentor", capacity=6)]
    stage.here(*mentors, *MENTEES[:2])
    for _step in range(40):
        stage.quiet()
        _something(stage, chance)
        system.clock.advance(timedelta(minutes=chance.choice((0, 1, 4))))
    stage.quiet()
    with system.introductions.reading() as connection:
        rows = connection.execute(select(tables.mails).where(tables.mails.c.status == "sent")).all()
    of_person: dict[str, dict[str, list[bool]]] = {}
    for row in rows:
        of_person.setdefault(row.person, {}).setdefault(row.bundle or row.id, []).append(bool(row.args.get("agreed")))
    free = {person: sum(not all(agreed) for agreed in mails.values()) for person, mails in of_person.items()}
    assert {person: number for person, number in free.items() if number > 5} == {}, "the sixth is the evening's"
    assert max(free.values()) == 5, "the history is hard enough"
    _each_once(stage, rows)


def _something(stage: Stage, chance: Random) -> None:
    """Somebody comes, answers, goes and comes back, or wants another time."""
    away = [person for person in MENTEES if not stage.people.get(person.attendee, person).present_on]
    now = stage.system.clock.now()
    open_ = [item for item in stage.introductions if item.may_answer(now)]
    what = chance.choice(("come", "answer", "answer", "answer", "go", "other_time"))
    if what == "come" and away:
        stage.here(chance.choice(away))
    elif what == "go":
        stage.left(chance.choice([person for person in MENTEES if person not in away] or MENTEES[:1]))
    elif open_:
        item = chance.choice(open_)
        person = stage.people[chance.choice((item.mentor, item.mentee))]
        if what == "other_time":
            times = [slot.id for slot in stage.conference.slots if slot.starts_at > now + timedelta(minutes=30)]
            stage.answer(
                item, person, "other_time", slots=chance.sample(times, min(3, len(times))) or [item.place.slot]
            )
        else:
            stage.answer(item, person, chance.choice(("accept", "accept", "decline")))


def _each_once(stage: Stage, rows: list[object]) -> None:
    """Every state of a meeting is in one mail of each of the two at most, as the database says it and as mails say it."""
    said = Counter((mail.to_address, uid, number) for mail in stage.mails() for uid, number in told(mail))
    assert {key: number for key, number in said.items() if number > 1} == {}
    assert sum(said.values()) == len(rows)
