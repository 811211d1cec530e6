"""What a log may hold: an event twice, an older version after a newer one, bytes that nobody can decode."""

from __future__ import annotations

import json
from typing import Any

from shared.bus.log import NewRecord, Record
from tests.journeys.conference import a_conference
from tests.journeys.world import Visitor

POISON = b"\xff\xfe{this is not JSON"


def test_an_event_that_comes_twice_or_late_changes_nothing(story: Visitor) -> None:
    here = a_conference(story, "twice-and-late")
    ana, ben = here.register("Ana", "mentor"), here.register("Ben", "mentee")
    here.go_to("08:00")
    here.check_in(ana, ben)
    before = here.only_introduction()
    letters = len(story.world.letters())
    mine = [record for record in story.records() if record.key in (ana["id"], ben["id"], before["id"])]
    story.append(*(_again(record) for record in mine))
    # An older state under a new id, as a producer would send it that was paused: Ana is not checked in there.
    story.append(*(_again(record, id="again-" + _id(record)) for record in mine if _version(record) == 1))
    story.world.quiet()
    assert here.only_introduction() == before
    assert len(story.world.letters()) == letters

    cem = here.register("Cem", "mentee")
    here.check_in(cem)
    story.world.quiet()
    met = {(introduction["mentor"], introduction["mentee"]) for introduction in here.introductions()}
    assert met == {(ana["id"], ben["id"]), (ana["id"], cem["id"])}


def test_what_nobody_can_decode_is_put_aside_and_the_others_go_on(served: Visitor) -> None:
    here = a_conference(served, "poison")
    ana, ben = here.register("Ana", "mentor"), here.register("Ben", "mentee")
    served.world.quiet()
    poison = _like(served.records(), ana["id"], POISON)
    served.append(poison)
    here.go_to("08:00")
    here.check_in(ana, ben)
    assert here.only_introduction()["status"] == "proposed"

    rapport: Any = served.world.installation.rapport  # type: ignore[attr-defined]
    waiting = [line.split() for line in rapport("dead-letters", "list").splitlines() if "not-json" in line]
    assert sorted(words[0] for words in waiting) == ["followup", "introductions"]
    service, number = waiting[0][0], waiting[0][1]
    shown = json.loads(rapport("dead-letters", "show", service, number))
    assert shown["place"]["topic"] == "rapport.attendees"
    assert (shown["place"]["key"], shown["reason"], shown["redriven"]) == (ana["id"], "not-json", False)
    assert "this is not JSON" in shown["value"]
    # It cannot be handled now either, and is still there afterwards.
    assert "0 handled" in rapport("dead-letters", "redrive", service, number)
    assert [service, number] in [line.split()[:2] for line in rapport("dead-letters", "list").splitlines()]


def _like(records: list[Record], key: str, value: bytes) -> NewRecord:
    """A record with the headers of a real one of that key, and other bytes."""
    pattern = next(record for record in records if record.key == key)
    return _again(pattern, id="poison-" + _id(pattern), value=value)


def _again(record: Record, *, id: str = "", value: bytes | None = None) -> NewRecord:
    headers = tuple((name, id.encode() if id and name == "ce_id" else content) for name, content in record.headers)
    return NewRecord(record.topic, record.key or "", record.value if value is None else value, headers)


def _id(record: Record) -> str:
    return dict(record.headers)["ce_id"].decode()[:32]


def _version(record: Record) -> int:
    return int(json.loads(record.value or b"{}").get("version", 0))
