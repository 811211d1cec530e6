"""What introductions and follow-up know of attendees, from the newest attendee event of each. Registration owns them.

Nothing personal: ids and coded attributes. Names are in the address book.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, String, bindparam, cast, select, update

from shared.bus.schema import schema_of
from shared.contracts import AttendeeChanged, AttendeeCheckedIn
from shared.contracts.attendee import AttendeeEvent
from shared.database import unless_known
from shared.tables import known_attendees as table
from shared.work import Work

PEOPLE = select(table.c.attendee, table.c.person).where(table.c.attendee.in_(bindparam("attendees", expanding=True)))
ROW = select(table).where(table.c.attendee == bindparam("attendee"))
STATE = select(table.c.state).where(table.c.attendee == bindparam("attendee"))
TEXT = cast(table.c.state, String)
STATES = select(TEXT).where(table.c.conference == bindparam("conference")).order_by(table.c.attendee)
STATES_OF_SOME = STATES.where(table.c.attendee.in_(bindparam("attendees", expanding=True)))
IDS = ("attendee", "account", "conference", "person")
KEPT_DECODED = 10_000
NEW = unless_known(table, "attendee")
CHANGE = update(table).where(table.c.attendee == bindparam("of_attendee"))


def remember(event: AttendeeEvent, work: Work) -> tuple[AttendeeEvent | None, bool]:
    """Take over the newest state; (what was known before, whether this was news). An older version changes nothing."""
    values: dict[str, Any] = {"version": event.version, "state": schema_of(type(event)).dump(event)}
    checked_in = event.at if isinstance(event, AttendeeCheckedIn) else None
    ids = {name: getattr(event, name) for name in IDS}
    new = {**ids, **values, "first_checked_in_at": checked_in}
    if work.connection.execute(NEW[work.connection.dialect.name], new).rowcount:
        return None, True
    row = work.connection.execute(ROW, {"attendee": event.attendee}).one()
    before = _load(row.state)
    if row.version >= event.version:
        return before, False
    if checked_in is not None and row.first_checked_in_at is None:
        values["first_checked_in_at"] = checked_in
    work.connection.execute(CHANGE, {"of_attendee": event.attendee, **values})
    return before, True


def one(connection: Connection, attendee_id: str) -> AttendeeEvent | None:
    """An attendee's newest state, whatever the event was that brought it; None while nobody told of her."""
    row = connection.execute(STATE, {"attendee": attendee_id}).first()
    return None if row is None else _load(row.state)


def states(connection: Connection, conference: str, only: Collection[str] | None = None) -> Sequence[Mapping[str, Any]]:
    """The states of all (or `only` some) attendees of a conference as plain data (JSON types), in the order of their
    ids: for many at once, where making an object of each would take too long."""
    if only is None:
        rows = connection.execute(STATES, {"conference": conference}).scalars()
    else:
        rows = connection.execute(STATES_OF_SOME, {"conference": conference, "attendees": list(only)}).scalars()
    return [_decoded(text) for text in rows]


@lru_cache(maxsize=KEPT_DECODED)
def _decoded(text: str) -> Mapping[str, Any]:
    """Kept by its text: between two plans hardly anybody's state is new."""
    state: dict[str, Any] = json.loads(text)
    return MappingProxyType(state)


def people(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Attendee id -> person id."""
    if not ids:
        return {}
    return {row.attendee: row.person for row in connection.execute(PEOPLE, {"attendees": list(ids)})}


def _load(state: dict[str, Any]) -> AttendeeEvent:
    loaded: AttendeeEvent = schema_of(AttendeeChanged).load(state)
    return loaded
