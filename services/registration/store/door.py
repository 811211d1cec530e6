"""Whom a code, an address or an id at the door stands for: many at once, by one look each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from services.registration.tables import attendees, people
from shared.contracts import ConferencePublished

HERE = attendees.c.status != "withdrawn"


def by_codes(connection: Connection, codes: Collection[str]) -> Mapping[str, Row[Any]]:
    """Code -> attendee, of whatever conference: a code of another one is told apart from one that nobody has."""
    rows = connection.execute(select(attendees).where(attendees.c.code.in_(list(codes)))) if codes else ()
    return {row.code: row for row in rows}


def by_addresses(
    connection: Connection, conference: ConferencePublished, addresses: Collection[str]
) -> Mapping[str, Row[Any]]:
    """Folded address -> attendee of this conference, unless she withdrew."""
    if not addresses:
        return {}
    query = select(attendees, people.c.address).join(people, people.c.person == attendees.c.person)
    mine = (attendees.c.conference == conference.conference, people.c.address.in_(list(addresses)), HERE)
    return {row.address: row for row in connection.execute(query.where(*mine))}


def by_ids(connection: Connection, conference: ConferencePublished, ids: Collection[str]) -> Mapping[str, Row[Any]]:
    """Id -> attendee of this conference."""
    if not ids:
        return {}
    mine = (attendees.c.conference == conference.conference, attendees.c.id.in_(list(ids)))
    return {row.id: row for row in connection.execute(select(attendees).where(*mine))}


def hold(connection: Connection, conference: ConferencePublished, ids: Collection[str]) -> None:
    """Lock these attendees in one order, whatever the order in which they are changed afterwards: two devices that send
    long lists at once would otherwise wait for each other for ever."""
    mine = (attendees.c.conference == conference.conference, attendees.c.id.in_(list(ids)))
    connection.execute(select(attendees.c.id).where(*mine).order_by(attendees.c.id).with_for_update()).all()
