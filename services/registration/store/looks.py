"""When it is looked where mentors are missing, and whether organizers were told. No rules here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from services.registration.tables import shortage_looks as table
from shared.work import Work

DUE = select(func.count()).select_from(table).where(table.c.due_at <= bindparam("now"))
NEXT = select(table.c.conference).where(table.c.due_at <= bindparam("now")).order_by(table.c.due_at).limit(1)


def count_looks(connection: Connection, now: datetime) -> int:
    """How many conferences are to be looked at."""
    return connection.execute(DUE, {"now": now}).scalar_one()


def next_look(work: Work) -> str | None:
    """One of them, for one process at a time."""
    query = NEXT.with_for_update(skip_locked=True)
    conference: str | None = work.connection.execute(query, {"now": work.now}).scalar()
    return conference


def look_at(conference: str, due_at: datetime | None, work: Work, *, told: bool = False) -> None:
    """When to look next; None = never again. Who was told is not told again."""
    values = {"due_at": due_at, **({"mailed_at": work.now} if told else {})}
    mine = update(table).where(table.c.conference == conference, table.c.mailed_at.is_(None))
    if work.connection.execute(mine.values(**values)).rowcount:
        return
    if work.connection.execute(select(table.c.conference).where(table.c.conference == conference)).first() is None:
        work.connection.execute(insert(table).values(conference=conference, **values))
