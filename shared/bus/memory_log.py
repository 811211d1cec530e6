"""The log in memory: for tests and simulations in one process. Same promises as the other forms, except that it is
gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.bus.log import LIMIT_BYTES, Consumer, LeaseLost, NewRecord, Record, RecordTooLarge, Topic
from shared.bus.partition import partition_of

Place = tuple[str, int]


@dataclass
class _Group:
    members: list[MemoryConsumer] = field(default_factory=list)
    committed: dict[Place, int] = field(default_factory=dict)


class MemoryLog:
    """Topics as lists. Thread-safe by one lock."""

    def __init__(self, topics: Sequence[Topic], *, now: Callable[[], datetime]) -> None:
        self._topics = {topic.name: topic for topic in topics}
        self._now = now
        self._records: dict[Place, list[Record]] = {(t.name, p): [] for t in topics for p in range(t.partitions)}
        self._ends: dict[Place, int] = dict.fromkeys(self._records, 0)
        self._groups: dict[str, _Group] = {}
        self.changed = threading.Condition(threading.RLock())

    def append(self, records: Sequence[NewRecord]) -> None:
        """All of them, or none."""
        if any(record.value is not None and len(record.value) > LIMIT_BYTES for record in records):
            raise RecordTooLarge
        with self.changed:
            moment = self._now()
            for new in records:
                place = (new.topic, partition_of(new.key, self._topics[new.topic].partitions))
                offset = self._ends[place]
                self._ends[place] += 1
                self._records[place].append(Record(*place, offset, new.key, new.value, new.headers, moment))
            self.changed.notify_all()

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """A new member of the group; the partitions are shared out anew."""
        with self.changed:
            state = self._groups.setdefault(group, _Group())
            member = MemoryConsumer(self, state, tuple(topics))
            state.members.append(member)
            return member

    def lag(self, group: str, topics: Sequence[str]) -> Mapping[str, int]:
        """Records per topic behind the group's last commit."""
        with self.changed:
            committed = self._groups[group].committed if group in self._groups else {}
            counts = dict.fromkeys(topics, 0)
            for (topic, partition), records in self._records.items():
                if topic in counts:
                    done = committed.get((topic, partition), 0)
                    counts[topic] += sum(1 for record in records if record.offset >= done)
            return counts

    def compact(self) -> None:
        """Keep the newest record of every key of compacted topics, and no tombstone."""
        with self.changed:
            for (topic, partition), records in self._records.items():
                if self._topics[topic].compacted:
                    newest = {record.key: record for record in records}
                    kept = [record for record in records if newest[record.key] is record and record.value is not None]
                    self._records[topic, partition] = kept

    def close(self) -> None:
        """Nothing to release."""

    def read(self, place: Place, start: int, limit: int) -> list[Record]:
        """Up to `limit` records of a partition from an offset on."""
        return [record for record in self._records[place] if record.offset >= start][:limit]

    def places(self, topics: Sequence[str]) -> list[Place]:
        """All partitions of these topics."""
        return [(name, p) for name in topics for p in range(self._topics[name].partitions)]


class MemoryConsumer:
    """A member: reads every partition whose turn it is, by the order of members."""

    def __init__(self, log: MemoryLog, group: _Group, topics: tuple[str, ...]) -> None:
        self._log, self._group, self._topics = log, group, topics
        self._next: dict[Place, int] = {}

    def _mine(self) -> list[Place]:
        index, count = self._group.members.index(self), len(self._group.members)
        mine = [place for n, place in enumerate(self._log.places(self._topics)) if n % count == index]
        self._next = {place: self._next.get(place, self._group.committed.get(place, 0)) for place in mine}
        return mine

    def poll(self, limit: int, timeout: float) -> Sequence[Record]:
        """The next records of the partitions this member holds."""
        with self._log.changed:
            found = self._read(limit)
            if not found and timeout > 0:
                self._log.changed.wait(timeout)
                found = self._read(limit)
            return found

    def _read(self, limit: int) -> list[Record]:
        found: list[Record] = []
        for place in self._mine():
            records = self._log.read(place, self._next[place], limit - len(found))
            if records:
                self._next[place] = records[-1].offset + 1
                found += records
            if len(found) >= limit:
                break
        return found

    def commit(self, handled: Sequence[Record]) -> None:
        """Remember them, unless another member holds one of the partitions by now."""
        with self._log.changed:
            mine = set(self._mine()) if self in self._group.members else set()
            if any((record.topic, record.partition) not in mine for record in handled):
                self._next = {}
                raise LeaseLost
            for record in handled:
                place = (record.topic, record.partition)
                self._group.committed[place] = max(self._group.committed.get(place, 0), record.offset + 1)

    def rewind(self) -> None:
        """The next poll starts behind the last commit."""
        with self._log.changed:
            self._next = {}

    def close(self) -> None:
        """Leave the group."""
        with self._log.changed:
            if self in self._group.members:
                self._group.members.remove(self)
            self._log.changed.notify_all()
