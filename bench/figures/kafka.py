"""Apache Kafka itself: outbox rows to topic by the relay, topic to rows by a service's intake, each beside a bare loop of
kafka-python with records of the same bytes and the same client settings. The stores are durable SQLite files."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.events import attendees, records
from bench.served import SECRET
from bench.table import Row, interleaved, ratio_of, spread
from rapport import SERVICES
from rapport.interpreter import settle_in
from shared.bus.kafka_log import create_topics
from shared.bus.log import NewRecord
from shared.parts import TOPICS
from shared.runtime import BATCH, Runtime, build
from shared.settings import Settings
from tests.servers.kafka_server import KafkaServer
from tests.servers.waiting import wait_until

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaConsumer, KafkaProducer

RELAY, INTAKE = 0.5, 0.4
TOPIC = "rapport.attendees"


def measure(quick: bool) -> Iterator[Row]:
    """The intake's row, then the relay's."""
    count, rounds = (1_000, 2) if quick else (5_000, 3)
    settle_in()  # as whoever works does
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rapport-bench-kafka-")))
        server = stack.enter_context(KafkaServer())
        create_topics(server.bootstrap, TOPICS)
        yield _intake(server, folder, count, rounds)  # first: it has to begin with an empty topic
        yield _relay(server, folder, count, rounds)


def _relay(server: KafkaServer, folder: Path, count: int, rounds: int) -> Row:
    runtime, producer = _runtime("registration", server, folder), _producer(server)
    new = records(count)
    _relayed(runtime, BATCH)  # both are connected when the clock starts
    _send(producer, new[:BATCH])
    ours, theirs, stepwise = interleaved(
        rounds,
        lambda: _relayed(runtime, count),
        lambda: _timed(count, lambda: _send(producer, new)),
        lambda: _timed(count, lambda: _send_in_steps(producer, new)),
    )
    producer.close()
    runtime.log.close()
    runtime.close()
    ratio = ratio_of(ours, theirs)
    return Row(
        figure="Kafka relay",
        measured=f"{median(ours):,.0f} events/s",
        reference=f"bare producer {median(theirs):,.0f}/s",
        ratio=ratio,
        promise=f">= {RELAY} of bare",
        held=ratio >= RELAY,
        beside=(
            f"rounds: {spread(ours)}; bare, waiting once at the end {spread(theirs)}",
            f"bare, waiting after every {BATCH} as the relay has to: {spread(stepwise)}, {ratio_of(ours, stepwise):.2f}",
            f"one commit and one fsync a batch of {BATCH}: {median(ours) / BATCH:,.1f} of each a second",
        ),
    )


def _intake(server: KafkaServer, folder: Path, count: int, rounds: int) -> Row:
    runtime = _runtime("introductions", server, folder)
    producer = _producer(server)
    _drain(lambda: runtime.intake_turn(0.5))
    bare = _consumer(server)
    _drain(lambda: _polled(bare))
    seeds = iter(range(100, 100_000))

    def fresh() -> None:
        _send(producer, records(count, next(seeds)))

    def ours() -> float:
        fresh()
        rate = _emptied(count, lambda: runtime.intake_turn(0.5))
        _drain(lambda: _polled(bare))
        return rate

    def theirs() -> float:
        fresh()
        rate = _emptied(count, lambda: _polled(bare))
        _drain(lambda: runtime.intake_turn(0.5))
        return rate

    handled, polled = interleaved(rounds, ours, theirs)
    for closing in (bare, producer, runtime.log, runtime):
        closing.close()
    ratio = ratio_of(handled, polled)
    return Row(
        figure="Kafka intake (introductions)",
        measured=f"{median(handled):,.0f} events/s",
        reference=f"bare consumer {median(polled):,.0f}/s",
        ratio=ratio,
        promise=f">= {INTAKE} of bare",
        held=ratio >= INTAKE,
        beside=(
            f"rounds: {spread(handled)}; bare, committing every {BATCH} {spread(polled)}",
            f"one commit and one fsync a batch of {BATCH}: {median(handled) / BATCH:,.1f} of each a second",
        ),
    )


def _runtime(service: str, server: KafkaServer, folder: Path) -> Runtime:
    settings = Settings(data=folder, secret_key=SECRET, bus="kafka", kafka_bootstrap=server.bootstrap)
    runtime = build(SERVICES[service], settings)
    runtime.migrate()
    return runtime


def _relayed(runtime: Runtime, count: int) -> float:
    """Events a second from rows in the outbox to the broker's answer and the mark."""
    for start in range(0, count, BATCH):
        with runtime.work() as work:
            for event in attendees(min(BATCH, count - start), seed=start):
                work.publish(event)
    return _emptied(count, runtime.relay_turn)


def _emptied(count: int, turn: Callable[[], int]) -> float:
    """Events a second while `turn` is called until it has done `count`; the wait for the first one does not count."""
    done = 0
    began = time.perf_counter()
    while done < count:
        step = turn()
        done += step
        if not done:
            began = time.perf_counter()
    return done / (time.perf_counter() - began)


def _timed(count: int, act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)


def _drain(turn: Callable[[], int]) -> None:
    wait_until(lambda: not turn() and not turn(), 600, "nothing is left in the topic")


def _producer(server: KafkaServer) -> Any:
    return KafkaProducer(
        bootstrap_servers=server.bootstrap, acks="all", enable_idempotence=True, linger_ms=5, client_id="bare"
    )


def _send(producer: Any, new: Sequence[NewRecord]) -> None:
    for record in new:
        producer.send(record.topic, key=record.key.encode(), value=record.value, headers=list(record.headers))
    producer.flush()


def _send_in_steps(producer: Any, new: Sequence[NewRecord]) -> None:
    for start in range(0, len(new), BATCH):
        _send(producer, new[start : start + BATCH])


def _consumer(server: KafkaServer) -> Any:
    return KafkaConsumer(
        TOPIC,
        bootstrap_servers=server.bootstrap,
        group_id="bare",
        client_id="bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )


def _polled(consumer: Any) -> int:
    """One poll, one commit."""
    batches = consumer.poll(timeout_ms=500, max_records=BATCH)
    if batches:
        consumer.commit()
    return sum(len(batch) for batch in batches.values())
