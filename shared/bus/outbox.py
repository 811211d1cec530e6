"""The outbox: event rows written in the same transaction as the state they tell of, and the relay that sends them.

Rows that are not yet sent are published and then marked; never "id > last seen", since on PostgreSQL ids do not become
visible in order. One relay of a service works at a time, by a lease; a paused one that wakes up only sends again what
consumers know already.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from shared.bus import envelope
from shared.bus.log import LIMIT_BYTES, NewRecord, RecordTooLarge
from shared.contracts import DEAD_LETTERS_TOPIC, Event
from shared.tables import outbox

UNSENT = select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id).limit(bindparam("at_most"))
NEW = insert(outbox)
SENT = update(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)))
HOW_MANY = select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
NEWEST = select(func.coalesce(func.max(outbox.c.id), 0))

States = Mapping[type[Event], Callable[[Connection, str], Event | None]]


def row_of_event(event: Event, *, event_id: str, now: datetime) -> dict[str, Any]:
    """An event's row for `NEW`. Raises RecordTooLarge: what cannot be published is refused here, not at the relay."""
    payload = envelope.dump(event)
    if len(payload) > LIMIT_BYTES:
        raise RecordTooLarge
    return _row(event_id, event.TOPIC, event.key, event.TYPE, event.VERSION, now, payload=payload)


def row_of_state(event_type: type[Event], key: str, *, event_id: str, now: datetime) -> dict[str, Any]:
    """A row for `NEW` that says "the state of this key is new": it holds the key only."""
    return _row(event_id, event_type.TOPIC, key, event_type.TYPE, event_type.VERSION, now)


def row_of_dead_letter(
    *, event_id: str, key: str, value: bytes | None, place: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """A row for `NEW` that tells the dead-letter topic of a record that could not be handled, with its original bytes."""
    payload = value if value is not None else b""
    return _row(event_id, DEAD_LETTERS_TOPIC, key, "dead_letter", 1, now, payload=payload, headers=place)


def _row(
    event_id: str,
    topic: str,
    key: str,
    kind: str,
    version: int,
    now: datetime,
    *,
    payload: bytes | None = None,
    headers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "topic": topic,
        "key": key,
        "type": kind,
        "version": version,
        "payload": payload,
        "headers": headers,
        "created_at": now,
    }


def unsent(connection: Connection, limit: int) -> Sequence[Any]:
    """The oldest rows that were not sent, in order."""
    return connection.execute(UNSENT, {"at_most": limit}).all()


def records(connection: Connection, rows: Sequence[Any], states: States, source: str) -> list[NewRecord]:
    """What the relay appends for these rows; states of compacted topics are read now, so that no old copy is sent."""
    by_type = {event_type.TYPE: read for event_type, read in states.items()}
    return [_record(connection, row, by_type, source) for row in rows]


def _record(
    connection: Connection, row: Any, states: Mapping[str, Callable[..., Event | None]], source: str
) -> NewRecord:
    if row.topic == DEAD_LETTERS_TOPIC:
        headers = tuple((f"dl_{name}", str(value).encode()) for name, value in sorted(row.headers.items()))
        return NewRecord(topic=row.topic, key=row.key, value=row.payload, headers=headers)
    payload = row.payload
    if payload is None:
        event = states[row.type](connection, row.key)
        payload = None if event is None else envelope.dump(event)
    return envelope.record(
        topic=row.topic,
        key=row.key,
        payload=payload,
        event_id=row.event_id,
        kind=row.type,
        version=row.version,
        source=source,
        time=row.created_at,
    )


def mark_sent(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """These rows are in the log."""
    connection.execute(SENT, {"ids": list(ids), "sent_at": now})


def count_unsent(connection: Connection) -> int:
    """How many rows wait for the relay."""
    return connection.execute(HOW_MANY).scalar_one()


def newest_id(connection: Connection) -> int:
    """The id of the newest row ever written, 0 when there is none."""
    return int(connection.execute(NEWEST).scalar_one())


def forget_sent(connection: Connection, before: datetime) -> int:
    """Delete rows that were sent before this instant; they are in the log."""
    return connection.execute(outbox.delete().where(outbox.c.sent_at < before)).rowcount


def place_of(row_headers: Mapping[str, Any]) -> str:
    """A place as one line of JSON, for lists."""
    return json.dumps(dict(row_headers), sort_keys=True)
