"""What organizers did, as each service keeps it in its own database. Lines are written by `Work.audit` alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from shared.i18n import noted as N_
from shared.tables import audit

LINES = 300
OURS = audit.c.conference == bindparam("conference")
HOW_MANY = select(func.count()).select_from(audit).where(OURS)
NEWEST = select(audit).where(OURS).order_by(audit.c.id.desc()).limit(bindparam("most")).offset(bindparam("start"))

EXPORTED = {
    "people": N_("people exported"),
    "introductions": N_("introductions exported"),
    "outcomes": N_("outcomes exported"),
}
"""What a file holds -> what is said of whoever took it along."""


def how_many(connection: Connection, conference: str) -> int:
    """How many lines a conference has."""
    return int(connection.execute(HOW_MANY, {"conference": conference}).scalar_one())


def newest(connection: Connection, conference: str, start: int = 0, stop: int = LINES) -> Sequence[Row[Any]]:
    """These of the lines of a conference, counted from the newest."""
    values = {"conference": conference, "start": start, "most": stop - start}
    return connection.execute(NEWEST, values).all()
