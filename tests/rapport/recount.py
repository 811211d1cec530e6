"""Counts what became of a conference's introductions from the events in an embedded log. It imports nothing of ours: run
`python recount.py LOG.DB SLUG DAY` and compare with the product's own outcomes as of that day. Standard library only.
Everything is counted by looking at every pair; what each number means is said here once more, in the words of events."""

import json
import sqlite3
import sys
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

QUESTIONS = ("week", "month", "quarter")
IN_TOUCH = ("talked", "met")
STAGES = {"introduced": "introduction.proposed", "accepted": "introduction.accepted", "met": "introduction.met"}
WHY = {
    "introduction.proposed": "open",
    "introduction.moved": "open",
    "introduction.accepted": "unreported",
    "introduction.declined": "not_agreed",
    "introduction.expired": "not_agreed",
    "introduction.cancelled": "cancelled",
    "introduction.missed": "missed",
}


# What was told


def events_of(path, topic):
    """(type, data) of every event of a topic, in the order of each partition; tombstones left out."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as log:
        rows = log.execute(
            "SELECT headers, value FROM records WHERE topic = ? AND value IS NOT NULL ORDER BY part, position", (topic,)
        ).fetchall()
    for headers, value in rows:
        attributes = dict(json.loads(headers))
        yield attributes["ce_type"], json.loads(value)


def told_of(path, topic, subject, conference):
    """Subject -> [(type, data)] of a conference, by the versions of that subject."""
    found = {}
    for kind, data in events_of(path, topic):
        if data["conference"] == conference:
            found.setdefault(data[subject], []).append((kind, data))
    return {name: sorted(told, key=lambda each: each[1]["version"]) for name, told in found.items()}


def conference_of(path, slug):
    """The newest state of a conference."""
    known = [data for _, data in events_of(path, "rapport.conferences") if data["slug"] == slug]
    return max(known, key=lambda data: data["version"])


# What it comes to, for one


def kinds_of(told):
    """The types of what was told, in order."""
    return [kind for kind, _data in told]


def is_checked_in(told):
    """Whether she arrived, and nobody took that back as a mistake."""
    here = False
    for kind, data in told:
        here = here or kind == "attendee.checked_in"
        if kind == "attendee.left" and data["status"] == "confirmed" and not data["present_on"]:
            here = False
    return here


def latest_answers(told, counted):
    """Question -> what the two said last, of those whose answers count."""
    latest = {}
    for kind, data in told:
        if kind == "follow_up.answered" and data["question"] in QUESTIONS and data["attendee"] in counted:
            latest[data["question"], data["attendee"]] = data["answer"]
    found = {question: [] for question in QUESTIONS}
    for (question, _attendee), answer in latest.items():
        found[question].append(answer)
    return found


def stands(words):
    """yes, no or unknown."""
    if any(word in IN_TOUCH for word in words):
        return "yes"
    return "no" if words else "unknown"


def why_lost(told):
    """Why the two never met, by the last that was heard; None where they did."""
    if STAGES["met"] in kinds_of(told):
        return None
    return WHY[[kind for kind in kinds_of(told) if kind in WHY][-1]]


def cohorts_of(told, states, zone):
    """(way to split, level) of a pair, one level of each way."""
    mentor, mentee = (states.get(told[0][1][side]) for side in ("mentor", "mentee"))
    proposals = [data for kind, data in told if kind == "introduction.proposed"]
    goals = [data["by"] for kind, data in told if kind == "introduction.goal_agreed"]
    starts = [data["starts_at"] for _kind, data in told if "starts_at" in data]
    yield "goal", ("date" if goals[-1] else "enough") if goals else "none"
    for proposal in proposals[:1]:
        yield "topic", the_one({reason["code"] for reason in proposal["reasons"] if reason["kind"] == "topic"})
        yield "chance", f"{proposal['probability']:g}" if proposal["drawn"] else "planned"
    if mentee:
        yield "first_timer", "yes" if mentee["first_timer"] else "no"
    if starts:
        yield "hour", f"{datetime.fromisoformat(starts[-1]).astimezone(zone):%H}"
    if mentor and mentee:
        yield "language", the_one({code for code in mentor["languages"] if code in mentee["languages"]})


def the_one(codes):
    """What a pair has in common, where it is one thing; `*` for several, `-` for none."""
    return "-" if not codes else "*" if len(codes) > 1 else min(codes)


# What all come to


def parts_of(pairs, answers):
    """Question -> how many of these pairs are in touch, are not, or nothing is known of."""
    found = {}
    for question in QUESTIONS:
        count = Counter(stands(answers[pair][question]) for pair in pairs)
        found[question] = {word: count[word] for word in ("yes", "no", "unknown")}
    return found


def apart_of(pairs, answers):
    """Of the pairs that are not in touch: where somebody wrote, and where somebody said that it is complete."""
    found = {}
    for question in QUESTIONS:
        said = [answers[pair][question] for pair in pairs if stands(answers[pair][question]) == "no"]
        found[question] = {word: sum(word in words for words in said) for word in ("wrote", "complete")}
    return found


def lost_of(introductions):
    """Step that was not come to -> reason -> how many."""
    found = {"accepted": Counter(), "met": Counter()}
    for told in introductions.values():
        why = why_lost(told)
        if why:
            found["met" if STAGES["accepted"] in kinds_of(told) else "accepted"][why] += 1
    return found


def split(met, introductions, states, answers, zone):
    """Way to split -> level -> question -> parts."""
    groups = {}
    loads = Counter(introductions[pair][0][1]["mentor"] for pair in met)
    for pair in met:
        hers = loads[introductions[pair][0][1]["mentor"]]
        ways = [*cohorts_of(introductions[pair], states, zone), ("mentored", str(hers) if hers < 4 else "4+")]
        for way, level in ways:
            groups.setdefault(way, {}).setdefault(level, []).append(pair)
    return {way: {level: parts_of(its, answers) for level, its in levels.items()} for way, levels in groups.items()}


def passed_of(met, introductions, relationships, answers, today):
    """Pairs whose day on the newest goal card is over, those of them that told of contact, those that are complete."""
    found = {"pairs": 0, "contact": 0, "complete": 0}
    for pair in met:
        days = [data["by"] for kind, data in introductions[pair] if kind == "introduction.goal_agreed"]
        if days and days[-1] and date.fromisoformat(days[-1]) < today:
            contact = any(stands(words) == "yes" for words in answers[pair].values())
            ends = [data["cause"] for kind, data in relationships.get(pair, []) if kind == "relationship.ended"]
            found["pairs"] += 1
            found["contact"] += contact
            found["complete"] += "complete" in ends and not contact
    return found


def curve_of(met, answers, days):
    """Day -> pairs with a last contact on that day or later for sure, and pairs with none after it for sure."""
    found = {str(day): {"at_least": 0, "at_most": len(met)} for day in (0, *days.values())}
    for pair in met:
        said = [(day, stands(answers[pair][question])) for question, day in days.items()]
        last = max([0, *(day for day, word in said if word == "yes")])
        silent = [day for day, word in said if word == "no" and day > last]
        for day in (0, *days.values()):
            found[str(day)]["at_least"] += last >= day
            found[str(day)]["at_most"] -= bool(silent) and min(silent) <= day
    return found


def funnels_of(attendees, introductions, relationships, answers):
    """The two counts in the shape of the API, and nothing else."""
    reached = {
        stage: {pair for pair, told in introductions.items() if event in kinds_of(told)}
        for stage, event in STAGES.items()
    }
    met = reached["met"]
    in_touch = {question: {pair for pair in met if stands(answers[pair][question]) == "yes"} for question in QUESTIONS}

    def people(pairs):
        return len({introductions[pair][0][1][side] for pair in pairs for side in ("mentor", "mentee")})

    return {
        "people": {
            "registered": sum("attendee.registered" in kinds_of(told) for told in attendees.values()),
            "checked_in": sum(is_checked_in(told) for told in attendees.values()),
            **{stage: people(pairs) for stage, pairs in reached.items()},
            "in_touch": {question: people(pairs) for question, pairs in in_touch.items()},
        },
        "pairs": {
            **{stage: len(pairs) for stage, pairs in reached.items()},
            "continued": sum("relationship.continued_by_both" in kinds_of(told) for told in relationships.values()),
            "in_touch": parts_of(met, answers),
            "apart": apart_of(met, answers),
        },
    }


def outcomes(path, slug, today):
    """Everything: the two counts of the API, and what stands beside them on the dashboard; days passed as of `today`."""
    conference = conference_of(path, slug)
    zone, id_ = ZoneInfo(conference["timezone"]), conference["conference"]
    attendees = told_of(path, "rapport.attendees", "attendee", id_)
    introductions = told_of(path, "rapport.introductions", "introduction", id_)
    relationships = told_of(path, "rapport.relationships", "relationship", id_)
    states = {name: told[-1][1] for name, told in attendees.items()}
    counted = {name for name, state in states.items() if state["consents"]["statistics"]}
    answers = {pair: latest_answers(relationships.get(pair, []), counted) for pair in introductions}
    met = {pair for pair, told in introductions.items() if STAGES["met"] in kinds_of(told)}
    drawn = {pair for pair in met if any(data.get("drawn") for _kind, data in introductions[pair])}
    asked = {data["question"] for told in relationships.values() for kind, data in told if kind == "follow_up.asked"}
    loads = Counter(Counter(introductions[pair][0][1]["mentor"] for pair in met).values())
    days = dict(zip(QUESTIONS, conference["policy"]["follow_up_days"], strict=False))
    return {
        **funnels_of(attendees, introductions, relationships, answers),
        "lost": lost_of(introductions),
        "asked": sorted(asked & set(QUESTIONS)),
        "cohorts": split(met, introductions, states, answers, zone),
        "load": {str(pairs): mentors for pairs, mentors in loads.items()},
        "exploration": {"matched": parts_of(met - drawn, answers), "drawn": parts_of(drawn, answers)},
        "passed": passed_of(met, introductions, relationships, answers, today),
        "curve": curve_of(met, answers, days),
    }


if __name__ == "__main__":
    json.dump(outcomes(sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3])), sys.stdout, indent=1)
