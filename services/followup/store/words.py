"""Words to all whose day passed, from the press of the button until they left or were taken back. No rules here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, select, update

from services.followup.tables import words as table
from shared.database import unless_known
from shared.work import Work

ONE_AT_A_TIME = unless_known(table, "waits")


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word to all of a conference whose day was over on `day`."""

    id: str
    conference: str
    day: date
    people: int
    """As many as it was to go to; once it left, as many as it went to."""
    made_at: datetime
    leaves_at: datetime
    left_at: datetime | None


def add(conference: str, day: date, people: int, leaves_at: datetime, work: Work) -> str | None:
    """A new one that waits; its id, None where one of the conference waits already."""
    made = work.new_id()
    row = {"id": made, "conference": conference, "day": day, "people": people}
    row |= {"made_at": work.now, "leaves_at": leaves_at, "waits": conference}
    return made if work.connection.execute(ONE_AT_A_TIME[work.dialect], row).rowcount == 1 else None


def take_back(word: str, conference: str, work: Work) -> bool:
    """It never leaves; False where it left, was taken back, or is not of this conference."""
    its = table.c.id == word, table.c.waits == conference
    return work.connection.execute(update(table).where(*its).values(taken_back_at=work.now, waits=None)).rowcount == 1


def let_go(word: str, work: Work) -> Word | None:
    """It leaves now, and waits no more; None where somebody else was quicker, or took it back."""
    its = table.c.id == word, table.c.waits.is_not(None), table.c.leaves_at <= work.now
    if work.connection.execute(update(table).where(*its).values(left_at=work.now, waits=None)).rowcount != 1:
        return None
    return _word_of(work.connection.execute(select(table).where(table.c.id == word)).one())


def went_to(word: str, people: int, work: Work) -> None:
    """So many got it."""
    work.connection.execute(update(table).where(table.c.id == word).values(people=people))


def waiting(connection: Connection, conference: str) -> Word | None:
    """The one of a conference that waits."""
    row = connection.execute(select(table).where(table.c.waits == conference)).first()
    return None if row is None else _word_of(row)


def newest_that_left(connection: Connection, conference: str) -> Word | None:
    """The last one of a conference that went to somebody."""
    its = table.c.conference == conference, table.c.left_at.is_not(None), table.c.people > 0
    row = connection.execute(select(table).where(*its).order_by(table.c.left_at.desc()).limit(1)).first()
    return None if row is None else _word_of(row)


def due(connection: Connection, now: datetime) -> Sequence[str]:
    """Those whose time has come."""
    its = table.c.waits.is_not(None), table.c.leaves_at <= now
    return connection.execute(select(table.c.id).where(*its).order_by(table.c.leaves_at)).scalars().all()


def count_due(connection: Connection, now: datetime) -> int:
    """How many of them."""
    its = table.c.waits.is_not(None), table.c.leaves_at <= now
    return connection.execute(select(func.count()).select_from(table).where(*its)).scalar_one()


def _word_of(row: Row[tuple[object, ...]]) -> Word:
    names = Word.__dataclass_fields__
    return Word(**{name: value for name, value in row._mapping.items() if name in names})
