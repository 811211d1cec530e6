"""Public screens of a conference, those that were ended included. No rules here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.introductions.domain.floor import board_of
from services.introductions.tables import screens as table
from shared.work import Work


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A screen: it shows first name and initial, or codes alone."""

    id: str
    conference: str
    names: bool
    made_at: datetime
    ended_at: datetime | None


def add_screen(conference: str, names: bool, work: Work) -> str:
    """A new one; its id."""
    made = work.new_id()
    work.connection.execute(insert(table).values(id=made, conference=conference, names=names, made_at=work.now))
    work.touched.add(board_of(conference))
    return made


def end_screen(screen: str, conference: str, work: Work) -> bool:
    """It shows nothing from now on; False where it was ended before, or is not of this conference."""
    its = table.c.id == screen, table.c.conference == conference, table.c.ended_at.is_(None)
    work.touched.add(board_of(conference))
    return work.connection.execute(update(table).where(*its).values(ended_at=work.now)).rowcount == 1


def screen(connection: Connection, screen_id: str) -> Screen | None:
    """One of them."""
    row = connection.execute(select(table).where(table.c.id == screen_id)).first()
    return None if row is None else _screen_of(row)


def screens_of(connection: Connection, conference: str) -> Sequence[Screen]:
    """Those of a conference that were not ended, oldest first."""
    its = table.c.conference == conference, table.c.ended_at.is_(None)
    return [
        _screen_of(row) for row in connection.execute(select(table).where(*its).order_by(table.c.made_at, table.c.id))
    ]


def _screen_of(row: Any) -> Screen:
    return Screen(**row._mapping)
