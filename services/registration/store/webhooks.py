"""Programs that want to hear of events, and what is on its way to them: a row a program and event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from services.registration.tables import deliveries, webhooks
from shared.contracts import ConferencePublished
from shared.database import unless_known
from shared.errors import NotFound
from shared.jobs import Jobs
from shared.work import Work

DELIVERIES = Jobs(deliveries, timedelta(minutes=2))
NEW_DELIVERY = unless_known(deliveries, "business_key")
ENABLED = webhooks.c.disabled_at.is_(None)
SHOWN = 10


def add_webhook(values: Mapping[str, Any], work: Work) -> None:
    """A program hears of events from now on."""
    work.connection.execute(insert(webhooks).values(**values, version=1, created_at=work.now))


def change_webhook(webhook_id: str, work: Work, **values: Any) -> None:
    """It is another version of its secret, disabled, or enabled."""
    work.connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


def webhooks_of(connection: Connection, conference: str) -> Sequence[Row[Any]]:
    """The programs of a conference in the order they came, disabled ones too."""
    mine = select(webhooks).where(webhooks.c.conference == conference)
    return connection.execute(mine.order_by(webhooks.c.created_at, webhooks.c.id)).all()


def webhook_of(
    connection: Connection, conference: ConferencePublished, webhook_id: str, *, locked: bool = True
) -> Row[Any]:
    """A program of a conference, where `locked` for changing. Raises NotFound."""
    mine = (webhooks.c.id == webhook_id, webhooks.c.conference == conference.conference)
    query = select(webhooks).where(*mine)
    row = connection.execute(query.with_for_update() if locked else query).first()
    if row is None:
        raise NotFound
    return row


def webhooks_by_id(connection: Connection, ids: Sequence[str]) -> Mapping[str, Row[Any]]:
    """Programs by id."""
    rows = connection.execute(select(webhooks).where(webhooks.c.id.in_(list(ids)))).all()
    return {row.id: row for row in rows}


def listening(conference: str, work: Work) -> Sequence[Row[Any]]:
    """Who hears of a conference; asked once in a unit of work."""
    key = ("webhooks", conference)
    if key not in work.seen:
        mine = select(webhooks).where(webhooks.c.conference == conference, ENABLED)
        work.seen[key] = work.connection.execute(mine).all()
    found: Sequence[Row[Any]] = work.seen[key]
    return found


def add_delivery(webhook_id: str, event_id: str, kind: str, body: str, work: Work) -> None:
    """An event that a program is to hear of, once however often it is handled."""
    values = {
        "id": work.new_id(),
        "webhook": webhook_id,
        "business_key": f"{webhook_id}|{event_id}",
        "event": event_id,
        "type": kind,
        "body": body,
        "created_at": work.now,
        "due_at": work.now,
        "status": "waiting",
        "attempts": 0,
    }
    work.later(NEW_DELIVERY[work.dialect], values)


def drop_deliveries(webhook_id: str, reason: str, work: Work) -> None:
    """What waits for a program does not leave."""
    waiting = update(deliveries).where(deliveries.c.webhook == webhook_id, deliveries.c.status == "waiting")
    work.connection.execute(waiting.values(status="failed", reason=reason, owner=None, lease_until=None))


def deliver_again(webhook_id: str, work: Work) -> int:
    """What failed is due anew; how many."""
    failed = update(deliveries).where(deliveries.c.webhook == webhook_id, deliveries.c.status == "failed")
    fresh = {"status": "waiting", "reason": None, "attempts": 0, "due_at": work.now}
    return work.connection.execute(failed.values(**fresh)).rowcount


def delivered(connection: Connection, webhook_id: str) -> tuple[Mapping[str, int], Sequence[Row[Any]]]:
    """(how many in which state, the newest of those that wait for another try or failed)."""
    mine = deliveries.c.webhook == webhook_id
    counted = select(deliveries.c.status, func.count()).where(mine).group_by(deliveries.c.status)
    counts = {str(status): int(count) for status, count in connection.execute(counted)}
    query = select(deliveries).where(mine, deliveries.c.reason.is_not(None), deliveries.c.status != "done")
    return counts, connection.execute(query.order_by(deliveries.c.created_at.desc()).limit(SHOWN)).all()
