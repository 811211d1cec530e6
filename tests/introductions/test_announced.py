"""What is announced on the day moves meetings that are to come, once, and everything that is due with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.followup import store as followup
from services.introductions.domain import Introduction, Place, following
from services.introductions.handlers import hearing, planning
from shared import announced
from shared.contracts.conference import Delay
from shared.days import local_time
from shared.mail.message import Mail
from tests.introductions.stage import NOON, TODAY, Stage, a_conference, a_person, id_of, slots
from tests.system import System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee")
FROM = "20261123-1400"
LATE = timedelta(minutes=20)


def an_introduction(**values: Any) -> Introduction:
    """Ana and Ben at 14:20, both said yes."""
    slot = a_conference().slots[1]
    place = Place(slot=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, meeting_point="foyer", table=1)
    made = {
        "id": "1" * 32,
        "account": "0" * 32,
        "conference": "c" * 32,
        "mentor": id_of("Ana"),
        "mentee": id_of("Ben"),
        "version": 3,
        "status": "accepted",
        "place": place,
        "hold_until": slot.starts_at - timedelta(minutes=15),
        "answers": {"mentor": "accept", "mentee": "accept"},
        "sequence": 1,
    }
    return Introduction(**{**made, **values})


# Deciding


@pytest.mark.parametrize(
    ("delays", "minutes"),
    [
        ((), 0),
        ((Delay(from_slot="20261123-1400", minutes=20),), 20),
        ((Delay(from_slot="20261123-1420", minutes=20), Delay(from_slot="20261123-1400", minutes=10)), 30),
        ((Delay(from_slot="20261123-1440", minutes=20),), 0),
        ((Delay(from_slot="20261122-1400", minutes=20),), 0),
        ((Delay(from_slot="20261123-1400", minutes=20), Delay(from_slot="20261123-1400", minutes=-20)), 0),
    ],
)
def test_a_meeting_moves_by_what_was_announced_for_its_time(delays: tuple[Delay, ...], minutes: int) -> None:
    before = a_conference()
    after = replace(before, delays=delays, slots=announced.moved_along(before.slots, delays))
    place = an_introduction().place
    later = timedelta(minutes=minutes)
    moved = replace(place, starts_at=place.starts_at + later, ends_at=place.ends_at + later)
    assert following.place_in(place, before, after) == moved
    assert following.place_in(moved, after, after) == moved


def test_a_time_that_was_changed_in_the_settings_is_gone_as_before() -> None:
    before = a_conference()
    other = tuple(replace(slot, ends_at=slot.ends_at + timedelta(minutes=5)) for slot in before.slots)
    place = an_introduction().place
    assert following.place_in(place, before, replace(before, slots=other)) is None
    assert following.place_in(place, before, replace(before, slots=before.slots[2:])) is None


def test_what_was_found_for_somebody_who_waits_stays_while_its_time_does() -> None:
    place = an_introduction().place
    begun = replace(place, starts_at=place.starts_at + timedelta(minutes=7))
    assert following.place_in(begun, a_conference(), a_conference()) == begun


@pytest.mark.parametrize(("minutes", "expected"), [(20, "20:00"), (240, "20:00"), (245, "20:05")])
def test_nobody_is_asked_about_a_day_before_what_was_delayed_has_ended(minutes: int, expected: str) -> None:
    made = announced.delayed(a_conference(times=slots(TODAY, "15:45", 1)), Delay(from_slot=FROM, minutes=minutes))
    assert local_time(made, announced.evening_of(made, TODAY)) == expected


def test_everything_of_a_meeting_moves_along() -> None:
    said = an_introduction(late={"mentee": NOON + timedelta(hours=2, minutes=30)}, alone_until=None)
    place = replace(said.place, starts_at=said.place.starts_at + LATE, ends_at=said.place.ends_at + LATE)
    moved, events = following.go_along(said, place, NOON)
    expected = replace(said, version=5, sequence=2, place=place, hold_until=said.hold_until + LATE, late={})
    late = {"mentee": NOON + timedelta(hours=3)}
    assert moved == expected
    assert [(event.TYPE, event.version, event.starts_at) for event in events] == [
        ("introduction.moved", 4, place.starts_at),
        ("introduction.accepted", 5, place.starts_at),
    ]
    assert following.go_along(replace(said, late=late), place, NOON)[0].late == late


def test_who_came_too_early_is_not_at_the_table_and_who_came_in_time_still_is() -> None:
    start = an_introduction().place.starts_at
    early = an_introduction(here={"mentor": start}, alone_until=start + timedelta(minutes=5))

    def after(late: timedelta, now: datetime) -> Introduction:
        place = replace(early.place, starts_at=start + late, ends_at=early.place.ends_at + late)
        return following.go_along(early, place, now)[0]

    gone = after(LATE, start - timedelta(minutes=5))
    waits = after(timedelta(minutes=5), start - timedelta(minutes=2))
    assert (gone.here, gone.alone_until) == ({}, None)
    assert (waits.here, waits.alone_until) == (early.here, start + timedelta(minutes=10))


def test_a_hold_leaves_time_to_answer_also_where_it_starts_earlier_again() -> None:
    asked = an_introduction(status="proposed", answers={"mentor": None, "mentee": None})
    back = replace(asked.place, starts_at=asked.place.starts_at - LATE, ends_at=asked.place.ends_at - LATE)
    now = back.starts_at - timedelta(minutes=20)
    assert following.go_along(asked, back, now)[0].hold_until == now + timedelta(minutes=5)
    assert following.go_along(asked, back, back.starts_at - timedelta(minutes=2))[0].hold_until == back.starts_at


# Hearing


@pytest.fixture
def stage(system: System) -> Stage:
    """Ana and Ben, who are asked for 14:00 (local; it is 12:00) and said yes."""
    made = Stage(system, a_conference())
    made.here(ANA, BEN)
    made.quiet()
    for person in (ANA, BEN):
        assert made.answer(made.introductions[0], person, "accept").status_code in (200, 201)
    made.quiet()
    return made


def delayed(stage: Stage, minutes: int = 20, start: str = FROM) -> None:
    """An organizer announced it, and introductions hears of it."""
    made = announced.delayed(stage.conference, Delay(from_slot=start, minutes=minutes))
    stage.publish(delays=made.delays, slots=made.slots)
    stage.quiet()


def sent(stage: Stage, do: Callable[[], None]) -> list[Mail]:
    """The mails that leave because of it."""
    before = len(stage.system.mails)
    do()
    return stage.system.mails[before:]


def entry(mail: Mail) -> tuple[int, str, str]:
    """(SEQUENCE, local start, STATUS) of what is in a mail for calendars."""
    assert mail.calendar is not None
    (found,) = Calendar.from_ical(mail.calendar.text).walk("VEVENT")
    return int(found["SEQUENCE"]), f"{found['DTSTART'].dt:%H:%M}", str(found["STATUS"])


def test_a_delay_moves_a_meeting_and_tells_both_once(stage: Stage) -> None:
    (was,) = stage.introductions
    mails = sent(stage, lambda: delayed(stage))
    (now,) = stage.introductions
    assert (now.id, now.status, now.answers, now.link_version) == (was.id, "accepted", was.answers, was.link_version)
    assert now.place.starts_at - was.place.starts_at == LATE
    assert sorted((mail.to_address, mail.subject) for mail in mails) == [
        ("ana@example.org", "Now 14:20, table 1: meet Ben (20 min later)"),
        ("ben@example.org", "Now 14:20, table 1: meet Ana (20 min later)"),
    ]
    assert {entry(mail) for mail in mails} == {(was.sequence + 1, "14:20", "CONFIRMED")}
    assert "Everything runs 20 minutes later" in mails[0].text
    assert "Your yes still counts." in mails[0].text
    assert stage.events()[-2:] == ["introduction.moved", "introduction.accepted"]


def test_hearing_of_a_delay_twice_changes_nothing(stage: Stage) -> None:
    delayed(stage)
    was = stage.introductions

    def again() -> None:
        with stage.system.introductions.work() as work:
            hearing.conference_published(stage.conference, work)
        stage.quiet()

    assert sent(stage, again) == []
    stage.publish(name="PyConf, renamed")
    stage.quiet()
    assert stage.introductions == was


def test_the_reminder_comes_ten_minutes_before_the_new_time_and_not_before(stage: Stage) -> None:
    delayed(stage)
    reminded = [[mail.subject for mail in sent(stage, go)] for go in (to(stage, "13:50"), to(stage, "14:10"))]
    assert [[words.partition(":")[0] for words in one] for one in reminded] == [
        [],
        ["In a few minutes, 14"] * 2,
    ]


def to(stage: Stage, clock: str) -> Callable[[], None]:
    """Lets time pass until then, local."""
    hour, minute = map(int, clock.split(":"))

    def go() -> None:
        now = stage.system.clock.now()
        then = now.replace(hour=hour - 1, minute=minute)
        stage.system.advance(minutes=(then - now).total_seconds() / 60)

    return go


def test_several_delays_add_up_and_one_that_is_taken_back_is_told_as_well(stage: Stage) -> None:
    delayed(stage)
    further = sent(stage, lambda: delayed(stage, 10))
    back = sent(stage, lambda: delayed(stage, -30))
    assert {mail.subject.split(":")[-1] for mail in further} == {
        " meet Ana (30 min later)",
        " meet Ben (30 min later)",
    }
    assert {mail.subject for mail in back} == {"14:00 again, table 1: meet Ana", "14:00 again, table 1: meet Ben"}
    assert [entry(mail)[:2] for mail in (further[0], back[0])] == [(3, "14:30"), (4, "14:00")]


def test_a_meeting_that_has_begun_does_not_move(stage: Stage) -> None:
    to(stage, "14:01")()
    was = stage.introductions
    assert sent(stage, lambda: delayed(stage, start="20261123-1420")) == []
    assert sent(stage, lambda: delayed(stage)) == []  # told too late
    assert stage.introductions == was


def test_a_proposal_is_held_along_and_asked_with_buttons_and_its_link_stays(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    stage.quiet()
    (was,) = stage.introductions
    mails = sent(stage, lambda: delayed(stage))
    (now,) = stage.introductions
    assert now.hold_until - was.hold_until == LATE
    assert "Please answer by" in mails[0].text
    assert system.client("introductions").get(stage.link(was, BEN)).status_code == 200
    assert stage.answer(now, BEN, "accept").json["starts_at"] == "2026-11-23T13:20:00Z"


class DelayedMeanwhile:
    """The service, in which a delay is heard while a plan is computed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage.system.introductions, name)

    def compute(self, function: Callable[[Any], Any], argument: Any) -> Any:
        """The plan, and behind it the delay."""
        made = function(argument)
        found = announced.delayed(self._stage.conference, Delay(from_slot=FROM, minutes=20))
        self._stage.publish(delays=found.delays, slots=found.slots)
        return made


