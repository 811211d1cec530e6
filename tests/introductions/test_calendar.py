"""A calendar program that follows the mails, and one that subscribes, hold exactly what is to take place, whatever was answered,
moved, called off and taken back: stable UID, rising SEQUENCE, CANCEL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from icalendar import Calendar

from services.introductions.domain import OPEN, Introduction
from services.introductions.handlers import answering
from shared import announced
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.contracts.conference import Delay
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, slots
from tests.system import System

PEOPLE = [a_person(name, "mentor") for name in ("Ana", "Mia")] + [
    a_person(name, "mentee") for name in ("Ben", "Cleo", "Dan")
]
Entries = dict[str, tuple[datetime, datetime]]
"""UID -> (begin, end)."""


@dataclass
class Program:
    """A calendar as RFC 5546 has it: of one UID the highest SEQUENCE counts, the later DTSTAMP among equals."""

    entries: Entries = field(default_factory=dict)
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def take(self, text: str) -> None:
        """What came in a mail."""
        calendar = Calendar.from_ical(text)
        for entry in calendar.walk("VEVENT"):
            uid, rank = str(entry["UID"]), (int(entry["SEQUENCE"]), entry["DTSTAMP"].dt)
            if uid in self.newest and rank < self.newest[uid]:
                continue
            self.newest[uid] = rank
            if str(calendar["METHOD"]) == "CANCEL":
                self.entries.pop(uid, None)
            else:
                self.entries[uid] = (entry["DTSTART"].dt, entry["DTEND"].dt)


def to_come(stage: Stage, person: AttendeeEvent) -> Entries:
    """What is to take place, of which she was told."""
    return {
        f"intro-{item.id}@rapport": (item.place.starts_at, item.place.ends_at)
        for item in stage.introductions
        if item.status in OPEN and person.attendee in (item.mentor, item.mentee)
    }


def something_happens(stage: Stage, chance: Random) -> str:
    """One of the things that happen on a day; who did it."""
    kind = chance.choice(("answer",) * 6 + ("late", "pause", "cancel", "leave", "time", "delay", "elsewhere"))
    person = stage.people[chance.choice(PEOPLE).attendee]
    client = stage.system.client("introductions")
    if kind == "time":
        stage.system.clock.advance(timedelta(minutes=chance.choice((3, 10))))
    elif kind == "late":
        client.post(stage.day(person) + "/ready", data={"late": str(chance.choice((10, 30)))})
    elif kind == "pause":
        client.post(stage.day(person), data={"pause": chance.choice(("yes", "no", "no"))})
    elif kind == "leave":
        stage.left(person)
        stage.quiet()
        stage.here(person)
    elif kind in ("delay", "elsewhere"):
        organizer_announces(stage, kind, chance)
        return ""
    elif stage.introductions:
        introduction = chance.choice(stage.introductions)
        if kind == "cancel":
            organizer_cancels(stage, introduction)
        else:
            return answers(stage, introduction, chance)
        return ""
    return person.attendee


def answers(stage: Stage, introduction: Introduction, chance: Random) -> str:
    """One of the two says something, or something else; who."""
    who = stage.people[chance.choice((introduction.mentor, introduction.mentee))]
    word = chance.choice(("accept", "accept", "decline", "other_time"))
    more: dict[str, Any] = {"slots": [slot.id for slot in stage.conference.slots]} if word == "other_time" else {}
    assert stage.answer(introduction, who, word, **more).status_code in (200, 201, 409)
    return who.attendee


def organizer_cancels(stage: Stage, introduction: Introduction) -> None:
    """An organizer calls it off, where that can be."""
    with stage.system.introductions.work() as work:
        answering.cancel(introduction, "organizer", work)


def organizer_announces(stage: Stage, kind: str, chance: Random) -> None:
    """Everything from some slot on runs later, or a delay is taken back; or the meeting point is somewhere else."""
    now, known = stage.system.clock.now(), stage.conference
    ahead = [slot.id for slot in known.slots if slot.starts_at > now]
    if kind == "elsewhere":
        made = announced.elsewhere(known, "foyer", chance.choice(("Foyer", "Hall B")), "under the clock")
        stage.publish(meeting_points=made.meeting_points)
    elif ahead:
        late = Delay(from_slot=chance.choice(ahead), minutes=chance.choice((5, 20)))
        back = [replace(one, minutes=-one.minutes) for one in known.delays[-1:] if one.minutes > 0]
        wanted = chance.choice([late, *back])
        if (
            wanted.from_slot in ahead
            and announced.delayed(known, wanted).slots[ahead_of(known, wanted)].starts_at > now
        ):
            made = announced.delayed(known, wanted)
            stage.publish(delays=made.delays, slots=made.slots)


def ahead_of(conference: ConferencePublished, delay: Delay) -> int:
    """The number of the first slot that moves."""
    return [slot.id for slot in conference.slots].index(delay.from_slot)


@pytest.mark.parametrize("seed", range(8))
def test_two_calendar_programs_hold_what_is_to_take_place(system: System, seed: int) -> None:
    chance = Random(seed)
    stage = Stage(system, a_conference(times=slots(TODAY, "14:00", 5), tables=2, mails_per_day=1000))
    system.clock.advance(timedelta(minutes=chance.choice((0, 45))))
    stage.here(*PEOPLE)
    stage.quiet()
    programs = {person.attendee: Program() for person in PEOPLE}
    read = 0
    for _step in range(30):
        actor = something_happens(stage, chance)
        stage.quiet()
        for mail in system.mails[read:]:
            owner = next(person for person in PEOPLE if mail.to_address == f"{stage_name(person)}@example.org")
            for calendar in (mail.calendar, *mail.calendars):
                if calendar is not None:
                    programs[owner.attendee].take(calendar.text)
        read = len(system.mails)
        if actor:
            take_out(stage, actor, programs[actor])
        for person in PEOPLE:
            assert programs[person.attendee].entries == to_come(stage, person), (seed, stage_name(person))
            assert subscribed(stage, person) == to_come(stage, person), (seed, stage_name(person))


def take_out(stage: Stage, attendee: str, program: Program) -> None:
    """Whoever called a meeting off herself gets no mail about it: its page has the entry that takes it out."""
    for item in stage.introductions:
        if attendee in (item.mentor, item.mentee) and item.status not in OPEN:
            page = stage.link(item, stage.people[attendee])
            program.take(stage.system.client("introductions").get(page + "/calendar.ics").text)


def subscribed(stage: Stage, person: AttendeeEvent) -> Entries:
    """What a program reads that subscribes to her address, meetings that were held aside."""
    text = stage.system.client("introductions").get(stage.day(person) + "/calendar.ics").text
    entries = Calendar.from_ical(text).walk("VEVENT")
    held = {f"intro-{item.id}@rapport" for item in stage.introductions if item.status == "met"}
    return {str(e["UID"]): (e["DTSTART"].dt, e["DTEND"].dt) for e in entries if str(e["UID"]) not in held}


def stage_name(person: AttendeeEvent) -> str:
    """The first part of her address."""
    return bytes.fromhex(person.attendee[1:].lstrip("0").rjust(2, "0")).decode().lower()
