"""What tests do with phones on the way to a table and at it."""

from __future__ import annotations

from datetime import timedelta

from services.introductions.domain import Introduction
from shared.contracts.attendee import AttendeeEvent
from tests.introductions.stage import TODAY, Stage, a_conference, slots
from tests.system import System


def at_one_table(system: System, mentor: AttendeeEvent, mentee: AttendeeEvent) -> Stage:
    """Both said yes to 14:00, the only slot."""
    made = Stage(system, a_conference(times=slots(TODAY, "14:00", 1), tables=1))
    made.here(mentor, mentee)
    made.quiet()
    agree(made, made.introductions[0])
    return made


def agree(stage: Stage, introduction: Introduction) -> None:
    """Both say yes."""
    for person in (introduction.mentor, introduction.mentee):
        stage.answer(introduction, stage.people[person], "accept")
    stage.quiet()


def tap(stage: Stage, path: str, **said: str) -> tuple[int, str]:
    """(HTTP status, the page that one then sees) of a tap on a button."""
    client = stage.system.client("introductions")
    answered = client.post(path, data=said)
    if answered.status_code == 303:
        return 303, client.get(answered.headers["Location"].split("#")[0]).text
    return answered.status_code, answered.text


def at(stage: Stage, introduction: Introduction, minutes: float) -> None:
    """So many minutes after its slot began, everything quiet."""
    starts = next(slot.starts_at for slot in stage.conference.slots if slot.id == introduction.place.slot)
    stage.system.clock.set(starts + timedelta(minutes=minutes))
    stage.quiet()


def sits_alone(stage: Stage, person: AttendeeEvent, free: AttendeeEvent, minutes: float = 5) -> Introduction:
    """`free` is at the conference, and `person` at her table from the beginning, alone for so many minutes; the newest
    introduction then."""
    (introduction,) = stage.introductions
    stage.here(free)
    at(stage, introduction, 0)
    table(stage, introduction, person)
    at(stage, introduction, minutes)
    return stage.introductions[-1]


def table(stage: Stage, introduction: Introduction, person: AttendeeEvent, word: str = "here") -> tuple[int, str]:
    """She taps that she is there, or goes."""
    return tap(stage, stage.link(introduction, person) + "/table", table=word)
