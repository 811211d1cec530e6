"""Links under which a dashboard is seen without a login, those that were ended included. No rules here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from services.followup.tables import shares as table
from shared.work import Work


@dataclass(frozen=True, kw_only=True)
class Share:
    """A link to the numbers of a conference."""

    id: str
    conference: str
    made_at: datetime
    ended_at: datetime | None


def add_share(conference: str, work: Work) -> str:
    """A new one; its id."""
    made = work.new_id()
    work.connection.execute(insert(table).values(id=made, conference=conference, made_at=work.now))
    return made


def end_share(share: str, conference: str, work: Work) -> bool:
    """It shows nothing from now on; False where it was ended before, or is not of this conference."""
    its = table.c.id == share, table.c.conference == conference, table.c.ended_at.is_(None)
    return work.connection.execute(update(table).where(*its).values(ended_at=work.now)).rowcount == 1


def share(connection: Connection, share_id: str) -> Share | None:
    """One of them."""
    row = connection.execute(select(table).where(table.c.id == share_id)).first()
    return None if row is None else Share(**row._mapping)


def shares_of(connection: Connection, conference: str) -> Sequence[Share]:
    """Those of a conference that were not ended, oldest first."""
    its = table.c.conference == conference, table.c.ended_at.is_(None)
    found = connection.execute(select(table).where(*its).order_by(table.c.made_at, table.c.id))
    return [Share(**row._mapping) for row in found]
