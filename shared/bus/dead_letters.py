"""What could not be handled, why, and how to try again: kept in the consumer's database and told on a topic of its own.

Of the people topic only place, key and reason are kept. Reasons are codes, never an exception's text.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, tuple_, update

from shared.bus import outbox
from shared.bus.log import LIMIT_BYTES, Log, LogUnavailable, Record
from shared.contracts import COMPACTED_TOPICS, PersonDescribed
from shared.tables import dead_letters as table

if TYPE_CHECKING:
    from shared.work import Work

BLOCKING = ("handler-failed", "parked")
"""Reasons after which later events of the key wait; what cannot be decoded changes nothing and blocks nobody. On
compacted topics nothing waits: every record there is the whole state, and the newest one counts."""

ANY_WAITING = select(table.c.id).where(table.c.redriven_at.is_(None)).limit(1)
LOOK_THROUGH = 15
"""Seconds that looking through a compacted topic may take."""


def key_of(record: Record) -> str:
    """The record's key as a store can hold it; a stranger's key may be anything."""
    return (record.key or "").replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:255]


def bury(work: Work, record: Record, *, reason: str, attempts: int, event_id: str | None = None) -> None:
    """Keep a record that was not handled; burying the same place again changes nothing."""
    where = (table.c.topic == record.topic, table.c.partition == record.partition, table.c.position == record.offset)
    if work.connection.execute(select(table.c.id).where(*where)).first():
        return
    personal = record.topic == PersonDescribed.TOPIC
    value = None if personal else record.value
    headers = {} if personal else {name: content.decode("latin-1") for name, content in record.headers}
    work.connection.execute(
        insert(table).values(
            topic=record.topic,
            partition=record.partition,
            position=record.offset,
            key=key_of(record),
            event_id=event_id,
            value=value,
            headers=headers,
            reason=reason,
            attempts=attempts,
            created_at=work.now,
        )
    )
    place = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "reason": reason,
        "attempts": attempts,
        "consumer": work.service.name,
    }
    key = key_of(record)[:64]
    small = value if value is None or len(value) <= LIMIT_BYTES else value[:LIMIT_BYTES]
    work.published += 1
    told = outbox.row_of_dead_letter(event_id=work.new_id(), key=key, value=small, place=place, now=work.now)
    work.later(outbox.NEW, told)


def parked_keys(connection: Connection, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (topic, key) wait for a redrive."""
    wanted = {(topic, key) for topic, key in wanted if topic not in COMPACTED_TOPICS}
    if not wanted or not connection.execute(ANY_WAITING).first():
        return set()
    rows = connection.execute(
        select(table.c.topic, table.c.key)
        .where(table.c.redriven_at.is_(None), table.c.reason.in_(BLOCKING))
        .where(tuple_(table.c.topic, table.c.key).in_(list(wanted)))
        .distinct()
    ).all()
    return {(row.topic, row.key) for row in rows}


def waiting(connection: Connection) -> Sequence[Any]:
    """The dead letters that were not redriven, oldest first."""
    return connection.execute(select(table).where(table.c.redriven_at.is_(None)).order_by(table.c.id)).all()


def one(connection: Connection, number: int) -> Any | None:
    """A dead letter by its number, or None."""
    return connection.execute(select(table).where(table.c.id == number)).first()


def same_key(connection: Connection, row: Any) -> Sequence[Any]:
    """All waiting dead letters of the same topic and key, in the order of the log."""
    return connection.execute(
        select(table)
        .where(table.c.redriven_at.is_(None), table.c.topic == row.topic, table.c.key == row.key)
        .order_by(table.c.partition, table.c.position)
    ).all()


def mark_redriven(work: Work, number: int) -> None:
    """This one was handled after all."""
    work.connection.execute(update(table).where(table.c.id == number).values(redriven_at=work.now))


def record_of(row: Any) -> Record:
    """The record as it came."""
    headers = tuple((name, content.encode("latin-1")) for name, content in row.headers.items())
    return Record(
        topic=row.topic,
        partition=row.partition,
        offset=row.position,
        key=row.key,
        value=row.value,
        headers=headers,
        appended_at=row.created_at,
    )


def newest_of(log: Log, row: Any, group: str) -> Record | None:
    """The newest record of a dead letter's key, read from the log by a group of its own: the one place that has it.

    Raises LogUnavailable, also when the log could not be read to its end.
    """
    consumer = log.consumer(group, (row.topic,))
    found, deadline = None, time.monotonic() + LOOK_THROUGH
    try:
        while sum(log.lag(group, (row.topic,)).values()):
            if time.monotonic() > deadline:
                raise LogUnavailable
            records = consumer.poll(500, 0.5)
            found = next((record for record in reversed(records) if record.key == row.key), found)
            consumer.commit(records)
    finally:
        consumer.close()
    return found


def count_waiting(connection: Connection) -> int:
    """How many dead letters wait."""
    return connection.execute(select(func.count()).select_from(table).where(table.c.redriven_at.is_(None))).scalar_one()
