"""What pairs said a month later, in codes. No rules here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from services.introductions.domain.contact import Contact
from services.introductions.tables import contacts as table
from shared.work import Work

SIDES = ("mentor", "mentee")
OF_LOCKED = select(table).where(table.c.introduction == bindparam("of_introduction")).with_for_update()
OLD = delete(table).where(table.c.introduction == bindparam("of_introduction"))
NEW = insert(table)


def contact(connection: Connection, introduction: str) -> Contact:
    """What is known of one, locked for changing; nothing where nobody said anything."""
    row = connection.execute(OF_LOCKED, {"of_introduction": introduction}).first()
    return Contact(introduction=introduction) if row is None else _contact_of(row)


def save_contact(before: Contact, after: Contact, work: Work) -> None:
    """What is known of it now."""
    if after is before:
        return
    values: dict[str, Any] = {f"{side}_said": after.said.get(side) for side in SIDES}
    values |= {f"{side}_seen": after.seen.get(side) for side in SIDES}
    work.connection.execute(OLD, {"of_introduction": after.introduction})
    work.connection.execute(NEW, {"introduction": after.introduction, **values})


def _contact_of(row: Any) -> Contact:
    said = {"mentor": row.mentor_said, "mentee": row.mentee_said}
    seen = {"mentor": row.mentor_seen, "mentee": row.mentee_seen}
    return Contact(introduction=row.introduction, said=_known(said), seen=_known(seen))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {side: value for side, value in values.items() if value is not None}
