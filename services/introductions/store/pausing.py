"""What people do not want for now: to be introduced, and mails of a class. No rules here."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from services.introductions.domain.floor import board_of
from services.introductions.tables import paused, stopped_mails
from shared.work import Work

PAUSED = select(paused.c.attendee).where(paused.c.attendee == bindparam("attendee"))


def pause(attendee: str, conference: str, work: Work) -> bool:
    """No introductions for somebody until she says otherwise; False when that was so before."""
    if is_paused(work.connection, attendee):
        return False
    work.connection.execute(insert(paused).values(attendee=attendee, conference=conference, at=work.now))
    work.touched |= {attendee, board_of(conference)}
    return True


def unpause(attendee: str, conference: str, work: Work) -> bool:
    """Introductions again; False when that was so before."""
    work.touched |= {attendee, board_of(conference)}
    return work.connection.execute(delete(paused).where(paused.c.attendee == attendee)).rowcount == 1


def is_paused(connection: Connection, attendee: str) -> bool:
    """Whether somebody wants none at the moment."""
    return connection.execute(PAUSED, {"attendee": attendee}).first() is not None


def stop_mails(attendee: str, kind: str, work: Work) -> None:
    """No mails of this class for somebody until she says otherwise."""
    if not are_stopped(work.connection, attendee, kind):
        work.connection.execute(insert(stopped_mails).values(attendee=attendee, kind=kind, at=work.now))


def allow_mails(attendee: str, kind: str, work: Work) -> None:
    """Mails of this class again."""
    its = stopped_mails.c.attendee == attendee, stopped_mails.c.kind == kind
    work.connection.execute(delete(stopped_mails).where(*its))


def are_stopped(connection: Connection, attendee: str, kind: str) -> bool:
    """Whether somebody stopped mails of this class."""
    its = stopped_mails.c.attendee == attendee, stopped_mails.c.kind == kind
    return connection.execute(select(stopped_mails.c.attendee).where(*its)).first() is not None
