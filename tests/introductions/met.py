"""Pairs that met some time ago, and what the two said a month later: for tests of what introductions learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.introductions import queries, store
from services.introductions.domain import Introduction, Place
from services.introductions.handlers import outcomes
from services.introductions.learning import Lesson
from shared import attendees
from shared.contracts import FollowUpAnswered
from shared.contracts.attendee import AttendeeEvent, Consents
from tests.introductions.stage import Stage, a_person
from tests.system import NOON

ALL = Consents(introductions=True, follow_up=True, statistics=True)
MONTH = timedelta(days=40)
"""Long enough after the meeting."""


def someone(name: str, role: str, **values: Any) -> AttendeeEvent:
    """Somebody who agrees to everything."""
    return a_person(name, role, **{"consents": ALL, **values})


def a_meeting(stage: Stage, mentor: AttendeeEvent, mentee: AttendeeEvent, number: int, **values: Any) -> Introduction:
    """They met, in the first slot of the conference at a table of their own."""
    slot = stage.conference.slots[0]
    place = Place(slot=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, meeting_point="foyer", table=number + 1)
    return Introduction(
        **{
            "id": f"d{number:031}",
            "account": stage.conference.account,
            "conference": stage.conference.conference,
            "mentor": mentor.attendee,
            "mentee": mentee.attendee,
            "version": 3,
            "status": "met",
            "place": place,
            "hold_until": NOON,
            "terms": {"common_topics": 1.0},
            "told_by": "desk",
            **values,
        }
    )


def keep(stage: Stage, *introductions: Introduction) -> None:
    """They are in the store."""
    with stage.system.introductions.work() as work:
        for introduction in introductions:
            store.add(introduction, work)


def said(introduction: Introduction, side: str, answer: str, version: int, question: str = "month") -> FollowUpAnswered:
    """One of the two answered."""
    return FollowUpAnswered(
        relationship=introduction.id,
        version=version,
        at=NOON,
        account=introduction.account,
        conference=introduction.conference,
        mentor=introduction.mentor,
        mentee=introduction.mentee,
        attendee=introduction.mentor if side == "mentor" else introduction.mentee,
        question=question,
        answer=answer,
    )


def hear(stage: Stage, *events: FollowUpAnswered) -> None:
    """Introductions hears it."""
    with stage.system.introductions.work() as work:
        for event in events:
            outcomes.follow_up_answered(event, work)


def lesson(stage: Stage) -> Lesson:
    """What there is to learn from now."""
    with stage.system.introductions.reading() as connection:
        return queries.lesson(connection, stage.conference, stage.system.clock.now())


def became(stage: Stage) -> Sequence[bool | None]:
    """What became of every pair that is looked at."""
    return [pair.in_touch for pair in lesson(stage).pairs]


def elsewhere(stage: Stage, slug: str, **values: Any) -> Stage:
    """Another conference on the same system."""
    return Stage(
        stage.system,
        replace(stage.conference, conference=slug[0] * 32, slug=slug, version=1, **values),
    )


def planted(stage: Stage, made: Lesson) -> None:
    """Simulated pairs as if they had met at the stage's conference: people, introductions, and answers that the mentor
    gave."""
    roles = {pair.mentor: "mentor" for pair in made.pairs} | {pair.mentee: "mentee" for pair in made.pairs}
    people = {name: someone(name, role) for name, role in roles.items()}
    with stage.system.introductions.work() as work:
        for person in people.values():
            attendees.remember(person, work)
        for number, pair in enumerate(made.pairs):
            who = people[pair.mentor], people[pair.mentee]
            # Some of them drew each other twice; with this cause the database lets them.
            more = {"terms": pair.terms, "probability": pair.probability, "cause": "conference"}
            met = a_meeting(stage, *who, number, **more)
            store.add(met, work)
            if pair.in_touch is not None:
                word = "talked" if pair.in_touch else "not_yet"
                outcomes.follow_up_answered(said(met, "mentor", word, 4), work)
