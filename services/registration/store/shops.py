"""Ticket shops that call us, their calls as jobs, and which ticket is whose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from services.registration.domain.order import Call
from services.registration.tables import shop_calls, shops, tickets
from shared.database import unless_known
from shared.errors import NotFound
from shared.jobs import Jobs
from shared.links import LinkOver, hash_of
from shared.work import Work

CALLS = Jobs(shop_calls, timedelta(minutes=5))
NEW_CALL = unless_known(shop_calls, "business_key")
SHOWN = 10


def add_shop(values: Mapping[str, Any], token: str, work: Work) -> None:
    """A shop may call from now on, at an address with this token: only its hash is kept."""
    work.connection.execute(insert(shops).values(**values, hash=hash_of(token), created_at=work.now))


def shop_by_token(connection: Connection, token: str) -> Row[Any]:
    """The shop that this address was given to, also a revoked one. Raises LinkOver."""
    row = connection.execute(select(shops).where(shops.c.hash == hash_of(token))).first()
    if row is None:
        raise LinkOver
    return row


def shop(connection: Connection, shop_id: str) -> Row[Any] | None:
    """A shop by id."""
    return connection.execute(select(shops).where(shops.c.id == shop_id)).first()


def shops_of(connection: Connection, conference: str) -> Sequence[Row[Any]]:
    """The shops of a conference, revoked ones too, in the order they were made."""
    mine = select(shops).where(shops.c.conference == conference)
    return connection.execute(mine.order_by(shops.c.created_at, shops.c.id)).all()


def shop_of(connection: Connection, conference: str, shop_id: str) -> Row[Any]:
    """A shop of a conference. Raises NotFound."""
    mine = (shops.c.id == shop_id, shops.c.conference == conference)
    row = connection.execute(select(shops).where(*mine)).first()
    if row is None:
        raise NotFound
    return row


def revoke_shop(shop_id: str, work: Work) -> None:
    """Its address and its calls are over, and its token is deleted."""
    work.connection.execute(update(shops).where(shops.c.id == shop_id).values(sealed="", revoked_at=work.now))
    waiting = update(shop_calls).where(shop_calls.c.shop == shop_id, shop_calls.c.status == "waiting")
    work.connection.execute(waiting.values(status="failed", reason="revoked", owner=None, lease_until=None))


def add_call(shop_id: str, call: Call, work: Work) -> bool:
    """A call that is to be followed up; False where the same one came before."""
    values = {
        "id": work.new_id(),
        "shop": shop_id,
        "business_key": f"{shop_id}|{hashlib.sha256(call.key.encode()).hexdigest()}",
        "action": call.action,
        "code": call.code,
        "position": call.position,
        "created_at": work.now,
        "due_at": work.now,
        "status": "waiting",
        "attempts": 0,
    }
    return bool(work.connection.execute(NEW_CALL[work.dialect], values).rowcount == 1)


def call_again(shop_id: str, work: Work) -> int:
    """Failed calls of a shop are due anew; how many."""
    failed = update(shop_calls).where(shop_calls.c.shop == shop_id, shop_calls.c.status == "failed")
    fresh = {"status": "waiting", "reason": None, "attempts": 0, "created_at": work.now, "due_at": work.now}
    return work.connection.execute(failed.values(**fresh)).rowcount


def calls_of(connection: Connection, shop_id: str) -> tuple[Mapping[str, int], Sequence[Row[Any]]]:
    """(how many in which state, the newest of those that wait or failed, or of which something was not taken)."""
    mine = shop_calls.c.shop == shop_id
    counted = select(shop_calls.c.status, func.count()).where(mine).group_by(shop_calls.c.status)
    counts = {str(status): int(count) for status, count in connection.execute(counted)}
    query = select(shop_calls).where(mine, shop_calls.c.reason.is_not(None))
    return counts, connection.execute(query.order_by(shop_calls.c.created_at.desc()).limit(SHOWN)).all()


def tickets_of(shop_id: str, code: str, work: Work) -> Mapping[int, Row[Any]]:
    """What is known of an order's tickets, by position; nobody else changes them until the transaction ends."""
    work.connection.execute(select(shops.c.id).where(shops.c.id == shop_id).with_for_update()).first()
    rows = work.connection.execute(select(tickets).where(tickets.c.shop == shop_id, tickets.c.code == code)).all()
    return {row.position: row for row in rows}


def keep_ticket(shop_id: str, position: int, values: Mapping[str, Any], work: Work) -> None:
    """How a ticket now stands."""
    key = (tickets.c.shop == shop_id, tickets.c.position == position)
    if work.connection.execute(update(tickets).where(*key).values(**values)).rowcount == 0:
        work.connection.execute(insert(tickets).values(shop=shop_id, position=position, **values))


def has_a_ticket(attendee_id: str, work: Work) -> bool:
    """Whether any ticket of hers is still good."""
    query = select(tickets.c.position).where(tickets.c.attendee == attendee_id, tickets.c.valid)
    return work.connection.execute(query.limit(1)).first() is not None
