"""When it is looked whose time of being kept is over at a conference, and who that is; and who never confirmed. No rules here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, insert, or_, select, update

from services.registration.domain import Attendee, attendee_of
from services.registration.tables import attendees, kept, tickets
from shared.tables import address_book as book
from shared.tables import mails
from shared.work import Work

DUE = select(func.count()).select_from(kept).where(kept.c.due_at <= bindparam("now"))
NEXT = (
    select(kept.c.conference)
    .where(kept.c.due_at <= bindparam("now"))
    .order_by(kept.c.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
HERE = attendees.c.status != "withdrawn"
NEXT_YEAR = attendees.c.state[("consents", "next_year")].as_boolean()

_others = attendees.alias()
FRESH_MAIL = exists().where(
    mails.c.person == attendees.c.person,
    mails.c.conference == attendees.c.conference,
    mails.c.kind == "confirm",
    or_(mails.c.created_at > bindparam("before"), mails.c.status == "waiting", mails.c.sent_at > bindparam("before")),
)
TICKET = exists().where(tickets.c.attendee == attendees.c.id, tickets.c.valid)
KEPT_ELSEWHERE = exists().where(
    _others.c.person == attendees.c.person,
    _others.c.id != attendees.c.id,
    _others.c.state[("consents", "next_year")].as_boolean(),
    _others.c.conference == kept.c.conference,
    kept.c.due_at.is_not(None),
)
"""Somebody who took part in another conference and chose to be kept: whoever typed her address here, the wish stands."""
UNCONFIRMED = (
    attendees.c.status == "pending",
    attendees.c.created_at <= bindparam("before"),
    ~FRESH_MAIL,
    ~TICKET,
    ~KEPT_ELSEWHERE,
)
HOW_MANY_UNCONFIRMED = select(func.count()).select_from(attendees).where(*UNCONFIRMED)


def count_overdue(connection: Connection, now: datetime) -> int:
    """At how many conferences somebody's time may be over."""
    return connection.execute(DUE, {"now": now}).scalar_one()


def next_overdue(work: Work) -> str | None:
    """One of them, for one process at a time."""
    conference: str | None = work.connection.execute(NEXT, {"now": work.now}).scalar()
    return conference


def look_for_overdue(conference: str, due_at: datetime | None, work: Work) -> None:
    """When to look next; None = nobody is left."""
    mine = update(kept).where(kept.c.conference == conference)
    if not work.connection.execute(mine.values(due_at=due_at)).rowcount:
        work.connection.execute(insert(kept).values(conference=conference, due_at=due_at))


def still_here(connection: Connection, conference: str, limit: int, *, all_of_them: bool) -> Sequence[Attendee]:
    """Who takes part in a conference, locked for changing: all of them, or who did not choose to be kept."""
    its = attendees.c.conference == conference, HERE, *(() if all_of_them else (NEXT_YEAR.is_not(True),))
    query = select(attendees).where(*its).order_by(attendees.c.number).limit(limit).with_for_update()
    return [attendee_of(row) for row in connection.execute(query)]


def left_and_kept(connection: Connection, conference: str, limit: int) -> Sequence[Attendee]:
    """Who withdrew from a conference, is known all the same, and by no other conference whose time is still to come."""
    other = attendees.alias()
    elsewhere = exists().where(
        other.c.person == attendees.c.person,
        other.c.conference != conference,
        other.c.conference == kept.c.conference,
        or_(kept.c.due_at.is_not(None), other.c.status != "withdrawn"),
    )
    its = attendees.c.conference == conference, ~HERE, attendees.c.person == book.c.person, ~elsewhere
    query = select(attendees).where(*its).order_by(attendees.c.number).limit(limit).with_for_update(of=attendees)
    return [attendee_of(row) for row in connection.execute(query)]


def count_unconfirmed(connection: Connection, before: datetime) -> int:
    """How many registered by themselves before then and did not confirm, and got no mail about it since."""
    return connection.execute(HOW_MANY_UNCONFIRMED, {"before": before}).scalar_one()


def unconfirmed(before: datetime, limit: int, work: Work) -> Sequence[Attendee]:
    """Some of them, locked for changing, for one process at a time."""
    query = select(attendees).where(*UNCONFIRMED).order_by(attendees.c.number).limit(limit)
    rows = work.connection.execute(query.with_for_update(of=attendees, skip_locked=True), {"before": before})
    return [attendee_of(row) for row in rows]
