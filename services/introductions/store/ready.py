"""Who can be asked at short notice, who comes only later. No rules here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from services.introductions.domain.floor import board_of
from services.introductions.tables import free_now, late
from shared.database import unless_known
from shared.work import Work

UNTIL = {table: select(table.c.until).where(table.c.attendee == bindparam("attendee")) for table in (free_now, late)}


def be_free(attendee: str, conference: str, until: datetime, work: Work) -> None:
    """She can be asked at short notice until then."""
    _put(free_now, attendee, conference, until, work)


def be_late(attendee: str, conference: str, until: datetime, work: Work) -> None:
    """Nothing that begins before then is for her."""
    _put(late, attendee, conference, until, work)


def _put(table: Table, attendee: str, conference: str, until: datetime, work: Work) -> None:
    """Two taps at once are no error."""
    work.touched |= {attendee, board_of(conference)}
    changed = work.connection.execute(update(table).where(table.c.attendee == attendee).values(until=until))
    if changed.rowcount == 0:
        row = {"attendee": attendee, "conference": conference, "until": until}
        work.connection.execute(unless_known(table, "attendee")[work.dialect], row)


def not_free(attendee: str, conference: str, work: Work) -> None:
    """She cannot be asked at short notice any more."""
    _forget(free_now, attendee, conference, work)


def not_late(attendee: str, conference: str, work: Work) -> bool:
    """She is here; whether she was said to come later."""
    return _forget(late, attendee, conference, work)


def _forget(table: Table, attendee: str, conference: str, work: Work) -> bool:
    work.touched |= {attendee, board_of(conference)}
    return work.connection.execute(delete(table).where(table.c.attendee == attendee)).rowcount > 0


def free_until(connection: Connection, attendee: str, now: datetime) -> datetime | None:
    """Until when she can be asked at short notice; None when she cannot."""
    return _until(connection, free_now, attendee, now)


def late_until(connection: Connection, attendee: str, now: datetime) -> datetime | None:
    """When she comes, where that is still to be."""
    return _until(connection, late, attendee, now)


def _until(connection: Connection, table: Table, attendee: str, now: datetime) -> datetime | None:
    until: datetime | None = connection.execute(UNTIL[table], {"attendee": attendee}).scalar()
    return until if until is not None and until > now else None
