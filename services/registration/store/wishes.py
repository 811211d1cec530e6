"""Whom somebody named: people to meet, people never to meet, who sent her. By address, or by id where a program did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from services.registration.domain import Attendee
from services.registration.store.apart import apart_from
from services.registration.tables import attendees, people, wishes
from shared.text import fold
from shared.work import Work

KINDS = ("requests", "blocks", "referrals")
CONFIRMED = attendees.c.status.in_(("confirmed", "checked_in", "left"))
HERE = attendees.c.status != "withdrawn"
NAMED = (
    select(wishes.c.kind, attendees.c.id)
    .select_from(wishes)
    .join(attendees, attendees.c.conference == wishes.c.conference)
    .join(people, people.c.person == attendees.c.person)
    .where(
        wishes.c.attendee == bindparam("who"),
        attendees.c.id != bindparam("who"),
        or_((wishes.c.address == attendees.c.id) & HERE, (wishes.c.address == people.c.address) & CONFIRMED),
    )
    .order_by(wishes.c.number)
)
WHO_NAMED = (
    select(wishes.c.attendee)
    .join(people, people.c.address == wishes.c.address)
    .where(wishes.c.conference == bindparam("at"), people.c.person == bindparam("whom"))
    .distinct()
    .order_by(wishes.c.attendee)
)


def wish(attendee: Attendee, kind: str, whom: Iterable[str], work: Work, *, by_id: bool) -> None:
    """Remember whom she named, by id or by address; the old ones of this kind and way are gone."""
    work.seen.pop(("named", attendee.id), None)
    way = wishes.c.address.not_like("%@%") if by_id else wishes.c.address.like("%@%")
    work.connection.execute(delete(wishes).where(wishes.c.attendee == attendee.id, wishes.c.kind == kind, way))
    rows = [
        {"attendee": attendee.id, "conference": attendee.conference, "kind": kind, "address": fold(one)}
        for one in dict.fromkeys(whom)
    ]
    if rows:
        work.connection.execute(insert(wishes), rows)


def names_nobody(attendee: Attendee, work: Work) -> None:
    """She is new and named nobody: whoever asks in this unit of work need not look."""
    work.seen["named", attendee.id] = {**dict.fromkeys(KINDS, ()), "blocks": apart_from(attendee, work)}


def named(attendee: Attendee, work: Work) -> dict[str, tuple[str, ...]]:
    """For each kind the ids of those whom she named: by id whoever takes part, by address whoever has confirmed it. Blocks
    also hold for those from whom she is kept apart because of what was before one of them was forgotten."""
    if ("named", attendee.id) in work.seen:
        return dict(work.seen["named", attendee.id])
    rows = work.connection.execute(NAMED, {"who": attendee.id}).all()
    found = {kind: tuple(dict.fromkeys(row.id for row in rows if row.kind == kind)) for kind in KINDS}
    return {**found, "blocks": tuple(dict.fromkeys((*found["blocks"], *apart_from(attendee, work))))}


def addresses_named(connection: Connection, attendee_id: str) -> dict[str, list[str]]:
    """Kind -> addresses, as she wrote them; for her own page only."""
    mine = (wishes.c.attendee == attendee_id, wishes.c.address.like("%@%"))
    rows = connection.execute(select(wishes).where(*mine).order_by(wishes.c.number)).all()
    return {kind: [row.address for row in rows if row.kind == kind] for kind in KINDS}


def who_named(attendee: Attendee, work: Work) -> Sequence[str]:
    """Ids of attendees who named this one's address."""
    return work.connection.execute(WHO_NAMED, {"at": attendee.conference, "whom": attendee.person}).scalars().all()
