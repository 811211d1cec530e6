"""Answers that are kept for Idempotency-Keys, so that the same call gets the same answer. It never sees a request.

A row is claimed at the start of the transaction that has the effect: of two equal calls at once, the second waits for
the first, and neither the effect nor the answer is there without the other. Answers may hold what people wrote: they
live a day, and end with the person (`forget`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from shared.errors import Refused
from shared.tables import idempotency as table
from shared.work import Work

KEPT = timedelta(hours=24)


class OtherBody(Refused):
    """This Idempotency-Key came before with another request."""

    status = 422
    code = "idempotency-key-reused"


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    body: str


def find(connection: Connection, caller: str, key: str, request_hash: str, now: datetime) -> Answer | None:
    """The answer that was given under this key. Raises OtherBody when it was for another request."""
    row = connection.execute(select(table).where(table.c.caller == caller, table.c.key == key)).first()
    if row is None or row.created_at <= now - KEPT:
        return None
    if row.request_hash != request_hash:
        raise OtherBody
    return Answer(row.status, row.body)


def claim(caller: str, key: str, request_hash: str, work: Work) -> None:
    """Take the key for this request. Raises IntegrityError when another one took it in between."""
    old = table.c.created_at <= work.now - KEPT
    work.connection.execute(delete(table).where(table.c.caller == caller, table.c.key == key, old))
    work.connection.execute(
        insert(table).values(caller=caller, key=key, request_hash=request_hash, status=0, body="", created_at=work.now)
    )


def keep(caller: str, key: str, answer: Answer, work: Work) -> None:
    """What was answered under a claimed key."""
    work.connection.execute(
        update(table).where(table.c.caller == caller, table.c.key == key).values(status=answer.status, body=answer.body)
    )


def forget(object_id: str, work: Work) -> None:
    """No kept answer speaks of this attendee (or whatever it is) any more."""
    work.connection.execute(delete(table).where(table.c.body.contains(object_id, autoescape=True)))


def clear(work: Work) -> None:
    """Drop the answers that are too old to be asked for."""
    work.connection.execute(delete(table).where(table.c.created_at <= work.now - KEPT))
