"""What introductions and follow-up know of attendees, from the newest attendee event of each. Registration owns them.

Nothing personal: ids and coded attributes. Names are in the address book.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from shared.bus.schema import schema_of
from shared.contracts import AttendeeChanged, AttendeeCheckedIn
from shared.contracts.attendee import AttendeeEvent
from shared.tables import known_attendees as table
from shared.work import Work

PEOPLE = select(table.c.attendee, table.c.person).where(table.c.attendee.in_(bindparam("attendees", expanding=True)))
ROW = select(table).where(table.c.attendee == bindparam("attendee"))


def remember(event: AttendeeEvent, work: Work) -> tuple[AttendeeEvent | None, bool]:
    """Take over the newest state; (what was known before, whether this was news). An older version changes nothing."""
    row = work.connection.execute(ROW, {"attendee": event.attendee}).first()
    before = None if row is None else _load(row.state)
    checked_in = event.at if isinstance(event, AttendeeCheckedIn) else None
    if row is not None and row.version >= event.version:
        return before, False
    values: dict[str, Any] = {"version": event.version, "state": schema_of(type(event)).dump(event)}
    if checked_in is not None and (row is None or row.first_checked_in_at is None):
        values["first_checked_in_at"] = checked_in
    if row is None:
        ids = {name: getattr(event, name) for name in ("attendee", "account", "conference", "person")}
        work.connection.execute(insert(table), {**ids, **values})
    else:
        work.connection.execute(update(table).where(table.c.attendee == event.attendee).values(**values))
    return before, True


def one(connection: Connection, attendee_id: str) -> AttendeeEvent | None:
    """An attendee's newest state, whatever the event was that brought it; None while nobody told of her."""
    row = connection.execute(select(table.c.state).where(table.c.attendee == attendee_id)).first()
    return None if row is None else _load(row.state)


def states(connection: Connection, conference: str) -> Sequence[dict[str, Any]]:
    """The states of all attendees of a conference as plain data (JSON types), in the order of their ids: for many at
    once, where making an object of each would take too long."""
    query = select(table.c.state).where(table.c.conference == conference).order_by(table.c.attendee)
    return connection.execute(query).scalars().all()


def people(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Attendee id -> person id."""
    if not ids:
        return {}
    return {row.attendee: row.person for row in connection.execute(PEOPLE, {"attendees": list(ids)})}


def _load(state: dict[str, Any]) -> AttendeeEvent:
    loaded: AttendeeEvent = schema_of(AttendeeChanged).load(state)
    return loaded
