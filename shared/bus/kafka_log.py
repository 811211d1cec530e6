"""The log on Apache Kafka, by kafka-python. Auto-commit is off, the producer is idempotent and waits for all replicas."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from shared.bus.log import LIMIT_BYTES, Consumer, LeaseLost, LogUnavailable, NewRecord, Record, RecordTooLarge, Topic

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # one per protocol file on Python 3.11
    from kafka import (
        ConsumerRebalanceListener,
        KafkaAdminClient,
        KafkaConsumer,
        KafkaProducer,
        OffsetAndMetadata,
        TopicPartition,
    )
    from kafka.admin import NewTopic, OffsetSpec
    from kafka.errors import (
        CommitFailedError,
        FencedInstanceIdError,
        IllegalGenerationError,
        KafkaError,
        RebalanceInProgressError,
        TopicAlreadyExistsError,
        UnknownMemberIdError,
    )

LOST = (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
ANSWER_MS = 10_000
SESSION_MS = 10_000
AGAIN_MS = 1_000
"""The longest pause of a client between two tries to connect. The library's 30 s would keep mails waiting for half a minute
after brokers are back from a long outage."""


class KafkaLog:
    """The log as a client of Kafka brokers; connects when it is first used."""

    def __init__(
        self, bootstrap: str, *, client_id: str, session_ms: int = SESSION_MS, answer_ms: int = ANSWER_MS
    ) -> None:
        self._servers = [server.strip() for server in bootstrap.split(",")]
        self._client_id, self._session_ms, self._answer_ms = client_id, session_ms, answer_ms
        self._lock = threading.Lock()
        self._admin_lock = threading.Lock()
        self._producer: Any = None
        self._admin: Any = None

    def append(self, records: Sequence[NewRecord]) -> None:
        """Returns when all replicas have all of them. After an error nobody knows which arrived: append them again."""
        if any(record.value is not None and len(record.value) > LIMIT_BYTES for record in records):
            raise RecordTooLarge
        with self._lock:
            try:
                producer = self._open_producer()
                sent = [
                    producer.send(new.topic, key=new.key.encode(), value=new.value, headers=list(new.headers))
                    for new in records
                ]
                # A little longer than a delivery may take: then every record has arrived or was given up, and nothing
                # of this batch can still arrive behind a newer one.
                producer.flush(timeout=self._answer_ms / 1000 + 2)
                for future in sent:
                    future.get(timeout=0)
            except (KafkaError, OSError) as error:
                # A broker that lost its state answers UnknownProducerId for ever: only a new producer goes on.
                self._drop_producer()
                raise LogUnavailable from error

    def _open_producer(self) -> Any:
        if self._producer is None:
            self._producer = KafkaProducer(
                bootstrap_servers=self._servers,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                max_block_ms=self._answer_ms // 2,
                request_timeout_ms=self._answer_ms // 2,
                delivery_timeout_ms=self._answer_ms,
                bootstrap_timeout_ms=self._answer_ms // 2,
                reconnect_backoff_max_ms=AGAIN_MS,
            )
        return self._producer

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            _give_up(producer)

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """A new member of the group. Raises LogUnavailable."""
        return _Consumer(self._servers, self._client_id, group, topics, self._session_ms)

    def lag(self, group: str, topics: Sequence[str]) -> Mapping[str, int]:
        """Ends of the partitions less what the group has committed."""
        with self._admin_lock:
            try:
                return self._lag(group, topics)
            except (KafkaError, OSError) as error:
                self._drop_admin()
                raise LogUnavailable from error

    def _lag(self, group: str, topics: Sequence[str]) -> dict[str, int]:
        if self._admin is None:
            half = self._answer_ms // 2
            self._admin = KafkaAdminClient(
                bootstrap_servers=self._servers,
                request_timeout_ms=half,
                bootstrap_timeout_ms=half,
                reconnect_backoff_max_ms=AGAIN_MS,
            )
        partitions = _partitions(self._admin, topics)
        ends = self._admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST), timeout_ms=5_000)
        done = self._admin.list_group_offsets({group: partitions})[group]
        committed = {place: done[place].offset if place in done else -1 for place in partitions}
        counts = dict.fromkeys(topics, 0)
        behind = [place for place in partitions if committed[place] < ends[place].offset]
        if not behind:
            return counts
        # What was deleted before the group read it does not wait for it any more.
        starts = self._admin.list_partition_offsets(dict.fromkeys(behind, OffsetSpec.EARLIEST), timeout_ms=5_000)
        for place in behind:
            counts[place.topic] += max(0, ends[place].offset - max(committed[place], starts[place].offset))
        return counts

    def _drop_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def close(self) -> None:
        """Close the connections; nothing is under way, since `append` waits for what it sends."""
        with self._lock:
            producer, self._producer = self._producer, None
            if producer is not None:
                _give_up(producer)
        with self._admin_lock:
            self._drop_admin()


class _Consumer:
    """A member of a group by Kafka's classic protocol."""

    def __init__(self, servers: list[str], client_id: str, group: str, topics: Sequence[str], session_ms: int) -> None:
        try:
            self._kafka = KafkaConsumer(
                bootstrap_servers=servers,
                client_id=client_id,
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=session_ms,
                heartbeat_interval_ms=session_ms // 3,
                max_poll_interval_ms=300_000,
                request_timeout_ms=max(session_ms + 5_000, 15_000),
                bootstrap_timeout_ms=5_000,
                fetch_max_wait_ms=100,
                metadata_max_age_ms=30_000,
                reconnect_backoff_max_ms=AGAIN_MS,
            )
            self._kafka.subscribe(list(topics), listener=_Rejoin(self._kafka))
        except (KafkaError, OSError) as error:
            raise LogUnavailable from error

    def poll(self, limit: int, timeout: float) -> Sequence[Record]:
        """The next records of the partitions this member holds."""
        try:
            batches = self._kafka.poll(timeout_ms=int(timeout * 1000), max_records=limit)
        except LOST:
            return []
        except (KafkaError, OSError) as error:
            raise LogUnavailable from error
        return [_record(message) for batch in batches.values() for message in batch]

    def commit(self, handled: Sequence[Record]) -> None:
        """Commit behind the last record of every partition."""
        ends: dict[Any, int] = {}
        for record in handled:
            place = TopicPartition(record.topic, record.partition)
            ends[place] = max(ends.get(place, 0), record.offset + 1)
        if not ends:
            return
        if not set(ends) <= set(self._kafka.assignment()):
            with suppress(LogUnavailable):
                self.rewind()
            raise LeaseLost
        try:
            self._kafka.commit(
                {place: OffsetAndMetadata(end, "", -1) for place, end in ends.items()}, timeout_ms=ANSWER_MS
            )
        except LOST as error:
            raise LeaseLost from error
        except (KafkaError, OSError) as error:
            raise LogUnavailable from error

    def rewind(self) -> None:
        """Go back to what the group has committed."""
        try:
            for place in self._kafka.assignment():
                committed = self._kafka.committed(place)
                if committed is None:
                    self._kafka.seek_to_beginning(place)
                else:
                    self._kafka.seek(place, committed)
        except (KafkaError, OSError, AssertionError) as error:
            raise LogUnavailable from error

    def close(self) -> None:
        """Leave the group."""
        self._kafka.close(autocommit=False, timeout_ms=5_000)


