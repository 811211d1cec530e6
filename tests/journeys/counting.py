"""The outcomes counted once more, from nothing but the events as they lie in the log. It shares no code with the product.

Latest answer per person and question; talked or met by either side = in touch, any other answer = not, none = unknown.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

QUESTIONS = ("week", "month", "quarter")
Event = Mapping[str, Any]


def events_of(records: Iterable[Any], conference_id: str) -> list[tuple[str, Event]]:
    """(type, data) of the kept topics' events of one conference, each event once."""
    seen: set[bytes] = set()
    found = []
    for record in records:
        headers = dict(record.headers)
        if record.value is None or "ce_type" not in headers or headers["ce_id"] in seen:
            continue
        seen.add(headers["ce_id"])
        data = _object(record.value)
        if data.get("conference") == conference_id:
            found.append((headers["ce_type"].decode(), data))
    return found


def _object(value: bytes) -> Event:
    """The data; nothing where somebody wrote what nobody can read."""
    try:
        data: Event = json.loads(value)
    except ValueError:
        return {}
    return data


def count(events: Iterable[tuple[str, Event]]) -> dict[str, Any]:
    """The numbers of the dashboard."""
    events = list(events)
    of: dict[str, list[Event]] = defaultdict(list)
    for kind, data in events:
        of[kind].append(data)
    newest = _newest_attendees(events)
    counted = {id for id, data in newest.items() if data["consents"]["statistics"]}
    met = {data["introduction"]: data for data in of["introduction.met"]}
    touch = {question: _in_touch(met, of["follow_up.answered"], question, counted) for question in QUESTIONS}
    return {
        "people": {
            "registered": len({data["attendee"] for data in of["attendee.registered"]}),
            "checked_in": len({data["attendee"] for data in of["attendee.checked_in"]}),
            **{step: len(_people(of[name])) for step, name in _STEPS},
            "in_touch": {
                q: len(_people(met[id] for id, state in touch[q].items() if state == "yes")) for q in QUESTIONS
            },
        },
        "pairs": {
            **{step: len({data["introduction"] for data in of[name]}) for step, name in _STEPS},
            "continued": len({data["relationship"] for data in of["relationship.continued_by_both"]}),
            "in_touch": {
                q: {state: sum(one == state for one in touch[q].values()) for state in ("yes", "no", "unknown")}
                for q in QUESTIONS
            },
        },
    }


_STEPS = (
    ("introduced", "introduction.proposed"),
    ("accepted", "introduction.accepted"),
    ("met", "introduction.met"),
)


def _newest_attendees(events: Iterable[tuple[str, Event]]) -> dict[str, Event]:
    newest: dict[str, Event] = {}
    for kind, data in events:
        if kind.startswith("attendee.") and data["version"] > newest.get(data["attendee"], {"version": 0})["version"]:
            newest[data["attendee"]] = data
    return newest


def _people(pairs: Iterable[Event]) -> set[str]:
    return {data[side] for data in pairs for side in ("mentor", "mentee")}


def _in_touch(met: Mapping[str, Event], answers: Iterable[Event], question: str, counted: set[str]) -> dict[str, str]:
    latest: dict[tuple[str, str], Event] = {}
    for data in answers:
        key = (data["relationship"], data["attendee"])
        if data["question"] == question and (key not in latest or data["version"] >= latest[key]["version"]):
            latest[key] = data
    said: dict[str, set[str]] = {id: set() for id in met}
    for (relationship, attendee), data in latest.items():
        if attendee in counted and relationship in said:
            said[relationship].add(data["answer"])
    return {id: "yes" if words & {"talked", "met"} else "no" if words else "unknown" for id, words in said.items()}
