"""The three forms of the log behind one handle, so that one suite runs on all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import Consumer, Log, NewRecord, Record, Topic
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from tests.servers.waiting import wait_until

LEASE = 0.8
SESSION_MS = 2000
_numbers = itertools.count(1)


class Form:
    """One log with a kept and a compacted topic of its own; `open` gives a client as another process would have it."""

    def __init__(self, name: str, open_log: Callable[[Sequence[Topic]], Log], address: str, suffix: str = "") -> None:
        self.name, self.address = name, address
        self.kept = Topic("kept" + suffix, 6, compacted=False)
        self.compacted = Topic("compacted" + suffix, 6, compacted=True)
        self.topics = (self.kept, self.compacted)
        self._open_log = open_log
        self._opened: list[Log] = []
        self._members: list[Consumer] = []

    def open(self) -> Log:
        """A client of the log."""
        log = self._open_log(self.topics)
        self._opened.append(log)
        return log

    def member(self, log: Log, group: str = "group", *topics: Topic) -> Consumer:
        """A member of a group; it reads the kept topic when none is named."""
        made = log.consumer(group, [topic.name for topic in topics or (self.kept,)])
        self._members.append(made)
        return made

    def close(self) -> None:
        for member in self._members:
            member.close()
        for log in self._opened:
            log.close()


@contextmanager
def opened(form: Form) -> Iterator[Form]:
    """A form that is closed at the end, its members first."""
    try:
        yield form
    finally:
        form.close()


def memory_form() -> Form:
    logs: list[MemoryLog] = []

    def open_log(topics: Sequence[Topic]) -> Log:
        logs.append(logs[0] if logs else MemoryLog(topics, now=SYSTEM.now))
        return logs[0]

    return Form("memory", open_log, "")


def embedded_form(folder: Path, lease: float = LEASE) -> Form:
    owners = itertools.count(1)

    def open_log(topics: Sequence[Topic]) -> Log:
        return EmbeddedLog(
            folder / "log.db", topics, now=SYSTEM.now, owner=f"{os.getpid()}-{next(owners)}", lease_seconds=lease
        )

    return Form("embedded", open_log, str(folder / "log.db"))


def kafka_form(bootstrap: str) -> Form:
    from shared.bus.kafka_log import KafkaLog, create_topics

    def open_log(_topics: Sequence[Topic]) -> Log:
        return KafkaLog(bootstrap, client_id="test", session_ms=SESSION_MS, answer_ms=3000)

    form = Form("kafka", open_log, bootstrap, f"-{next(_numbers)}")
    assert create_topics(bootstrap, form.topics, compaction_lag_ms=300) == [topic.name for topic in form.topics]
    return form


def make_form(name: str, folder: Path, request: pytest.FixtureRequest) -> Form:
    """A form by its name."""
    if name == "memory":
        return memory_form()
    return embedded_form(folder) if name == "embedded" else kafka_form(request.getfixturevalue("kafka").bootstrap)


KAFKA: Any = pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.xdist_group("kafka")])
FORMS = ("memory", "embedded", KAFKA)
"""Every form."""
SERVED = ("embedded", KAFKA)
"""The forms that several processes share."""


def new(topic: Topic, key: str, value: str | None = "value", **headers: bytes) -> NewRecord:
    """A record to append."""
    return NewRecord(topic.name, key, None if value is None else value.encode(), tuple(headers.items()))


def read(consumer: Consumer, count: int, seconds: float = 40, poll: float = 0.1) -> list[Record]:
    """The next `count` records, however many polls of `poll` seconds that takes."""
    found: list[Record] = []

    def enough() -> bool:
        found.extend(consumer.poll(count - len(found), poll))
        return len(found) >= count

    wait_until(enough, seconds, f"{count} records came", every=0)
    return found


def values(records: Sequence[Record]) -> list[str | None]:
    """What they hold, as text."""
    return [None if record.value is None else record.value.decode() for record in records]
