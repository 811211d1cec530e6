"""What organizers did, as each service keeps it in its own database. Lines are written by `Work.audit` alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from shared.tables import audit

LINES = 300
NEWEST = select(audit).where(audit.c.conference == bindparam("conference")).order_by(audit.c.id.desc()).limit(LINES)


def newest(connection: Connection, conference: str) -> Sequence[Row[Any]]:
    """The newest lines of a conference, the newest first."""
    return connection.execute(NEWEST, {"conference": conference}).all()
