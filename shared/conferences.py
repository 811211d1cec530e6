"""What a service knows of conferences, from `conference.published`. Every look-up is limited to a scope."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, String, bindparam, cast, insert, select, update

from shared.access import Scope
from shared.bus.schema import schema_of
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.tables import known_conferences as table
from shared.work import Work

# The state as its text: whoever decoded the same text before need not do so again, and every request asks for one.
STATE = cast(table.c.state, String).label("state")
BY_ID = select(STATE).where(table.c.conference == bindparam("conference"))
BY_SLUG = select(table.c.account, STATE).where(table.c.slug == bindparam("slug"))
STOPPED_AT = select(table.c.mails_stopped_at).where(table.c.conference == bindparam("conference"))
BY_SLUG_LOCKED = BY_SLUG.with_for_update()


def remember(event: ConferencePublished, work: Work) -> None:
    """Take over the newest state; an older version changes nothing."""
    mine = table.c.conference == event.conference
    row = work.connection.execute(select(table.c.version, table.c.mails_stopped_at).where(mine)).first()
    since = (row.mails_stopped_at if row else None) or work.now
    values = {
        "account": event.account,
        "slug": event.slug,
        "version": event.version,
        "state": schema_of(ConferencePublished).dump(event),
        "mails_stopped_at": since if event.mails_stopped else None,
    }
    if row is None:
        work.connection.execute(insert(table), {"conference": event.conference, **values})
    elif row.version < event.version:
        work.connection.execute(update(table).where(mine).values(**values))
        if not event.mails_stopped:
            work.let_mails_go(event.conference, row.mails_stopped_at, event.mails_dropped_until)


def mails_stopped_at(connection: Connection, conference: str) -> datetime | None:
    """Since when no mail about it leaves; None while they do."""
    return connection.execute(STOPPED_AT, {"conference": conference}).scalar()


def by_id(connection: Connection, conference: str) -> ConferencePublished | None:
    """A conference by its id, for the service's own doings."""
    row = connection.execute(BY_ID, {"conference": conference}).first()
    return None if row is None else _load(row.state)


def by_slug(connection: Connection, scope: Scope, slug: str, *, locked: bool = False) -> ConferencePublished:
    """A conference by its slug, locked for changing where that is meant. Raises NotFound, also when it is outside the
    scope."""
    row = connection.execute(BY_SLUG_LOCKED if locked else BY_SLUG, {"slug": slug}).first()
    if row is None or not scope.covers(row.account, slug):
        raise NotFound
    return _load(row.state)


def within(
    connection: Connection, scope: Scope, after: str = "", limit: int | None = None
) -> Sequence[ConferencePublished]:
    """Conferences of a scope by slug: all behind `after`, or up to `limit + 1` of them."""
    query = select(STATE).where(table.c.account == scope.account, table.c.slug > after).order_by(table.c.slug)
    if scope.conferences is not None:
        query = query.where(table.c.slug.in_(sorted(scope.conferences)))
    if limit is not None:
        query = query.limit(limit + 1)
    return [_load(row.state) for row in connection.execute(query)]


@lru_cache(maxsize=64)
def _load(state: str) -> ConferencePublished:
    data: dict[str, Any] = json.loads(state)
    loaded: ConferencePublished = schema_of(ConferencePublished).load(data)
    return loaded
