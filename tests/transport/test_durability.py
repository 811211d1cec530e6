"""What the log keeps when processes and brokers die, and what it is really rid of after compaction."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import LogUnavailable, NewRecord, Record, Topic
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM, FixedClock
from tests.servers.kafka_server import KafkaServer
from tests.servers.waiting import wait_until
from tests.transport.forms import Form, embedded_form, kafka_form, new, opened, read, values
from tests.transport.member import Member

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
PEOPLE = Topic("people", 6, compacted=True)
KEPT = Topic("kept", 6, compacted=False)


def test_the_memory_log_never_gives_an_offset_twice() -> None:
    log = MemoryLog([PEOPLE], now=SYSTEM.now)
    log.append([new(PEOPLE, "a", "old"), new(PEOPLE, "a", None)])
    consumer = log.consumer("group", ["people"])
    consumer.commit(consumer.poll(10, 0))
    log.compact()
    log.append([new(PEOPLE, "a", "new")])
    assert [(r.offset, r.value) for r in consumer.poll(10, 0)] == [(2, b"new")]


def _bytes_of(folder: Path, pattern: str = "*") -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob(pattern)) if path.is_file())


def _embedded(folder: Path, clock: FixedClock) -> EmbeddedLog:
    return EmbeddedLog(folder / "log.db", [PEOPLE, KEPT], now=clock.now, owner="x", lease_seconds=3600)


def test_compaction_removes_the_bytes_of_older_versions_within_a_minute_though_nobody_appends(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    log = _embedded(tmp_path, clock)
    reader = log.consumer("group", ["people", "kept"])
    log.append([new(PEOPLE, "ana", "the name of old"), new(KEPT, "ana", "what is kept")])
    log.append([new(PEOPLE, "ana", "the new name"), new(PEOPLE, "ben", "another"), new(KEPT, "ana", "kept as well")])
    assert b"the name of old" in _bytes_of(tmp_path)
    clock.advance(timedelta(seconds=59))
    reader.commit(reader.poll(100, 0))
    kept = _bytes_of(tmp_path)
    assert [text in kept for text in (b"the name of old", b"the new name", b"what is kept")] == [False, True, True]
    assert sorted(values(log.consumer("late", ["people", "kept"]).poll(100, 0)), key=str) == [
        "another",
        "kept as well",
        "the new name",
        "what is kept",
    ]
    log.close()


def test_a_tombstone_goes_when_every_group_has_passed_it(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    log = _embedded(tmp_path, clock)
    log.append([new(PEOPLE, "ana", "the name of old")])
    quick, slow = log.consumer("quick", ["people"]), log.consumer("slow", ["people"])
    slow.commit(slow.poll(100, 0))
    log.append([new(PEOPLE, "ana", None)])
    quick.commit(quick.poll(100, 0))
    clock.advance(timedelta(minutes=2))
    log.compact()
    assert [r.value for r in log.consumer("third", ["people"]).poll(100, 0)] == [None]
    slow.commit(slow.poll(100, 0))
    clock.advance(timedelta(minutes=2))
    log.compact()
    assert list(log.consumer("fourth", ["people"]).poll(100, 0)) == []
    log.append([new(PEOPLE, "ana", "back again")])
    assert [(r.offset, r.value) for r in quick.poll(100, 0)] == [(2, b"back again")]
    log.close()


def test_apache_kafka_is_rid_of_older_versions_after_the_compaction_lag(kafka: KafkaServer) -> None:
    with opened(kafka_form(kafka.bootstrap)) as form:
        log = form.open()
        log.append([new(form.compacted, "ana", "the name of old"), new(form.kept, "ana", "what is kept")])
        data = kafka.data

        def compacted() -> bool:
            # A broker closes a segment when the next record comes; the newest segment is never compacted.
            log.append([new(form.compacted, "ana", "the new name")])
            return b"the name of old" not in _bytes_of(data, "*.log")

        assert b"the name of old" in _bytes_of(data, "*.log")
        wait_until(compacted, 30, "the broker compacted", every=0.4)
        found = values(read(form.member(log, "late", form.compacted), 1))
        assert set(found) == {"the new name"}
        assert values(read(form.member(log, "later", form.kept), 1)) == ["what is kept"]


def test_a_log_that_is_opened_again_has_everything_and_goes_on(tmp_path: Path) -> None:
    with opened(embedded_form(tmp_path)) as form:
        log = form.open()
        log.append([new(form.kept, "a", "1"), new(form.kept, "a", "2")])
        consumer = log.consumer("group", [form.kept.name])
        consumer.commit(consumer.poll(1, 0))
        consumer.close()
        log.close()
        again = form.open()
        again.append([new(form.kept, "a", "3")])
        assert values(read(form.member(again), 2)) == ["2", "3"]


def test_a_log_that_was_closed_says_so_to_whoever_still_waits(tmp_path: Path) -> None:
    log = _embedded(tmp_path, FixedClock(NOON))
    log.append([new(KEPT, "a", "1")])
    consumer = log.consumer("group", ["kept"])
    met: list[object] = []

    def wait() -> None:
        try:
            met.append(values(consumer.poll(10, 30)))
            consumer.poll(10, 30)
        except LogUnavailable:
            met.append("unavailable")

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(lambda: met, 5, "the first came")
    log.close()
    waiting.join(5)
    assert met == [["1"], "unavailable"]


def test_what_the_embedded_log_acknowledged_outlives_kill_9(tmp_path: Path) -> None:
    with opened(embedded_form(tmp_path)) as form:
        log = form.open()
        with Member(form) as pouring:
            told = [pouring.ask("pour")]
            while len(told) < 100:
                told.append(pouring.hear())
            pouring.kill()
            while (number := pouring.hear()) is not None:
                told.append(number)
        found = read(form.member(log), len(told))
        assert {str(number) for number in told} <= set(values(found))
        _in_order(found)


def _in_order(records: Sequence[Record]) -> None:
    for key in {record.key for record in records}:
        of_key = dict.fromkeys(int(record.value or b"") for record in records if record.key == key)
        assert list(of_key) == sorted(of_key)


def test_a_killed_broker_loses_nothing_acknowledged_and_the_same_producer_goes_on(kafka: KafkaServer) -> None:
    with opened(kafka_form(kafka.bootstrap)) as form:
        log = form.open()
        acknowledged, failed = 0, 0
        ended = threading.Event()

        def pour() -> None:
            nonlocal acknowledged, failed
            while not ended.is_set():
                batch = [_numbered(form, acknowledged + number) for number in range(20)]
                try:
                    log.append(batch)
                    acknowledged += 20
                except LogUnavailable:
                    failed += 1

        pouring = threading.Thread(target=pour)
        pouring.start()
        wait_until(lambda: acknowledged >= 400, 20, "400 records are in")
        kafka.kill()
        before = acknowledged
        kafka.start()
        wait_until(lambda: acknowledged >= before + 400, 30, "it goes on")
        ended.set()
        pouring.join(15)
        found = _all(form, acknowledged)
        assert {int(record.value or b"") for record in found} >= set(range(acknowledged))
        _in_order(found)


def _numbered(form: Form, number: int) -> NewRecord:
    return new(form.kept, f"key-{number % 12}", str(number))


def _all(form: Form, distinct: int) -> list[Record]:
    found: list[Record] = []
    consumer = form.member(form.open(), "all")

    def enough() -> bool:
        found.extend(consumer.poll(500, 0.1))
        return len({record.value for record in found}) >= distinct

    wait_until(enough, 20, "everything came", every=0)
    return found


def test_a_broker_that_is_away_is_said_to_be_away(kafka: KafkaServer) -> None:
    with opened(kafka_form(kafka.bootstrap)) as form:
        log = form.open()
        log.append([new(form.kept, "a", "1")])
        kafka.kill()
        with pytest.raises(LogUnavailable):
            log.append([new(form.kept, "a", "2")])
        with pytest.raises(LogUnavailable):
            log.lag("group", [form.kept.name])
        kafka.start()
        log.append([new(form.kept, "a", "3")])
        found = values(read(form.member(log), 2))
        assert [found[0], found[-1]] == ["1", "3"]
