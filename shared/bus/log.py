"""The log port: where events are kept in order and read by groups. It knows bytes and places, never what an event means.

Three forms ship and pass one suite: `memory_log`, `embedded_log` (one SQLite file), `kafka_log` (Apache Kafka by kafka-python).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LIMIT_BYTES = 64 * 1024
"""The most that a record's value may hold."""


@dataclass(frozen=True)
class Topic:
    """A named, partitioned sequence of records; a compacted one keeps at least the newest record of every key."""

    name: str
    partitions: int
    compacted: bool


@dataclass(frozen=True)
class NewRecord:
    """What a producer hands over. `value` None is a tombstone (compacted topics). Headers are CloudEvents attributes."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Record:
    """One record as read: its place (topic, partition, offset), its time in the log (UTC) and its bytes."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    appended_at: datetime


class Consumer(Protocol):
    """One member of a group. Not shared between threads. Every partition is read by one member of the group at a time."""

    def poll(self, limit: int, timeout: float) -> Sequence[Record]:
        """Up to `limit` next records of the partitions this member holds, in order within a partition.

        Waits up to `timeout` seconds when there is nothing. Raises LogUnavailable.
        """

    def commit(self, handled: Sequence[Record]) -> None:
        """Remember that these and all earlier records of their partitions are handled, durably.

        Raises LeaseLost when another member holds one of the partitions by now: nothing of it is committed, the next
        poll starts from what the group has committed. Raises LogUnavailable.
        """

    def rewind(self) -> None:
        """Forget what was polled and not committed: the next poll starts again behind the last commit."""

    def close(self) -> None:
        """Leave the group, so that others take over at once."""


class Log(Protocol):
    """An append-only log of topics. Methods may be called from several threads."""

    def append(self, records: Sequence[NewRecord]) -> None:
        """Durable in all replicas when it returns; in the given order within a key. Raises LogUnavailable, RecordTooLarge."""

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """A new member of `group`; a group starts at the beginning of every topic it never read."""

    def lag(self, group: str, topics: Sequence[str]) -> Mapping[str, int]:
        """Records per topic that the group has not committed yet. Raises LogUnavailable."""

    def close(self) -> None:
        """Flush and release files and sockets."""


class LogUnavailable(Exception):
    """The event log cannot be reached at the moment."""


class LeaseLost(Exception):
    """Another process reads this part of the log by now."""


class RecordTooLarge(Exception):
    """An event may hold at most 64 KiB."""
