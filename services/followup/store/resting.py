"""Who paused the questions, and what then waits: rows of what people did about being asked, and steps that are due later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from services.followup.domain.resting import Turn, pauses
from services.followup.domain.states import Span
from services.followup.tables import steps, turns, zones
from shared.tables import mails
from shared.work import Work


def add(turn: Turn, work: Work) -> None:
    """Keep what somebody did."""
    work.connection.execute(insert(turns).values(attendee=turn.attendee, what=turn.what, at=turn.at, until=turn.until))


def pauses_of(connection: Connection, attendees: Collection[str]) -> dict[str, list[Span]]:
    """Attendee -> her pauses, for those of these who ever paused."""
    query = select(turns).where(turns.c.attendee.in_(list(attendees))).order_by(turns.c.number)
    hers: dict[str, list[Turn]] = {}
    for row in connection.execute(query):
        turn = Turn(attendee=row.attendee, what=row.what, at=row.at, until=row.until)
        hers.setdefault(row.attendee, []).append(turn)
    return {attendee: pauses(found) for attendee, found in hers.items()}


def zone_of(connection: Connection, attendee: str) -> str | None:
    """The zone in which she wants to be asked by day, where she said one."""
    return connection.execute(select(zones.c.zone).where(zones.c.attendee == attendee)).scalar()


def keep_zone(attendee: str, zone: str | None, work: Work) -> None:
    """Her zone from now on; None: as far as we know."""
    work.connection.execute(delete(zones).where(zones.c.attendee == attendee))
    if zone is not None:
        work.connection.execute(insert(zones).values(attendee=attendee, zone=zone))


def lost_mails(connection: Connection, person: str, conference: str) -> set[int]:
    """The numbers of mails with questions that were made for her and never left: too late, refused, or the server away."""
    hers = mails.c.person == person, mails.c.conference == conference, mails.c.kind.in_(("evening", "check_in"))
    query = select(mails.c.args).where(*hers, mails.c.status.in_(("skipped", "failed")))
    return {args["round"] for args in connection.execute(query).scalars()}


def move(attendee: str, names: Iterable[str], before: datetime, after: datetime, work: Work) -> None:
    """What waited for her until then waits until another instant."""
    hers = steps.c.attendee == attendee, steps.c.at == before, steps.c.step.in_(list(names))
    work.connection.execute(update(steps).where(*hers).values(at=after))


def again(relationship: str, attendee: str, step: str, at: datetime | None, work: Work) -> None:
    """A step that was done is due once more; None: it is done after all."""
    place = steps.c.relationship == relationship, steps.c.attendee == attendee, steps.c.step == step
    work.connection.execute(update(steps).where(*place).values(at=at))
