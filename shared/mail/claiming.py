"""Claims mails that are due for one mailer, and says which of them leave as one: what waits for a person at a conference,
of a kind that is told together. Whoever waits is never made to wait for more.

A claim has an owner and a lease longer than the transport's timeout. What was tried before may have left: it leaves again
as it was, under the same Message-ID, and nothing new joins it, or a mail program would take it for a copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from shared.mail.message import Bundle, MailJob
from shared.tables import known_conferences, mails

if TYPE_CHECKING:
    from shared.service import MailKind

LEASE = timedelta(seconds=60)
BATCH = 50
"""Rows of a claim at first; what leaves with one of them comes along."""
Kinds = Mapping[str, "MailKind"]
STOPPED = select(known_conferences.c.conference).where(known_conferences.c.mails_stopped_at.is_not(None))
LEAVES = or_(mails.c.conference.is_(None), mails.c.conference.not_in(STOPPED))
"""About no conference (a login), or about one whose mails nobody stopped."""


def claim(connection: Connection, kinds: Kinds, owner: str, now: datetime) -> list[Bundle]:
    """Take some of what is due, in order."""
    rows = _taken(connection, and_(mails.c.due_at <= now, _free(now)), BATCH)
    rows += _with_them(connection, rows, kinds, now)
    groups = _whole(connection, _grouped(rows, kinds))
    if groups:
        _write(connection, groups, owner, now)
    return [_bundle(group) for group in groups]


def _taken(connection: Connection, which: ColumnElement[bool], limit: int | None = None) -> list[Any]:
    query = select(mails).where(which).order_by(mails.c.due_at, mails.c.id).limit(limit)
    return list(connection.execute(query.with_for_update(skip_locked=True)))


def _free(now: datetime) -> ColumnElement[bool]:
    lease = mails.c.lease_until
    return and_(mails.c.status == "waiting", LEAVES, or_(lease.is_(None), lease <= now, lease > now + LEASE))


def _with_them(connection: Connection, rows: Sequence[Any], kinds: Kinds, now: datetime) -> list[Any]:
    """What leaves with these: beyond the batch where that is full, and what is due a little later."""
    names = {row.kind for row in rows if _is_told_together(row, kinds)}
    ahead = max((kinds[name].ahead for name in names), default=timedelta())
    if len(rows) < BATCH and not ahead:
        return []
    known = [row.id for row in rows]
    fresh = and_(
        mails.c.kind.in_(names),
        mails.c.person.in_({row.person for row in rows if row.kind in names}),
        mails.c.due_at < now + ahead if ahead else mails.c.due_at <= now,
    )
    tried = mails.c.bundle.in_({row.bundle for row in rows if row.bundle is not None})
    more = _taken(connection, and_(_free(now), mails.c.id.not_in(known), or_(fresh, tried)))
    places = {_place(row, kinds): row for row in reversed(rows)}
    return [row for row in more if _goes_with(row, places.get(_place(row, kinds)), kinds, now)]


def _goes_with(row: Any, first: Any | None, kinds: Kinds, now: datetime) -> bool:
    if first is None or _was_tried(row):
        return first is not None
    return bool(row.due_at <= now or row.due_at < first.due_at + kinds[row.kind].ahead)


def _grouped(rows: Sequence[Any], kinds: Kinds) -> list[list[Any]]:
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(_place(row, kinds), []).append(row)
    return list(groups.values())


def _place(row: Any, kinds: Kinds) -> tuple[Any, ...]:
    """Rows of the same place leave as one."""
    if not _was_tried(row) and _is_told_together(row, kinds):
        return row.kind, row.person, row.conference
    return (row.bundle or row.id,) if _was_tried(row) else (row.id,)


def _is_told_together(row: Any, kinds: Kinds) -> bool:
    return row.kind in kinds and kinds[row.kind].together is not None


def _was_tried(row: Any) -> bool:
    """Whether it was handed over, or whoever had it died over it, perhaps behind the handing over."""
    return bool(row.attempts or row.lease_until is not None)


def _whole(connection: Connection, groups: list[list[Any]]) -> list[list[Any]]:
    """Without what was tried before and of which another mailer takes a part at this moment: its turn comes."""
    tried = {group[0].bundle: len(group) for group in groups if group[0].bundle and _was_tried(group[0])}
    if not tried:
        return groups
    number = select(mails.c.bundle, func.count().label("number")).group_by(mails.c.bundle)
    rows = connection.execute(number.where(mails.c.status == "waiting", mails.c.bundle.in_(tried)))
    there = {row.bundle: row.number for row in rows}
    torn = {bundle for bundle, number in tried.items() if there.get(bundle) != number}
    return [group for group in groups if not (_was_tried(group[0]) and group[0].bundle in torn)]


def _write(connection: Connection, groups: list[list[Any]], owner: str, now: datetime) -> None:
    rows = [row for group in groups for row in group]
    taken = update(mails).where(mails.c.id.in_([row.id for row in rows]))
    connection.execute(taken.values(owner=owner, lease_until=now + LEASE))
    # Whoever had it before died over it, perhaps behind the handing over: that was a try.
    if left := [row.id for row in rows if row.lease_until is not None]:
        connection.execute(update(mails).where(mails.c.id.in_(left)).values(attempts=mails.c.attempts + 1))
    for group in groups:
        first = group[0]
        new = None if len(group) == 1 else first.id
        if not _was_tried(first) and (new, first.due_at) != (first.bundle, group[-1].due_at):
            its = update(mails).where(mails.c.id.in_([row.id for row in group]))
            connection.execute(its.values(bundle=new, due_at=first.due_at))


def _bundle(group: Sequence[Any]) -> Bundle:
    first = group[0]
    return Bundle(
        id=(first.bundle or first.id) if _was_tried(first) else first.id,
        jobs=tuple(_job(row) for row in group),
        at_most_once=first.at_most_once,
    )


def _job(row: Any) -> MailJob:
    return MailJob(
        id=row.id,
        kind=row.kind,
        person=row.person,
        conference=row.conference,
        args=row.args,
        created_at=row.created_at,
        attempts=row.attempts,
    )
