"""Counts what became of a conference's introductions from the events in an embedded log. It imports nothing of ours: run
`python recount.py LOG.DB SLUG` and compare with the product's own outcomes. Standard library only."""

import json
import sqlite3
import sys

QUESTIONS = ("week", "month", "quarter")
IN_TOUCH = ("talked", "met")


def events_of(path, topic):
    """(type, data) of every event of a topic, in the order of each partition; tombstones left out."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as log:
        rows = log.execute(
            "SELECT headers, value FROM records WHERE topic = ? AND value IS NOT NULL ORDER BY part, position", (topic,)
        ).fetchall()
    for headers, value in rows:
        attributes = dict(json.loads(headers))
        yield attributes["ce_type"], json.loads(value)


def conference_id(path, slug):
    """The id behind a slug."""
    return next(data["conference"] for _, data in events_of(path, "rapport.conferences") if data["slug"] == slug)


def attendees_of(path, conference):
    """(ids that registered, ids that checked in, ids whose newest state does not allow statistics)."""
    registered, checked_in, newest = set(), set(), {}
    for kind, data in events_of(path, "rapport.attendees"):
        if data["conference"] != conference:
            continue
        registered |= {data["attendee"]} if kind == "attendee.registered" else set()
        checked_in |= {data["attendee"]} if kind == "attendee.checked_in" else set()
        if data["version"] >= newest.get(data["attendee"], {"version": 0})["version"]:
            newest[data["attendee"]] = data
    silent = {name for name, data in newest.items() if not data["consents"]["statistics"]}
    return registered, checked_in, silent


def stages_of(path, conference):
    """Stage -> {introduction: its two people}."""
    stages = {"introduced": {}, "accepted": {}, "met": {}}
    names = {"introduction.proposed": "introduced", "introduction.accepted": "accepted", "introduction.met": "met"}
    for kind, data in events_of(path, "rapport.introductions"):
        if data["conference"] == conference and kind in names:
            stages[names[kind]][data["introduction"]] = {data["mentor"], data["mentee"]}
    return stages


def relationships_of(path, conference, silent):
    """(pairs that continued, {question: {pair: {person: latest answer}}})."""
    continued, latest = set(), {}
    for kind, data in events_of(path, "rapport.relationships"):
        if data["conference"] != conference:
            continue
        if kind == "relationship.continued_by_both":
            continued.add(data["relationship"])
        if kind == "follow_up.answered" and data["question"] in QUESTIONS and data["attendee"] not in silent:
            place = (data["question"], data["relationship"], data["attendee"])
            order = (data["version"], data["at"])
            if place not in latest or order >= latest[place][0]:
                latest[place] = (order, data["answer"])
    answers = {question: {} for question in QUESTIONS}
    for (question, pair, person), (_, answer) in latest.items():
        answers[question].setdefault(pair, {})[person] = answer
    return continued, answers


def outcomes(path, slug):
    """The numbers of the dashboard, in the shape of the API."""
    conference = conference_id(path, slug)
    registered, checked_in, silent = attendees_of(path, conference)
    stages = stages_of(path, conference)
    continued, answers = relationships_of(path, conference, silent)
    met = stages["met"]
    people_in_touch, pairs_in_touch = {}, {}
    for question in QUESTIONS:
        said = {pair: set(answers[question].get(pair, {}).values()) for pair in met}
        yes = {pair for pair, words in said.items() if words & set(IN_TOUCH)}
        no = {pair for pair, words in said.items() if words} - yes
        pairs_in_touch[question] = {"yes": len(yes), "no": len(no), "unknown": len(met) - len(yes) - len(no)}
        people_in_touch[question] = len(set().union(*(met[pair] for pair in yes)))
    people = {stage: len(set().union(*pairs.values())) for stage, pairs in stages.items()}
    return {
        "people": {
            "registered": len(registered),
            "checked_in": len(checked_in),
            **people,
            "in_touch": people_in_touch,
        },
        "pairs": {
            **{stage: len(pairs) for stage, pairs in stages.items()},
            "continued": len(continued),
            "in_touch": pairs_in_touch,
        },
    }


if __name__ == "__main__":
    json.dump(outcomes(sys.argv[1], sys.argv[2]), sys.stdout, indent=1)
