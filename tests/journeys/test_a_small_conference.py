"""Fifty mentors and fifty mentees from two CSV files: imported, checked in, introduced, asked for three months; and the
dashboard's numbers are those that the events give when somebody else counts them."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.journeys.conference import Conference, a_conference, answer
from tests.journeys.counting import count, events_of
from tests.journeys.world import Visitor

HEADER = (
    "first name",
    "last name",
    "email address",
    "both mentor and mentee",
    "job title",
    "grade",
    "organisation",
    "profession",
    "match with similar identity",
    "identity to match",
    "biography",
    "characteristics",
)
PROFESSIONS = ("Policy", "Operational delivery", "Digital", "Finance", "Project delivery")
ORGANISATIONS = ("Harbour Office", "River Board", "Land Registry", "Tax Office", "Museum Service", "Weather Service")
GRADES = {"mentor": ("Grade 7", "Grade 6", "SCS1", "SEO"), "mentee": ("AO", "EO", "HEO", "SEO")}
FIRST = ("Ana", "Ben", "Chloé", "Dmitri", "Esi", "Farid", "Grace", "Hana", "Iris", "Jonas")
LAST = ("Adeyemi", "Brown", "Castellano", "Dvořák", "Evans")


@pytest.mark.slow
def test_a_small_conference_is_lived_through_and_its_numbers_are_those_of_the_events(
    story: Visitor, tmp_path: Path
) -> None:
    chance = Random(2)
    blocks = (("10:00", "12:00"), ("14:00", "16:00"))
    points = [{"name": "Winter garden", "landmark": "under the fig tree", "tables": 20}]
    here = a_conference(story, "civil-days", blocks=blocks, meeting_points=points, topics=["Policy"])
    for role in ("mentor", "mentee"):
        _import(here, role, tmp_path, chance)
    people = story.everything(f"{here.path}/attendees")
    assert [person["status"] for person in people] == ["confirmed"] * 100

    here.go_to("08:00")
    _some_want_no_statistics(here, people, chance)
    chance.shuffle(people)
    here.check_in(*sorted(people, key=lambda person: person["role"] == "mentor"))  # mentees before mentors
    story.world.quiet()
    introduced = {introduction["mentee"] for introduction in here.introductions()}
    assert len(introduced) >= 45, f"{len(introduced)} of 50 mentees were introduced"

    _answer_everything(here, chance)
    here.go_to("16:30")
    _report(here, chance)
    here.go_to("20:30")
    _say(here, "continue", ("yes", "yes", "yes", "no"), chance)
    for question, days in (("week", 7), ("month", 30), ("quarter", 91)):
        here.go_to("10:30", days=days)
        _say(here, question, ("talked", "met", "wrote", "not_yet", "not_yet", "complete"), chance)
    here.go_to("10:30", days=125)

    conference_id = story.call("GET", here.path)["id"]
    expected = count(events_of(story.records(), conference_id))
    found = here.outcomes()
    assert _only(expected, found) == expected
    assert expected["pairs"]["met"] >= 40


def _import(here: Conference, role: str, folder: Path, chance: Random) -> None:
    """Bring 50 people in, twice: the second time changes nothing."""
    path = folder / f"{role}s.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(50):
            first, last = FIRST[number % 10], LAST[number // 10]
            address = f"{role}.{number}@{here.slug}.example.org"
            grade, profession = chance.choice(GRADES[role]), PROFESSIONS[number % len(PROFESSIONS)]
            organisation = ORGANISATIONS[(number // 3) % len(ORGANISATIONS)]
            writer.writerow(
                [
                    first,
                    last,
                    address,
                    "no",
                    "Officer",
                    grade,
                    organisation,
                    profession,
                    "yes",
                    "age",
                    "Likes tea",
                    "tall",
                ]
            )
    for _time in range(2):
        here.visitor.world.import_people(path, here.slug, f"{role}s", "introductions,follow_up,statistics")


def _some_want_no_statistics(here: Conference, people: list[dict[str, Any]], chance: Random) -> None:
    for person in chance.sample(people, 8):
        change = {"consents": {**person["consents"], "statistics": False}}
        here.visitor.call("PATCH", f"{here.path}/attendees/{person['id']}", change)


def _answer_everything(here: Conference, chance: Random) -> None:
    """Everybody answers what is proposed, until nothing new comes."""
    answered: set[str] = set()
    while True:
        here.visitor.world.quiet()
        new = [i for i in here.introductions() if i["status"] == "proposed" and i["id"] not in answered]
        if not new:
            return
        for introduction in new:
            answered.add(introduction["id"])
            for side in ("mentor", "mentee"):
                said = chance.choices(("accept", "decline", "nothing"), (0.9, 0.07, 0.03))[0]
                if said != "nothing":
                    assert answer(here.visitor, introduction, side, said).status in (200, 201, 409)


def _report(here: Conference, chance: Random) -> None:
    for introduction in here.introductions():
        if introduction["status"] == "accepted" and chance.random() < 0.9:
            path = f"/api/v1/introductions/{introduction['id']}/met"
            here.visitor.call("POST", path, {"met": chance.random() < 0.95})
    here.visitor.world.quiet()


def _say(here: Conference, question: str, words: tuple[str, ...], chance: Random) -> None:
    for pair in here.relationships():
        for side in ("mentor", "mentee"):
            if chance.random() < 0.7:
                body = {"attendee": pair[side], "question": question, "answer": chance.choice(words)}
                here.visitor.call("POST", f"/api/v1/relationships/{pair['id']}/answers", body)
    here.visitor.world.quiet()


def _only(expected: Any, found: Any) -> Any:
    """What was found of what is expected: further keys beside these are allowed."""
    if not isinstance(expected, dict):
        return found
    return {name: _only(value, found[name]) for name, value in expected.items()}
