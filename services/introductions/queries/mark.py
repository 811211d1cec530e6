"""Whether anything about somebody's day has changed, in one small query."""

from __future__ import annotations

from sqlalchemy import BindParameter, Connection, bindparam, case, func, literal, or_, select

from services.introductions.tables import free_now, introductions, late, paused
from shared.tables import address_book, known_attendees, known_conferences

_whose: BindParameter[str] = bindparam("attendee")
_hers = or_(introductions.c.mentor == _whose, introductions.c.mentee == _whose)
_others = select(case((introductions.c.mentor == _whose, introductions.c.mentee), else_=introductions.c.mentor)).where(
    _hers
)
MARK = select(
    select(func.coalesce(func.sum(introductions.c.version), 0) * 1000 + func.count()).where(_hers).scalar_subquery(),
    select(known_attendees.c.version).where(known_attendees.c.attendee == _whose).scalar_subquery(),
    select(known_conferences.c.version)
    .where(known_conferences.c.conference == bindparam("conference"))
    .scalar_subquery(),
    select(literal(1)).where(paused.c.attendee == _whose).scalar_subquery(),
    select(free_now.c.until).where(free_now.c.attendee == _whose).scalar_subquery(),
    select(late.c.until).where(late.c.attendee == _whose).scalar_subquery(),
    select(func.sum(address_book.c.version))
    .where(address_book.c.person == known_attendees.c.person, known_attendees.c.attendee.in_(_others))
    .scalar_subquery(),
)


def mark_of(connection: Connection, attendee: str, conference: str) -> str:
    """Another text whenever her meetings, whom they are with, what she said, her readiness or the conference changed."""
    row = connection.execute(MARK, {"attendee": attendee, "conference": conference}).one()
    return "|".join(str(value) for value in row)
