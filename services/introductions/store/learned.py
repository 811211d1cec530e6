"""What was found when an owner asked what points have to do with contact; the newest finding of each conference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from services.introductions.tables import learned as table
from shared.work import Work

LEASE = timedelta(minutes=5)
"""It takes seconds; a process that died is replaced after this."""
IS_FREE = or_(table.c.until.is_(None), table.c.until <= bindparam("now"))
IS_TO_FIND = table.c.wanted > table.c.made
TO_FIND = select(func.count()).select_from(table).where(IS_TO_FIND)
OF = select(table).where(table.c.conference == bindparam("of_conference"))


@dataclass(frozen=True, kw_only=True)
class Learned:
    """How it stands for a conference: what was asked for, and what was found the last time."""

    conference: str
    wanted: int
    made: int
    wanted_at: datetime
    made_at: datetime | None
    finding: Mapping[str, Any] | None

    @property
    def is_being_found(self) -> bool:
        """Whether somebody asked and nobody has answered."""
        return self.wanted > self.made


def learned(connection: Connection, conference: str) -> Learned | None:
    """What was found for a conference, where it was ever asked."""
    row = connection.execute(OF, {"of_conference": conference}).first()
    return None if row is None else _learned_of(row)


def want_learned(conference: str, work: Work) -> None:
    """It is asked for. Whoever asks while it is being found waits for that."""
    row = work.connection.execute(OF.with_for_update(), {"of_conference": conference}).first()
    values = {"wanted_at": work.now, "until": None}
    if row is None:
        work.connection.execute(insert(table).values(conference=conference, wanted=1, made=0, **values))
    elif row.wanted == row.made:
        mine = table.c.conference == conference
        work.connection.execute(update(table).where(mine).values(wanted=row.wanted + 1, **values))


def count_to_find(connection: Connection, _now: datetime) -> int:
    """How many were asked for and are not there."""
    return connection.execute(TO_FIND).scalar_one()


def count_unfound(connection: Connection, now: datetime) -> int:
    """How many of them nobody is at."""
    return connection.execute(TO_FIND.where(IS_FREE), {"now": now}).scalar_one()


def claim_learned(work: Work) -> Learned | None:
    """The right to find one of them, for a while."""
    query = select(table).where(IS_TO_FIND, IS_FREE).order_by(table.c.wanted_at, table.c.conference).limit(1)
    row = work.connection.execute(query.with_for_update(skip_locked=True), {"now": work.now}).first()
    if row is None:
        return None
    work.connection.execute(update(table).where(table.c.conference == row.conference).values(until=work.now + LEASE))
    return _learned_of(row)


def keep_learned(claimed: Learned, finding: Mapping[str, Any] | None, work: Work) -> None:
    """It is found."""
    its = table.c.conference == claimed.conference, table.c.made < claimed.wanted
    values = {"made": claimed.wanted, "made_at": work.now, "finding": finding, "until": None}
    work.connection.execute(update(table).where(*its).values(**values))


def _learned_of(row: Any) -> Learned:
    return Learned(**{name: value for name, value in row._mapping.items() if name != "until"})
