"""The lists of events that must agree: catalogue, published, handled, samples, the table for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rapport import SERVICES
from rapport.tables_of_events import table_of_events
from shared.bus import envelope
from shared.contracts import (
    CATALOGUE,
    COMPACTED_TOPICS,
    DEAD_LETTERS_TOPIC,
    FOR_THE_RECORD,
    KEPT_TOPICS,
    PersonDescribed,
)
from shared.parts import TOPICS
from shared.work import Undeclared
from tests.system import System

ROOT = Path(__file__).parent.parent.parent
SAMPLES = Path(__file__).parent / "samples"


def test_every_event_has_one_publisher() -> None:
    publishers = {event: [s.name for s in SERVICES.values() if event in s.publishes] for event in CATALOGUE}
    assert {event.TYPE: names for event, names in publishers.items() if len(names) != 1} == {}
    assert {event for service in SERVICES.values() for event in service.publishes} == set(CATALOGUE)


def test_every_event_is_handled_or_kept_for_the_record() -> None:
    handled = {event for service in SERVICES.values() for event in (*service.handles, *service.tombstones)}
    assert {event.TYPE for event in set(CATALOGUE) - handled - set(FOR_THE_RECORD)} == set()
    assert {event.TYPE for event in handled & set(FOR_THE_RECORD)} == set()
    assert handled <= set(CATALOGUE)


def test_whoever_publishes_a_state_can_tell_it() -> None:
    for service in SERVICES.values():
        assert set(service.states) == {event for event in service.publishes if event.TOPIC in COMPACTED_TOPICS}


def test_nobody_but_the_owner_of_the_people_forgets_them() -> None:
    keeps = {s.name for s in SERVICES.values() if PersonDescribed in s.handles and PersonDescribed not in s.publishes}
    forgets = {s.name for s in SERVICES.values() if PersonDescribed in s.tombstones}
    assert keeps <= forgets


def test_every_topic_is_one_of_the_known_ones() -> None:
    assert {event.TOPIC for event in CATALOGUE} == {*COMPACTED_TOPICS, *KEPT_TOPICS}
    assert [topic.name for topic in TOPICS] == [*COMPACTED_TOPICS, *KEPT_TOPICS, DEAD_LETTERS_TOPIC]


def test_the_table_of_events_lists_them_as_they_are() -> None:
    assert (ROOT / "docs" / "events.md").read_text() == table_of_events(SERVICES.values())


def test_every_version_ever_released_has_a_sample() -> None:
    expected = {f"{event.TYPE}.v{n}.json" for event in CATALOGUE for n in range(1, event.VERSION + 1)}
    assert {path.name for path in SAMPLES.iterdir()} == expected


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_an_old_message_still_reads(path: Path) -> None:
    kind, version = path.name.removesuffix(".json").rsplit(".v", 1)
    event_type = {event.TYPE: event for event in CATALOGUE}[kind]
    data = json.loads(path.read_text())
    event = envelope.load(event_type, data, int(version))
    assert isinstance(event, event_type)
    if int(version) == event_type.VERSION:  # nothing in it was lost on the way
        assert json.loads(envelope.dump(event)) == data


def test_publishing_what_is_not_declared_is_refused(system: System) -> None:
    for event in CATALOGUE:
        data = json.loads((SAMPLES / f"{event.TYPE}.v{event.VERSION}.json").read_text())
        sample = envelope.load(event, data, event.VERSION)
        for runtime in system.runtimes.values():
            if event in runtime.service.publishes:
                continue
            with pytest.raises(Undeclared), runtime.work() as work:
                work.publish(sample)
            with pytest.raises(Undeclared), runtime.work() as work:
                work.publish_state(event, sample.key)


def test_every_event_survives_the_way_through_a_record() -> None:
    for event in CATALOGUE:
        data = json.loads((SAMPLES / f"{event.TYPE}.v{event.VERSION}.json").read_text())
        sample = envelope.load(event, data, event.VERSION)
        new = envelope.record(
            topic=event.TOPIC,
            key=sample.key,
            payload=envelope.dump(sample),
            event_id="e" * 32,
            kind=event.TYPE,
            version=event.VERSION,
            source="/test",
            time=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        )
        record = envelope.Record(event.TOPIC, 0, 0, new.key, new.value, new.headers, datetime(2026, 11, 23, tzinfo=UTC))
        message = envelope.read(record)
        assert message is not None
        assert message.event == sample
