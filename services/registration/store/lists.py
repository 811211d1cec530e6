"""Lists that organizers are bringing in: kept for half an hour, worked on by one process at a time, then gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from services.registration.tables import list_findings as findings
from services.registration.tables import lists as table
from shared.contracts import ConferencePublished
from shared.errors import NotFound
from shared.work import Work

LEASE = timedelta(seconds=30)
"""A group of rows takes well under a second; a process that died is replaced after this."""
KEPT = timedelta(minutes=30)
BUSY = ("trying", "importing")


class Overtaken(Exception):
    """It was cancelled, or somebody else goes on with it."""


@dataclass(frozen=True, kw_only=True)
class List:
    """A list, and how far one is with it."""

    id: str
    account: str
    conference: str
    organizer: str
    organizer_kind: str
    locale: str
    role: str
    consents: Sequence[str]
    stage: str
    """asked (what its columns are), trying, tried, importing, done, cancelled"""
    content: bytes
    columns: Sequence[str | None]
    total: int
    done: int
    added: int
    known: int
    asked: int
    """How many of the known had not confirmed so far, and get an invitation"""
    topics: Mapping[str, Any]
    """new: those that the list brings along; unknown: (topic, in how many rows) of those that the conference does not have"""
    began_at: datetime
    ends_at: datetime
    claims: int

    @property
    def is_busy(self) -> bool:
        """Whether somebody is at it."""
        return self.stage in BUSY


def add_list(new: Mapping[str, Any], work: Work) -> List:
    """Keep a list."""
    values = {"done": 0, "added": 0, "known": 0, "asked": 0, "topics": {}, "claims": 0, **new}
    values |= {"began_at": work.now, "ends_at": work.now + KEPT}
    made = work.new_id()
    work.connection.execute(insert(table).values(id=made, **values))
    return _by_id(made, work)


def a_list(
    connection: Connection, conference: ConferencePublished, list_id: str, now: datetime, *, locked: bool = False
) -> List:
    """A list of a conference. Raises NotFound, also when it is over."""
    query = select(table).where(table.c.id == list_id, table.c.conference == conference.conference)
    row = connection.execute(query.with_for_update() if locked else query).first()
    if row is None or (row.ends_at <= now and row.stage not in BUSY):
        raise NotFound
    return _of(row)


def set_stage(known: List, stage: str, work: Work, **values: Any) -> List:
    """It goes on as this; what was found so far is forgotten where it begins anew."""
    if stage in BUSY:
        work.connection.execute(delete(findings).where(findings.c.list == known.id))
        values = {"done": 0, "added": 0, "known": 0, "asked": 0, "began_at": work.now, **values}
    values |= {"stage": stage, "ends_at": work.now + KEPT, "until": None}
    work.connection.execute(update(table).where(table.c.id == known.id).values(claims=table.c.claims + 1, **values))
    return _by_id(known.id, work)


def claim_list(work: Work, only: str | None = None) -> List | None:
    """The right to go on with one of those that wait, for a while."""
    query = _waiting(work.now).order_by(table.c.began_at, table.c.id).limit(1)
    if only is not None:
        query = query.where(table.c.id == only)
    row = work.connection.execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    values = {"claims": row.claims + 1, "until": work.now + LEASE}
    work.connection.execute(update(table).where(table.c.id == row.id).values(**values))
    return _by_id(row.id, work)


def went_on_with(
    claimed: List, rows: int, work: Work, *, added: int = 0, known: int = 0, asked: int = 0, **values: Any
) -> None:
    """So many more rows were looked at. Raises Overtaken."""
    c = table.c
    changed = work.connection.execute(
        update(table)
        .where(c.id == claimed.id, c.claims == claimed.claims, c.stage == claimed.stage)
        .values(
            done=c.done + rows, added=c.added + added, known=c.known + known, asked=c.asked + asked,
            until=work.now + LEASE, ends_at=work.now + KEPT, **values,
        )
    )  # fmt: skip
    if changed.rowcount != 1:
        raise Overtaken


def add_findings(list_id: str, found: Iterable[tuple[int, str, str]], work: Work) -> None:
    """(line, kind, why) of rows that brought nobody."""
    rows = [{"list": list_id, "line": line, "kind": kind, "why": why} for line, kind, why in found]
    if rows:
        work.connection.execute(insert(findings), rows)


def findings_of(connection: Connection, list_id: str, kind: str, limit: int | None = None) -> list[tuple[int, str]]:
    """(line, why) by line."""
    query = select(findings.c.line, findings.c.why).where(findings.c.list == list_id, findings.c.kind == kind)
    rows = connection.execute(query.order_by(findings.c.line).limit(limit))
    return [(row.line, row.why) for row in rows]


def count_findings(connection: Connection, list_id: str) -> dict[str, int]:
    """kind -> how many."""
    query = select(findings.c.kind, func.count()).where(findings.c.list == list_id).group_by(findings.c.kind)
    return {str(kind): int(number) for kind, number in connection.execute(query)}


def forget_list(list_id: str, work: Work) -> None:
    """Nothing of it stays."""
    work.connection.execute(delete(findings).where(findings.c.list == list_id))
    work.connection.execute(delete(table).where(table.c.id == list_id))


def forget_beyond(most: int, conference: ConferencePublished, work: Work) -> None:
    """Make room for one more list of a conference: the oldest ones that nobody is at are forgotten."""
    mine = (table.c.conference == conference.conference, table.c.stage.not_in(BUSY))
    newest = select(table.c.id).where(*mine).order_by(table.c.ends_at.desc(), table.c.id.desc()).offset(most - 1)
    for list_id in work.connection.execute(newest).scalars().all():
        forget_list(list_id, work)


def forget_old_lists(work: Work) -> int:
    """Those whose time is over; how many."""
    over = work.connection.execute(select(table.c.id).where(*_over(work.now)).limit(100)).scalars().all()
    for list_id in over:
        forget_list(list_id, work)
    return len(over)


def count_old_lists(connection: Connection, now: datetime) -> int:
    """How many lists are over."""
    return connection.execute(select(func.count()).select_from(table).where(*_over(now))).scalar_one()


def count_busy_lists(connection: Connection, _now: datetime) -> int:
    """How many lists are being tried or imported."""
    return connection.execute(select(func.count()).select_from(table).where(table.c.stage.in_(BUSY))).scalar_one()


def count_waiting_lists(connection: Connection, now: datetime) -> int:
    """How many of them nobody is at."""
    return int(connection.execute(_waiting(now, func.count())).scalar_one())


def _waiting(now: datetime, *what: Any) -> Select[Any]:
    free = or_(table.c.until.is_(None), table.c.until <= now)
    return select(*(what or (table,))).select_from(table).where(table.c.stage.in_(BUSY), free)


def _over(now: datetime) -> tuple[Any, ...]:
    return table.c.ends_at <= now, table.c.stage.not_in(BUSY)


def _by_id(list_id: str, work: Work) -> List:
    return _of(work.connection.execute(select(table).where(table.c.id == list_id)).one())


def _of(row: Any) -> List:
    return List(**{name: value for name, value in row._mapping.items() if name != "until"})