class _Rejoin(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Lets a member that rejoins because a topic has new partitions get there.

    kafka-python (3.0.12) forgets such a rejoin when a poll ends before it does: it holds nothing from then on and never
    asks again. Java's client had the same fault (KAFKA-9815) and the same cure: ask for the rejoin until it is done.
    """

    def __init__(self, kafka: Any) -> None:
        self._kafka = kafka

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._kafka._coordinator.request_rejoin()

    def on_partitions_assigned(self, assigned: Any) -> None:
        """Nothing to do: positions are read from the group's commits."""


def _give_up(producer: Any) -> None:
    """Close a producer and drop what it could not send: its own `close` waits for that, and fails instead of closing."""
    sender = producer._sender
    sender.force_close()
    sender.join(2)
    with suppress(KafkaError, OSError):
        producer.close(timeout=0)


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=None if message.key is None else message.key.decode("utf-8", "replace"),
        value=message.value,
        headers=tuple((str(name), bytes(value or b"")) for name, value in message.headers),
        appended_at=datetime.fromtimestamp(message.timestamp / 1000, UTC),
    )


def _partitions(admin: Any, topics: Sequence[str]) -> list[Any]:
    found = admin.describe_topics(list(topics))
    return [TopicPartition(topic["name"], part["partition_index"]) for topic in found for part in topic["partitions"]]


def create_topics(
    bootstrap: str, topics: Sequence[Topic], *, segment_ms: int = 3_600_000, compaction_lag_ms: int = 60_000
) -> list[str]:
    """Create what is missing, never change what is there; returns the names of the new ones. Raises LogUnavailable."""
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","), request_timeout_ms=10_000, bootstrap_timeout_ms=10_000
        )
    except (KafkaError, OSError) as error:
        raise LogUnavailable from error
    try:
        present = set(admin.list_topics())
        missing = [topic for topic in topics if topic.name not in present]
        wanted = [
            NewTopic(t.name, t.partitions, 1, topic_configs=_config(t, segment_ms, compaction_lag_ms)) for t in missing
        ]
        if wanted:
            admin.create_topics(wanted, timeout_ms=10_000)
            _wait_for(admin, {topic.name for topic in missing})
        return [topic.name for topic in missing]
    except TopicAlreadyExistsError:
        return []  # another process made them in between
    except (KafkaError, OSError) as error:
        raise LogUnavailable from error
    finally:
        admin.close()


def _wait_for(admin: Any, names: set[str]) -> None:
    """Until the broker shows the topics: it answers that they are made a little before clients can use them."""
    until = time.monotonic() + 10
    while not names <= set(admin.list_topics()) and time.monotonic() < until:
        time.sleep(0.02)


def _config(topic: Topic, segment_ms: int, compaction_lag_ms: int) -> dict[str, str]:
    if not topic.compacted:
        return {"cleanup.policy": "delete", "retention.ms": str(400 * 24 * 3600 * 1000), "max.message.bytes": "1048588"}
    return {
        "cleanup.policy": "compact",
        "max.compaction.lag.ms": str(compaction_lag_ms),
        "min.cleanable.dirty.ratio": "0.01",
        "segment.ms": str(min(segment_ms, compaction_lag_ms)),
        "delete.retention.ms": str(24 * 3600 * 1000),
    }
