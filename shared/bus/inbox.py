"""The inbox: every event is handled once. Inbox row, effect, own outbox and mail rows are one transaction, then the offset.

A batch is tried in one transaction; when anything in it fails, its records are handled one by one. Undecodable: dead
letter at once. Known transient: raised to the caller, who backs off. Otherwise three tries, dead letter, and later
events of that key are parked until it is redriven.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.bus import dead_letters
from shared.bus.envelope import Message, Undecodable, read
from shared.bus.log import Consumer, LogUnavailable, Record
from shared.contracts import COMPACTED_TOPICS, PersonDescribed
from shared.errors import Retryable
from shared.service import Service
from shared.tables import inbox
from shared.work import Work

logger = logging.getLogger(__name__)
TRIES = 3
KNOWN = select(inbox.c.event_id).where(inbox.c.event_id.in_(bindparam("ids", expanding=True)))
HANDLED = insert(inbox)
TRANSIENT = (Retryable, LogUnavailable, OperationalError)

Decoded = Message | Undecodable | None
OpenWork = Callable[[], AbstractContextManager[Work]]


class Intake:
    """Handles what comes for one service."""

    def __init__(self, service: Service, open_work: OpenWork) -> None:
        self.service = service
        self._open_work = open_work

    def turn(self, consumer: Consumer, limit: int, timeout: float) -> int:
        """Poll once and handle what came; returns how many records. Raises what is transient, with nothing committed."""
        records = consumer.poll(limit, timeout)
        if not records:
            return 0
        try:
            self._handle(records)
        except BaseException:
            consumer.rewind()
            raise
        consumer.commit(records)
        return len(records)

    def _handle(self, records: Sequence[Record]) -> None:
        decoded = _decoded(records)  # before the transaction: others wait for it
        try:
            with self._open_work() as work:
                self._handle_in(work, decoded)
            return
        except Exception as error:
            if is_transient(error):
                raise
        for record, message in decoded:
            self._handle_one(record, message)

    def _handle_one(self, record: Record, message: Decoded) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                with self._open_work() as work:
                    self._handle_in(work, [(record, message)])
                return
            except Exception as error:
                if is_transient(error):
                    raise
                logger.warning(
                    "an event was not handled",
                    extra={
                        "topic": record.topic,
                        "offset": record.offset,
                        "attempt": attempt,
                        "error": type(error).__name__,
                    },
                )
        with self._open_work() as work:
            dead_letters.bury(work, record, reason="handler-failed", attempts=TRIES)

    def handle_in(self, work: Work, records: Iterable[Record]) -> None:
        """Handle these records inside an open unit of work."""
        self._handle_in(work, _decoded(records))

    def _handle_in(self, work: Work, messages: Sequence[tuple[Record, Decoded]]) -> None:
        known = _known(work.connection, [m.id for _, m in messages if isinstance(m, Message)])
        parked = dead_letters.parked_keys(work.connection, {(r.topic, dead_letters.key_of(r)) for r, _ in messages})
        handled: list[Message] = []
        self.service.looks_ahead([m.event for _, m in messages if isinstance(m, Message) and m.event is not None], work)
        for record, message in messages:
            if isinstance(message, Undecodable):
                dead_letters.bury(work, record, reason=message.reason, attempts=1)
            elif message is not None and (message.id not in known or self._owns(message)):
                if (record.topic, dead_letters.key_of(record)) in parked:
                    dead_letters.bury(work, record, reason="parked", attempts=0, event_id=message.id)
                    continue
                known.add(message.id)
                handled.append(message)
                self._do(work, message)
        self._remember(work, handled)

    def redrive(self, work: Work, row: Any, newest: Record | None = None) -> None:
        """Handle a dead letter again, once. Raises what the handler raises, or Undecodable.

        Of the people topic no bytes were kept: `newest` is the log's newest record of that key, None when it has none.
        """
        dead_letters.mark_redriven(work, row.id)
        if row.topic == PersonDescribed.TOPIC and newest is None:
            if forget := self.service.tombstones.get(PersonDescribed):
                forget(row.key, work)
            return
        message = read(newest or dead_letters.record_of(row))
        if message is not None and not _known(work.connection, [message.id]):
            self.apply(work, message)

    def apply(self, work: Work, message: Message) -> None:
        """Remember the message and do what it asks for, if this service handles it at all."""
        self._do(work, message)
        self._remember(work, [message])

    def _do(self, work: Work, message: Message) -> None:
        handler = self._handler(message)
        if handler is not None:
            work.heard = message.id
            handler(work)

    def _remember(self, work: Work, messages: Iterable[Message]) -> None:
        """Their rows, in one statement: in the same transaction as what they did, whatever the order."""
        ids = [m.id for m in messages if self._handler(m) is not None and not self._owns(m)]
        if ids:
            work.connection.execute(HANDLED, [{"event_id": one, "handled_at": work.now} for one in ids])

    def _owns(self, message: Message) -> bool:
        """Whether this is a state that the service itself publishes: it looks at each record, known or not, since a
        relay that wakes up late may send an old state again under the id of long ago."""
        return message.event_type in self.service.states

    def _handler(self, message: Message) -> Callable[[Work], None] | None:
        if message.event is None:
            forget = self.service.tombstones.get(message.event_type)
            return None if forget is None else lambda work: forget(message.key, work)
        handle = self.service.handles.get(message.event_type)
        event = message.event
        return None if handle is None else lambda work: handle(event, work)


def _decoded(records: Iterable[Record]) -> list[tuple[Record, Decoded]]:
    return [(record, _read(record)) for record in records]


def _read(record: Record) -> Decoded:
    try:
        return read(record)
    except Undecodable as undecodable:
        if record.value is None and record.topic in COMPACTED_TOPICS:
            return None  # a foreign tombstone without attributes deletes nothing
        return undecodable


def _known(connection: Connection, ids: Sequence[str]) -> set[str]:
    if not ids:
        return set()
    return set(connection.execute(KNOWN, {"ids": list(ids)}).scalars())


def is_transient(error: BaseException) -> bool:
    """Whether the same thing may go through later: the database or the log is away, or somebody was faster."""
    if isinstance(error, IntegrityError):
        return False
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, TRANSIENT)


def forget_handled(connection: Connection, before: datetime) -> int:
    """Delete inbox rows older than anything that the log can replay."""
    return connection.execute(inbox.delete().where(inbox.c.handled_at < before)).rowcount
