"""The outcomes equal an independent recount of what was published."""

from __future__ import annotations

from random import Random
from typing import Any

from shared.contracts import (
    AttendeeChanged,
    AttendeeCheckedIn,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionProposed,
)
from tests.followup.story import Story, introduction_id

QUESTIONS = ("week", "month", "quarter")
SENT = {"week": "2026-12-01 10:00", "month": "2026-12-24 10:00", "quarter": "2027-02-23 10:00"}


def recount(story: Story) -> dict[str, Any]:
    """The numbers by brute force from the events alone; it imports nothing that computes outcomes."""
    events = [event for _type, event in story.system.events() if event is not None]

    def ids(kind: str, name: str) -> set[str]:
        return {getattr(event, name) for event in events if kind == event.TYPE}

    pair_of = {e.introduction: (e.mentor, e.mentee) for e in events if e.TYPE == "introduction.proposed"}  # type: ignore[attr-defined]
    consents: dict[str, bool] = {}
    versions: dict[str, int] = {}
    for event in events:
        if event.TYPE.startswith("attendee.") and event.version >= versions.get(event.attendee, 0):  # type: ignore[attr-defined]
            versions[event.attendee] = event.version  # type: ignore[attr-defined]
            consents[event.attendee] = event.consents.statistics  # type: ignore[attr-defined]
    latest = {
        (e.relationship, e.attendee, e.question): e.answer  # type: ignore[attr-defined]
        for e in sorted((e for e in events if e.TYPE == "follow_up.answered"), key=lambda e: e.version)  # type: ignore[attr-defined]
    }
    steps = {
        "introduced": ids("introduction.proposed", "introduction"),
        "accepted": ids("introduction.accepted", "introduction"),
        "met": ids("introduction.met", "introduction"),
    }
    parts, touched, apart = {}, {}, {}
    for question in QUESTIONS:
        found: dict[str, list[str]] = {"yes": [], "no": [], "unknown": []}
        alone = {"wrote": 0, "complete": 0}
        for pair in steps["met"]:
            said = {latest.get((pair, a, question)) for a in pair_of[pair] if consents[a]} - {None}
            verdict = "unknown" if not said else "yes" if said & {"talked", "met"} else "no"
            found[verdict].append(pair)
            for word in alone:
                alone[word] += verdict == "no" and word in said
        parts[question] = {name: len(pairs) for name, pairs in found.items()}
        touched[question] = len({a for pair in found["yes"] for a in pair_of[pair]})
        apart[question] = alone
    return {
        "people": {
            "registered": len(ids("attendee.registered", "attendee")),
            "checked_in": len(ids("attendee.checked_in", "attendee")),
            **{name: len({a for pair in pairs for a in pair_of[pair]}) for name, pairs in steps.items()},
            "in_touch": touched,
        },
        "pairs": {
            **{name: len(pairs) for name, pairs in steps.items()},
            "continued": len(ids("relationship.continued_by_both", "relationship")),
            "in_touch": parts,
            "apart": apart,
        },
    }


def a_crowd(story: Story, chance: Random) -> list[tuple[str, str, str]]:
    """Twelve people, some pairs of them in every state; (id, mentor, mentee) of those who met."""
    people = [story.person(f"P{n}", statistics=chance.random() < 0.8) for n in range(12)]
    there = [a for a in people if chance.random() < 0.9]
    checked_in = [story.attendee_event(a, AttendeeCheckedIn, 2, status="checked_in") for a in there]
    story.tell(*checked_in, handle=False)
    met = []
    for mentor, mentee in zip(people[:6] * 2, people[6:] + people[7:] + people[6:7], strict=True):
        slot = chance.choice(("20261123-1420", "20261124-1100"))
        fate = chance.random()
        if fate < 0.7:
            story.met(mentor, mentee, slot)
            met.append((introduction_id(mentor, mentee), mentor, mentee))
        elif fate < 0.8:
            story.accepted(mentor, mentee, slot)
        else:
            kind = chance.choice((IntroductionDeclined, IntroductionExpired))
            proposed = story.introduction(IntroductionProposed, mentor, mentee, 1, slot)
            story.tell(proposed, story.introduction(kind, mentor, mentee, 2))
    return met


def test_the_outcomes_equal_a_recount_of_the_events(story: Story) -> None:
    chance = Random("outcomes")
    met = a_crowd(story, chance)
    for pair, mentor, mentee in met:
        for attendee in (mentor, mentee):
            story.say(pair, attendee, "continue", chance.choice(("yes", "yes", "no")), run=False)
    for question in QUESTIONS:
        story.at(SENT[question])
        for pair, mentor, mentee in met:
            for attendee in (mentor, mentee):
                for _ in range(chance.choice((0, 1, 1, 2))):
                    answer = chance.choice(("talked", "met", "wrote", "not_yet", "complete", "not_yet"))
                    story.say(pair, attendee, question, answer, run=False)
    first = met[0][1]
    story.tell(story.attendee_event(first, AttendeeChanged, 9, consents={"statistics": False}))
    found = story.counted()
    assert found == recount(story)
    assert all(sum(parts.values()) == len(met) for parts in found["pairs"]["in_touch"].values())
    assert found["pairs"]["in_touch"]["week"]["yes"] > 0


def test_answers_without_consent_to_statistics_count_as_none(story: Story) -> None:
    ana, ben = story.person("Ana", statistics=False), story.person("Ben")
    pair = story.met(ana, ben)
    story.say(pair, ana, "week", "talked")
    assert story.counted()["pairs"]["in_touch"]["week"] == {"yes": 0, "no": 0, "unknown": 1}
    story.say(pair, ben, "week", "wrote")
    assert story.counted()["pairs"]["in_touch"]["week"] == {"yes": 0, "no": 1, "unknown": 0}
    assert story.counted()["pairs"]["apart"]["week"] == {"wrote": 1, "complete": 0}
    story.tell(story.attendee_event(ana, AttendeeChanged, 2, consents={"statistics": True}))
    assert story.counted()["pairs"]["in_touch"]["week"] == {"yes": 1, "no": 0, "unknown": 0}


def test_the_latest_answer_counts_also_after_the_end(story: Story) -> None:
    ana, ben = story.people("Ana", "Ben")
    pair = story.met(ana, ben)
    for answer in ("talked", "complete"):
        story.say(pair, ana, "month", answer)
    assert story.counted()["pairs"]["in_touch"]["month"] == {"yes": 0, "no": 1, "unknown": 0}
    story.say(pair, ana, "month", "met")
    assert story.counted()["people"]["in_touch"] == {"week": 0, "month": 2, "quarter": 0}
    assert story.told().count(("relationship.contacted", "month")) == 1
