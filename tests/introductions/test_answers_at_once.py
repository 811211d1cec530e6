"""Two hundred answers in the same second, from eight sides at once, while plans are made: nobody in two places, no table twice,
no mentor above her load, and every answer gets one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from services.introductions.domain import OPEN, Introduction
from shared.contracts.attendee import AttendeeEvent
from tests.introductions.stage import TODAY, Stage, a_person, slots
from tests.introductions.test_on_postgresql import on_either

SLOTS, TABLES, MENTORS, MENTEES, LOAD = 8, 14, 30, 100, 3
ANSWERS = 200


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A conference of 130 people whose first plan has been proposed."""
    with on_either(request, "introductions_at_once") as there:
        yield made(there)


def made(stage: Stage) -> Stage:
    """The people, with what they offer and want, and their first plan."""
    times = slots(TODAY, "14:00", SLOTS)
    points = tuple(
        point.__class__(code=point.code, name=point.name, landmark=point.landmark, tables=TABLES)
        for point in stage.conference.meeting_points
    )
    stage.publish(slots=times, meeting_points=points)
    mentors = [a_person(f"M{number}", "mentor", capacity=LOAD) for number in range(MENTORS)]
    stage.here(*mentors, *(a_person(f"A{number}", "mentee") for number in range(MENTEES)))
    stage.quiet()
    return stage


def answer(stage: Stage, introduction: Introduction, person: AttendeeEvent, word: str) -> int:
    """One answer on a page; the HTTP status."""
    said = {"answer": word}
    if word == "other_time":
        said["slots"] = Random(introduction.id + person.attendee).choice(stage.conference.slots).id
    return int(stage.system.client("introductions").post(stage.link(introduction, person), data=said).status_code)


def test_two_hundred_answers_at_once_break_nothing(stage: Stage) -> None:
    chance = Random(3)
    open_ones = [item for item in stage.introductions if item.status in OPEN]
    assert len(open_ones) >= MENTORS * 2
    asked = [
        (item, stage.people[who], chance.choice(("accept", "accept", "decline", "other_time")))
        for item in chance.choices(open_ones, k=ANSWERS)
        for who in (chance.choice((item.mentor, item.mentee)),)
    ]
    stage.system.app("introductions")  # made once, before many ask for it
    with ThreadPoolExecutor(8) as crowd:
        statuses = Counter(crowd.map(lambda one: answer(stage, *one), asked))
    stage.quiet()
    assert set(statuses) <= {303, 409, 422}
    assert statuses[303] > ANSWERS / 3
    held = [item for item in stage.introductions if item.status in (*OPEN, "met")]
    places = Counter((item.place.slot, item.place.meeting_point, item.place.table) for item in held)
    people = Counter((item.place.slot, who) for item in held for who in (item.mentor, item.mentee))
    loads = Counter(item.mentor for item in held)
    pairs = Counter((item.mentor, item.mentee) for item in stage.introductions)
    assert [most.most_common(1)[0][1] for most in (places, people, pairs)] == [1, 1, 1]
    assert max(loads.values()) <= LOAD
    assert max(Counter(item.place.slot for item in held).values()) <= TABLES