def test_a_plan_that_was_made_before_a_delay_is_made_anew(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    assert planning.run(DelayedMeanwhile(stage)) == 1
    assert stage.introductions == []
    stage.quiet()
    assert [item.place.starts_at for item in stage.introductions] == [a_conference().slots[1].starts_at]


def test_who_was_not_told_of_a_meeting_yet_gets_one_mail_with_the_new_time(system: System) -> None:
    stage = Stage(system, a_conference())
    stage.here(ANA, BEN)
    while not stage.introductions:
        system.introductions.due_turn()
    made = announced.delayed(stage.conference, Delay(from_slot=FROM, minutes=20))
    stage.publish(delays=made.delays, slots=made.slots)
    system.advance(minutes=1)
    assert sorted(mail.subject for mail in system.mails) == [
        "14:20, table 1: meet Ana (15 minutes)",
        "14:20, table 1: meet Ben (15 minutes)",
    ]


def test_pages_and_the_feed_say_the_new_time_and_somebody_who_cannot_come_then_says_so(stage: Stage) -> None:
    delayed(stage)
    client = stage.system.client("introductions")
    page, feed = (client.get(stage.day(BEN) + more).text for more in ("", "/calendar.ics"))
    assert "14:20" in page
    (found,) = Calendar.from_ical(feed).walk("VEVENT")
    assert (int(found["SEQUENCE"]), f"{found['DTSTART'].dt:%H:%M}") == (2, "14:20")
    assert client.post(stage.link(stage.introductions[0], BEN), data={"answer": "decline"}).status_code == 303
    stage.quiet()
    assert [item.status for item in stage.introductions][:1] == ["declined"]


def test_a_sentence_for_everybody_stands_on_her_day_and_comes_by_itself(stage: Stage) -> None:
    client = stage.system.client("introductions")
    seen = []
    for values in ({"notice": "Lunch is in hall B.", "notice_on": TODAY}, {"notice_on": TODAY - timedelta(days=1)}):
        stage.publish(**values)
        seen.append(["Lunch is in hall B." in client.get(stage.day(BEN) + more).text for more in ("", "/live")])
    assert seen == [[True, True], [False, False]]


def test_who_meets_after_a_delay_is_asked_about_it_in_the_evening_with_the_time_it_was(stage: Stage) -> None:
    delayed(stage)
    to(stage, "14:30")()
    with stage.system.followup.reading() as connection:
        (pair,) = followup.pairs_at(connection, stage.conference.conference)
    assert (pair.state, pair.starts_at) == ("accepted", stage.introductions[0].place.starts_at)


def test_a_point_that_moved_is_told_to_those_who_meet_there(stage: Stage) -> None:
    (was,) = stage.introductions
    points = announced.elsewhere(stage.conference, "foyer", "Hall B", "under the clock").meeting_points

    def move() -> None:
        stage.publish(meeting_points=points)
        stage.quiet()

    mails = sent(stage, move)
    assert sorted((mail.to_address, mail.subject) for mail in mails) == [
        ("ana@example.org", "New place: Hall B, table 1, 14:00: meet Ben"),
        ("ben@example.org", "New place: Hall B, table 1, 14:00: meet Ana"),
    ]
    assert {entry(mail) for mail in mails} == {(was.sequence + 1, "14:00", "CONFIRMED")}
    assert "Hall B, table 1, under the clock" in mails[0].text
    assert sent(stage, move) == []
    assert len(sent(stage, to(stage, "13:51"))) == 2  # the reminder is still to come
