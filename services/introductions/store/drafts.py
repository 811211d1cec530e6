"""Drafts of plans, and the pairs that organizers want to meet or keep apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from services.introductions.tables import drafts as table
from services.introductions.tables import wanted_pairs as pairs
from shared.work import Work

LEASE = timedelta(minutes=10)
"""A draft of a large conference takes a minute; a process that died is replaced after this."""
IS_FREE = or_(table.c.until.is_(None), table.c.until <= bindparam("now"))
IS_TO_MAKE = table.c.wanted > table.c.made
TO_MAKE = select(func.count()).select_from(table).where(IS_TO_MAKE)
TO_PUBLISH = select(func.count()).select_from(table).where(table.c.publishing)
OF = select(table).where(table.c.conference == bindparam("of_conference"))


@dataclass(frozen=True, kw_only=True)
class Draft:
    """How the draft of a conference stands."""

    conference: str
    wanted: int
    made: int
    wanted_at: datetime
    made_at: datetime | None
    plan: Mapping[str, Any] | None
    publishing: bool
    published: int
    proposed: int

    @property
    def is_being_made(self) -> bool:
        """Whether a newer one was asked for."""
        return self.wanted > self.made


def draft(connection: Connection, conference: str, *, locked: bool = False) -> Draft | None:
    """The draft of a conference, where one was ever asked for."""
    query = OF.with_for_update() if locked else OF
    row = connection.execute(query, {"of_conference": conference}).first()
    return None if row is None else _draft_of(row)


def _draft_of(row: Any) -> Draft:
    return Draft(**{name: value for name, value in row._mapping.items() if name != "until"})


def want_draft(conference: str, work: Work) -> None:
    """A new draft is asked for."""
    values = {"wanted_at": work.now, "until": None}
    changed = work.connection.execute(
        update(table).where(table.c.conference == conference).values(wanted=table.c.wanted + 1, **values)
    )
    if changed.rowcount == 0:
        fresh = {"wanted": 1, "made": 0, "publishing": False, "published": 0, "proposed": 0}
        work.connection.execute(insert(table).values(conference=conference, **fresh, **values))


def cancel_draft(conference: str, work: Work) -> None:
    """Whoever computes it computes in vain."""
    work.connection.execute(
        update(table).where(table.c.conference == conference).values(made=table.c.wanted, until=None)
    )


def count_to_make(connection: Connection, _now: datetime) -> int:
    """How many drafts were asked for and are not there."""
    return connection.execute(TO_MAKE).scalar_one()


def count_unclaimed(connection: Connection, now: datetime) -> int:
    """How many of them nobody is at."""
    return connection.execute(TO_MAKE.where(IS_FREE), {"now": now}).scalar_one()


def claim_draft(work: Work) -> Draft | None:
    """The right to make one of them, for a while."""
    query = select(table).where(IS_TO_MAKE, IS_FREE).order_by(table.c.wanted_at, table.c.conference).limit(1)
    row = work.connection.execute(query.with_for_update(skip_locked=True), {"now": work.now}).first()
    if row is None:
        return None
    work.connection.execute(update(table).where(table.c.conference == row.conference).values(until=work.now + LEASE))
    return _draft_of(row)


def keep_draft(claimed: Draft, plan: Mapping[str, Any] | None, work: Work) -> None:
    """It is made; one that was asked for meanwhile is made next."""
    work.connection.execute(
        update(table)
        .where(table.c.conference == claimed.conference, table.c.made < claimed.wanted)
        .values(made=claimed.wanted, made_at=work.now, plan=plan, until=None, publishing=False, published=0, proposed=0)
    )


def count_to_publish(connection: Connection, _now: datetime) -> int:
    """How many drafts are being published."""
    return connection.execute(TO_PUBLISH).scalar_one()


def publish_draft(conference: str, work: Work) -> None:
    """Its meetings are proposed from now on."""
    work.connection.execute(
        update(table).where(table.c.conference == conference).values(publishing=True, published=0, proposed=0)
    )


def next_to_publish(work: Work) -> Draft | None:
    """One that is being published; nobody else goes on with it until this transaction ends."""
    query = select(table).where(table.c.publishing).order_by(table.c.conference).limit(1)
    row = work.connection.execute(query.with_for_update(skip_locked=True)).first()
    return None if row is None else _draft_of(row)


def went_on(conference: str, published: int, proposed: int, work: Work, *, done: bool) -> None:
    """So many of its meetings were looked at, and so many proposed; a draft that is done is no draft any more."""
    values: dict[str, Any] = {"published": published, "proposed": proposed, "publishing": not done}
    if done:
        values["plan"] = None
    work.connection.execute(update(table).where(table.c.conference == conference).values(**values))


# Pairs that organizers want


def want_pair(conference: str, mentor: str, mentee: str, kind: str, work: Work) -> bool:
    """They must meet (pin), or are kept apart (ban); False where that is so already."""
    here = (pairs.c.conference == conference, pairs.c.mentor == mentor, pairs.c.mentee == mentee)
    known = work.connection.execute(select(pairs.c.kind).where(*here)).scalar_one_or_none()
    if known == kind:
        return False
    if known is None:
        ids = {"conference": conference, "mentor": mentor, "mentee": mentee}
        work.connection.execute(insert(pairs).values(**ids, kind=kind, at=work.now))
    else:
        work.connection.execute(update(pairs).where(*here).values(kind=kind, at=work.now))
    return True


def let_pair(conference: str, mentor: str, mentee: str, work: Work) -> bool:
    """They are like any other pair again; False where they were."""
    here = (pairs.c.conference == conference, pairs.c.mentor == mentor, pairs.c.mentee == mentee)
    return work.connection.execute(delete(pairs).where(*here)).rowcount == 1
