"""What introductions and follow-up know of attendees, from the newest attendee event of each. Registration owns them.

Nothing personal: ids and coded attributes. Names are in the address book.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, bindparam, cast, func, select, update

from shared.bus.schema import schema_of
from shared.contracts import AttendeeChanged, AttendeeCheckedIn, AttendeeLeft, Event
from shared.contracts.attendee import AttendeeEvent
from shared.database import newest_wins
from shared.tables import known_attendees as table
from shared.work import Work

PEOPLE = select(table.c.attendee, table.c.person).where(table.c.attendee.in_(bindparam("attendees", expanding=True)))
KNOWN = select(table.c.attendee, table.c.version, table.c.state).where(
    table.c.attendee.in_(bindparam("attendees", expanding=True))
)
STATE = select(table.c.state).where(table.c.attendee == bindparam("attendee"))
TEXT = cast(table.c.state, String)
STATES = select(TEXT).where(table.c.conference == bindparam("conference")).order_by(table.c.attendee)
STATES_OF_SOME = STATES.where(table.c.attendee.in_(bindparam("attendees", expanding=True)))
IDS = ("attendee", "account", "conference", "person")
KEPT_DECODED = 50_000
"""More than one conference has: they are read in order, so with fewer none would be found again."""
NEWEST = newest_wins(
    table,
    "attendee",
    "version",
    lambda new: {
        "version": new.version,
        "state": new.state,
        "first_checked_in_at": func.coalesce(table.c.first_checked_in_at, new.first_checked_in_at),
    },
)
MISTAKEN = update(table).where(table.c.attendee == bindparam("of_attendee")).values(first_checked_in_at=None)
ARRIVED = update(table).where(table.c.attendee == bindparam("of_attendee"), table.c.first_checked_in_at.is_(None))


class Known(NamedTuple):
    """What a service has of an attendee: the version, and the state as data."""

    version: int
    state: dict[str, Any]


def look_ahead(events: Iterable[Event], work: Work) -> None:
    """Read at once what `remember` will ask for about these."""
    ids = {event.attendee for event in events if isinstance(event, AttendeeEvent)}
    if ids:
        work.seen |= dict.fromkeys(((table, one) for one in ids), None)
        for row in work.connection.execute(KNOWN, {"attendees": list(ids)}):
            work.seen[table, row.attendee] = Known(row.version, row.state)


def remember(event: AttendeeEvent, work: Work) -> tuple[AttendeeEvent | None, bool]:
    """Take over the newest state; (what was known before, whether this was news). Of an older version only an arrival counts."""
    place = (table, event.attendee)
    if place not in work.seen:
        look_ahead([event], work)
    known: Known | None = work.seen[place]
    before = None if known is None else _load(known.state)
    if known is not None and known.version >= event.version:
        if isinstance(event, AttendeeCheckedIn):  # told late, but she did arrive
            work.connection.execute(ARRIVED, {"of_attendee": event.attendee, "first_checked_in_at": event.at})
        return before, False
    new = Known(event.version, schema_of(type(event)).dump(event))
    work.seen[place] = new
    ids = {name: getattr(event, name) for name in IDS}
    arrived_at = event.at if isinstance(event, AttendeeCheckedIn) else None
    if isinstance(event, AttendeeLeft) and event.status == "confirmed" and not event.present_on:
        work.flush()  # she was never here, whatever is written of her in this unit of work
        work.connection.execute(MISTAKEN, {"of_attendee": event.attendee})
    work.later(NEWEST[work.dialect], {**ids, **new._asdict(), "first_checked_in_at": arrived_at})
    return before, True


def one(connection: Connection, attendee_id: str) -> AttendeeEvent | None:
    """An attendee's newest state, whatever the event was that brought it; None while nobody told of her."""
    row = connection.execute(STATE, {"attendee": attendee_id}).first()
    return None if row is None else _load(row.state)


class State(dict[str, Any]):
    """An attendee's state as plain data (JSON types), not to be changed. It is equal to itself alone, so that what
    follows from it can be kept by it."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


def states(connection: Connection, conference: str, only: Collection[str] | None = None) -> Sequence[State]:
    """The states of all (or `only` some) attendees of a conference, in the order of their ids: for many at once, where
    making an object of each would take too long."""
    if only is None:
        rows = connection.execute(STATES, {"conference": conference}).scalars().all()
    else:
        rows = connection.execute(STATES_OF_SOME, {"conference": conference, "attendees": list(only)}).scalars().all()
    return [_decoded(text) for text in rows]


@lru_cache(maxsize=KEPT_DECODED)
def _decoded(text: str) -> State:
    """Kept by its text: between two plans hardly anybody's state is new."""
    return State(json.loads(text))


def people(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Attendee id -> person id."""
    if not ids:
        return {}
    return {row.attendee: row.person for row in connection.execute(PEOPLE, {"attendees": list(ids)})}


def _load(state: dict[str, Any]) -> AttendeeEvent:
    loaded: AttendeeEvent = schema_of(AttendeeChanged).load(state)
    return loaded
