"""Every event is handled once, whatever comes, in whatever order, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from shared import address_book
from shared.bus import envelope
from shared.bus import outbox as relay
from shared.bus.log import LogUnavailable, NewRecord
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from shared.contracts import DEAD_LETTERS_TOPIC, IntroductionMet, PersonDescribed, RelationshipStarted
from shared.database import Database
from shared.errors import Retryable
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS
from shared.tables import outbox
from tests.servers.kafka_server import KafkaServer, empty
from tests.transport.forms import read
from tests.transport.ledger import (
    Station,
    contacted,
    described,
    people,
    record_of,
    started,
    station,
    tombstone,
)

TOPIC = RelationshipStarted.TOPIC
GOOD = record_of(started("a"), "event-a")


@pytest.fixture
def ledger(tmp_path: Path, database: Database) -> Station:
    return station(tmp_path, database, MemoryLog(TOPICS, now=SYSTEM.now), MemoryTransport())


def test_an_event_that_comes_twice_is_handled_once(ledger: Station) -> None:
    ledger.log.append([GOOD, GOOD])
    ledger.intake()
    ledger.log.append([GOOD, record_of(started("b"), "event-b")])
    ledger.intake()
    assert (ledger.counted(), ledger.said(), ledger.asked_mails()) == (
        {"a": 1, "b": 1},
        ["a", "b"],
        ["note|a", "note|b"],
    )
    assert list(ledger.letters()) == []


def test_a_process_that_died_before_its_commit_changes_nothing_when_all_comes_again(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    records = [record_of(started(name), f"event-{name}") for name in "abcabc"]
    for _life in range(2):  # nothing was committed in the first: the second life's log starts at the beginning
        log = MemoryLog(TOPICS, now=SYSTEM.now)
        log.append(records)
        ledger = station(tmp_path, open_database(), log, MemoryTransport())
        ledger.intake()
    assert (ledger.counted(), sorted(ledger.said())) == ({"a": 1, "b": 1, "c": 1}, ["a", "b", "c"])
    assert list(ledger.letters()) == []


def test_an_older_version_never_overwrites_a_newer_one(ledger: Station) -> None:
    versions = [2, 3, 1, 3]
    ledger.log.append(
        [record_of(described("p", version, f"Name {version}"), f"e{n}") for n, version in enumerate(versions)]
    )
    ledger.intake()
    with ledger.runtime.reading() as connection:
        found = address_book.person(connection, "p")
    assert found is not None
    assert found.name == "Name 3"


def test_both_modes_of_cloudevents_are_understood(ledger: Station) -> None:
    structured = {
        "specversion": "1.0",
        "id": "event-s",
        "source": "/elsewhere",
        "type": RelationshipStarted.TYPE,
        "time": "2026-11-23T11:00:00Z",
        "subject": "s",
        "datacontenttype": "application/json",
        "data": json.loads(envelope.dump(started("s"))),
    }
    headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    ledger.log.append([GOOD, NewRecord(TOPIC, "s", json.dumps(structured).encode(), headers)])
    ledger.intake()
    assert (ledger.counted(), list(ledger.letters())) == ({"a": 1, "s": 1}, [])


def test_an_event_of_a_type_that_nobody_knows_is_passed_over(ledger: Station) -> None:
    ledger.log.append([_headers(GOOD, ce_type=b"relationship.invented"), GOOD])
    ledger.intake()
    assert (ledger.counted(), list(ledger.letters())) == ({"a": 1}, [])


def _headers(record: NewRecord, **changed: bytes | None) -> NewRecord:
    kept = {name: value for name, value in record.headers if name not in changed}
    return replace(record, headers=tuple({**kept, **{k: v for k, v in changed.items() if v is not None}}.items()))


def _data(**changed: object) -> NewRecord:
    data = {**json.loads(envelope.dump(started("poison"))), **changed}
    content = json.dumps({name: value for name, value in data.items() if value != "-"}).encode()
    return replace(POISON, value=content)


POISON = record_of(started("poison"), "event-poison")
MALFORMED: dict[str, tuple[NewRecord, str]] = {
    "noise": (NewRecord(TOPIC, "poison", b"\x00\xff noise"), "not-a-cloudevent"),
    "odd bytes in a header": (_headers(POISON, ce_id=b"\xff\x00\xfe"), "not-a-cloudevent"),
    "no type": (_headers(POISON, ce_type=None), "not-a-cloudevent"),
    "no id": (_headers(POISON, ce_id=None), "not-a-cloudevent"),
    "an endless id": (_headers(POISON, ce_id=b"x" * 65), "no-usable-id"),
    "a NUL in the id": (_headers(POISON, ce_id=b"x\x00y"), "no-usable-id"),
    "no id in the other mode": (
        NewRecord(
            TOPIC,
            "poison",
            b'{"specversion": "1.0", "type": "relationship.started", "source": "/x", "data": {}}',
            (("content-type", b"application/cloudevents+json"),),
        ),
        "not-a-cloudevent",
    ),
    "no key": (_headers(replace(POISON, key=""), ce_subject=None), "no-usable-id"),
    "a NUL in the key": (replace(POISON, key="poi\x00son"), "wrong-key"),
    "another's key": (replace(POISON, key="someone"), "wrong-key"),
    "an endless key": (replace(POISON, key="k" * 300), "wrong-key"),
    "no data": (replace(POISON, value=None), "no-data"),
    "not JSON": (replace(POISON, value=b"{"), "not-json"),
    "not UTF-8": (replace(POISON, value=b'{"relationship": "\xff"}'), "not-json"),
    "too deep": (replace(POISON, value=b"[" * 30_000), "not-json"),
    "a list": (replace(POISON, value=b"[1]"), "data-not-an-object"),
    "null": (replace(POISON, value=b"null"), "data-not-an-object"),
    "a field is missing": (_data(mentor="-"), "against-the-schema"),
    "text for a number": (_data(version="one"), "against-the-schema"),
    "a number beyond all": (_data(version=2**63), "against-the-schema"),
    "an infinite number": (_data(version=float("inf")), "against-the-schema"),
    "no instant": (_data(at="yesterday"), "against-the-schema"),
    "an instant without zone": (_data(at="2026-11-23T11:00:00"), "against-the-schema"),
    "a NUL in the text": (_data(conference="c\x00"), "against-the-schema"),
    "half a character": (_data(conference="\ud800"), "against-the-schema"),
    "from the future": (_headers(POISON, ce_dataversion=b"99"), "version-from-the-future"),
    "no number for a version": (_headers(POISON, ce_dataversion=b"x"), "no-version"),
    "of another topic": (_headers(POISON, ce_type=IntroductionMet.TYPE.encode()), "wrong-topic"),
}


def test_poison_is_buried_once_with_its_bytes_and_every_good_event_is_handled(ledger: Station) -> None:
    good = [record_of(started(f"good {number}"), f"event-good-{number}") for number in range(len(MALFORMED) + 1)]
    mixed = [good[0]]
    for (poison, _reason), follower in zip(MALFORMED.values(), good[1:], strict=True):
        mixed += [poison, follower]
    ledger.log.append(mixed)
    assert ledger.intake() == len(mixed)
    assert ledger.counted() == {f"good {number}": 1 for number in range(len(good))}
    assert _buried(ledger) == sorted(str((reason, poison.value)) for poison, reason in MALFORMED.values())
    ledger.runtime.relay_turn()
    ledger.log.append(mixed)  # the same again, at other places: good ones are known, poison is buried where it lies
    ledger.intake()
    assert ledger.counted() == {f"good {number}": 1 for number in range(len(good))}
    assert len(ledger.letters()) == 2 * len(MALFORMED)


def _buried(ledger: Station) -> list[str]:
    return sorted(str((row.reason, row.value and bytes(row.value))) for row in ledger.letters())


def test_a_dead_letter_says_where_it_lay_and_is_told_on_the_topic_of_dead_letters(ledger: Station) -> None:
    poison = _headers(replace(POISON, value=b"{"), ce_odd=b"\x00\xff")
    ledger.log.append([GOOD, poison])
    ledger.intake()
    (row,) = ledger.letters()
    assert (row.topic, row.key, row.position, row.reason, row.attempts) == (
        TOPIC,
        "poison",
        0,
        "not-a-cloudevent",
        1,
    )
    assert {name: text.encode("latin-1") for name, text in row.headers.items()} == dict(poison.headers)
    ledger.runtime.relay_turn()
    (told,) = read(ledger.log.consumer("test", [DEAD_LETTERS_TOPIC]), 1)
    assert (told.value, dict(told.headers)) == (
        b"{",
        {
            "dl_topic": TOPIC.encode(),
            "dl_partition": str(row.partition).encode(),
            "dl_offset": b"0",
            "dl_reason": b"not-a-cloudevent",
            "dl_attempts": b"1",
            "dl_consumer": b"ledger",
        },
    )


def test_of_the_people_topic_a_dead_letter_keeps_key_and_reason_only(ledger: Station) -> None:
    personal = record_of(described("p", name="Canary Personal"), "event-p")
    ledger.log.append([replace(personal, value=(personal.value or b"")[:-2])])
    ledger.intake()
    (row,) = ledger.letters()
    assert (row.topic, row.key, row.reason, row.value, row.headers) == (
        PersonDescribed.TOPIC,
        "p",
        "not-json",
        None,
        {},
    )
    ledger.runtime.relay_turn()
    (told,) = read(ledger.log.consumer("test", [DEAD_LETTERS_TOPIC]), 1)
    assert told.value == b""
    assert b"Canary" not in repr(told).encode()


def test_what_a_handler_cannot_do_waits_with_all_that_follows_and_a_redrive_gives_a_clean_run(ledger: Station) -> None:
    ledger.ledger.broken = {"b"}
    records = [record_of(started(name, n), f"event-{n}") for n, name in enumerate("abcbab")]
    ledger.log.append(records)
    ledger.intake()
    assert ledger.counted() == {"a": 2, "c": 1}
    assert [(row.reason, row.attempts) for row in ledger.letters()] == [
        ("handler-failed", 3),
        ("parked", 0),
        ("parked", 0),
    ]
    assert ledger.redrive() == ["ZeroDivisionError"] * 3
    ledger.ledger.broken = set()
    ledger.log.append([record_of(started("b", 9), "event-9")])
    ledger.intake()
    assert [row.reason for row in ledger.letters()] == ["handler-failed", "parked", "parked", "parked"]
    assert ledger.redrive() == []
    clean = {"a": 2, "b": 4, "c": 1}
    assert (ledger.counted(), list(ledger.letters())) == (clean, [])
    assert sorted(ledger.said()) == ["a", "a", "b", "b", "b", "b", "c"]
    before = ledger.said()
    assert ledger.redrive() == []
    ledger.log.append(records)
    ledger.intake()
    assert (ledger.counted(), ledger.said()) == (clean, before)


def test_a_person_who_could_not_be_handled_is_read_from_the_log_again(ledger: Station) -> None:
    ledger.ledger.broken = {"p", "gone"}
    ledger.log.append([record_of(described("gone", 1), "e0"), record_of(described("p", 1), "e1")])
    ledger.log.append([tombstone("gone", "e2"), record_of(described("p", 2, "Second Name"), "e3")])
    ledger.intake()
    assert sorted((row.key, row.reason) for row in ledger.letters()) == [
        ("gone", "handler-failed"),
        ("p", "handler-failed"),
        ("p", "handler-failed"),
    ]
    ledger.ledger.broken = set()
    assert ledger.redrive() == []
    with ledger.runtime.reading() as connection:
        assert address_book.names(connection, ["p", "gone"]) == {"p": "Second Name"}
    assert list(ledger.letters()) == []


def test_a_newer_description_is_handled_though_an_older_one_lies_among_the_dead_letters(ledger: Station) -> None:
    ledger.ledger.broken = {"p"}
    ledger.log.append([record_of(described("p", 1), "e1")])
    ledger.intake()
    ledger.ledger.broken = set()
    ledger.log.append([record_of(described("p", 2, "Second Name"), "e2")])
    ledger.intake()
    with ledger.runtime.reading() as connection:
        assert address_book.names(connection, ["p"]) == {"p": "Second Name"}


def test_what_goes_away_by_itself_is_waited_for_with_nothing_done_and_nothing_buried(ledger: Station) -> None:
    ledger.ledger.away = {"b"}
    ledger.log.append([record_of(started(name), f"event-{name}") for name in "abc"])
    for _try in range(5):
        with pytest.raises(Retryable):
            ledger.intake()
    assert (list(ledger.letters()), ledger.counted().get("b")) == ([], None)
    ledger.ledger.away = set()
    ledger.intake()
    assert (ledger.counted(), sorted(ledger.said())) == ({"a": 1, "b": 1, "c": 1}, ["a", "b", "c"])


def test_a_relay_that_dies_between_append_and_mark_sends_again_what_consumers_know(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    log = MemoryLog(TOPICS, now=SYSTEM.now)
    ledger = station(tmp_path, open_database(), log, MemoryTransport())
    with ledger.runtime.work() as work:
        work.publish(contacted("a"))
        work.publish(contacted("b"))
    with ledger.runtime.reading() as connection:  # the first relay: appends, and is no more
        rows = relay.unsent(connection, 10)
        log.append(relay.records(connection, rows, {}, "/ledger"))
    second = station(tmp_path, open_database(), log, MemoryTransport())
    assert (second.runtime.relay_turn(), second.runtime.relay_turn()) == (2, 0)
    found = read(log.consumer("test", [TOPIC]), 4)
    ids = [dict(record.headers)["ce_id"] for record in found if record.key == "a"]
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_two_relays_do_not_work_at_once(tmp_path: Path, open_database: Callable[[], Database]) -> None:
    log = MemoryLog(TOPICS, now=SYSTEM.now)
    first, second = (station(tmp_path, open_database(), log, MemoryTransport()) for _ in range(2))
    with first.runtime.work() as work:
        work.publish(contacted("a"))
    assert first.runtime.relay_turn() == 1
    with first.runtime.work() as work:
        work.publish(contacted("b"))
    assert second.runtime.relay_turn() == 0
    assert first.runtime.relay_turn() == 1
    first.runtime.close()
    with second.runtime.work() as work:
        work.publish(contacted("c"))
    assert second.runtime.relay_turn() == 1
    assert [record.key for record in read(log.consumer("test", [TOPIC]), 3)].count("c") == 1


def test_the_state_of_a_compacted_topic_is_read_when_it_is_sent(ledger: Station) -> None:
    with ledger.runtime.work() as work:
        work.connection.execute(people.insert().values(person="p", version=1))
        work.publish_state(PersonDescribed, "p")
    with ledger.runtime.work() as work:
        work.connection.execute(people.delete())
        work.publish_state(PersonDescribed, "p")
    with ledger.runtime.reading() as connection:
        assert [row.payload for row in connection.execute(select(outbox))] == [None, None]
    ledger.runtime.relay_turn()
    found = read(ledger.log.consumer("test", [PersonDescribed.TOPIC]), 2)
    assert [record.value for record in found] == [None, None]


def test_while_the_broker_is_away_everything_is_kept_and_then_comes_in_order(
    tmp_path: Path, open_database: Callable[[], Database], kafka: KafkaServer
) -> None:
    from shared.bus.kafka_log import KafkaLog, create_topics

    empty(kafka.bootstrap)
    create_topics(kafka.bootstrap, TOPICS)
    log = KafkaLog(kafka.bootstrap, client_id="test", session_ms=1000, answer_ms=2000)
    ledger = station(tmp_path, open_database(), log, MemoryTransport())

    def publish(start: int, count: int) -> None:
        for number in range(start, start + count):
            with ledger.runtime.work() as work:
                work.publish(replace(contacted(f"key-{number % 3}"), version=number))

    publish(0, 6)
    assert ledger.runtime.relay_turn() == 6
    kafka.kill()
    publish(6, 30)
    with pytest.raises(LogUnavailable):
        ledger.runtime.relay_turn()
    assert ledger.runtime.pending() | {"newest": 0} == {"relay": 30, "ledger": 1, "mail": 0, "newest": 0}
    kafka.start()
    while not ledger.runtime.relay_turn():
        pass
    consumer = log.consumer("test", [TOPIC])
    found = [envelope.read(record) for record in read(consumer, 36)]
    versions = {f"key-{n}": [m.event.version for m in found if m and m.key == f"key-{n}"] for n in range(3)}  # type: ignore[union-attr]
    assert {key: list(dict.fromkeys(numbers)) for key, numbers in versions.items()} == {
        f"key-{n}": list(range(n, 36, 3)) for n in range(3)
    }
    consumer.close()
    ledger.runtime.close()
