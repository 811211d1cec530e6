"""Introductions, and links of people who come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, union, update

from services.introductions.domain import OPEN, Goal, Introduction, Place
from services.introductions.domain.floor import board_of
from services.introductions.tables import introductions as table
from shared import conferences, links
from shared.access import Scope
from shared.contracts import ConferencePublished
from shared.contracts.introduction import Reason
from shared.errors import LostRace, NotFound
from shared.tables import known_attendees, known_conferences
from shared.tables import links as link_rows
from shared.work import Work

SIDES = ("mentor", "mentee")
# Statements that every answer needs are put together once.
BY_ID = select(table).where(table.c.id == bindparam("introduction"))
BY_ID_LOCKED = BY_ID.with_for_update()
BY_ID_IF_FREE = BY_ID.with_for_update(skip_locked=True)
NEW = insert(table)
SAVE = update(table).where(table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
OF_ATTENDEE = (
    select(table)
    .where(or_(table.c.mentor == bindparam("attendee"), table.c.mentee == bindparam("attendee")))
    .order_by(table.c.starts_at, table.c.number)
)
IS_OVER = and_(table.c.status == "proposed", table.c.hold_until <= bindparam("now"))
OVER = select(func.count()).select_from(table).where(IS_OVER)
PLACE = (
    select(table.c.account, known_conferences.c.slug)
    .join(known_conferences, known_conferences.c.conference == table.c.conference)
    .where(table.c.id == bindparam("introduction"), table.c.account == bindparam("of_account"))
)


def introduction_of(row: Row[Any]) -> Introduction:
    """An introduction from its row."""
    return Introduction(
        id=row.id,
        account=row.account,
        conference=row.conference,
        mentor=row.mentor,
        mentee=row.mentee,
        version=row.version,
        status=row.status,
        place=Place(
            slot=row.slot,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            meeting_point=row.meeting_point,
            table=row.table_number,
        ),
        hold_until=row.hold_until,
        answers={"mentor": row.mentor_answer, "mentee": row.mentee_answer},
        reasons=tuple(Reason(**reason) for reason in row.reasons),
        terms=row.terms,
        plan_version=row.plan_version,
        probability=row.probability,
        link_version=row.link_version,
        sequence=row.sequence,
        words=row.words,
        told_by=row.told_by,
        contradicted=row.contradicted,
        missed=row.missed,
        cause=row.cause,
        here=_by_side(row.mentor_here_at, row.mentee_here_at),
        late=_by_side(row.mentor_late_until, row.mentee_late_until),
        alone_until=row.alone_until,
        goal=None if row.goal_enough is None else Goal(enough=row.goal_enough, by=row.goal_by),
    )


def _by_side(mentor: datetime | None, mentee: datetime | None) -> dict[str, datetime]:
    return {side: at for side, at in (("mentor", mentor), ("mentee", mentee)) if at is not None}


def _values(introduction: Introduction) -> dict[str, Any]:
    place = introduction.place
    same = (
        "id",
        "account",
        "conference",
        "mentor",
        "mentee",
        "version",
        "status",
        "hold_until",
        "plan_version",
        "probability",
    )
    more = ("link_version", "sequence", "told_by", "contradicted", "missed", "cause", "alone_until")
    return {
        **{name: getattr(introduction, name) for name in (*same, *more)},
        "slot": place.slot,
        "starts_at": place.starts_at,
        "ends_at": place.ends_at,
        "meeting_point": place.meeting_point,
        "table_number": place.table,
        "mentor_answer": introduction.answers["mentor"],
        "mentee_answer": introduction.answers["mentee"],
        "reasons": [asdict(reason) for reason in introduction.reasons],
        "terms": dict(introduction.terms),
        "words": dict(introduction.words),
        **{f"{side}_here_at": introduction.here.get(side) for side in SIDES},
        **{f"{side}_late_until": introduction.late.get(side) for side in SIDES},
        "goal_enough": None if introduction.goal is None else introduction.goal.enough,
        "goal_by": None if introduction.goal is None else introduction.goal.by,
    }


def add(introduction: Introduction, work: Work) -> None:
    """A new introduction."""
    work.later(NEW, {"created_at": work.now, **_values(introduction)})
    work.touched |= {introduction.mentor, introduction.mentee, board_of(introduction.conference)}


def save(before: Introduction, introduction: Introduction, work: Work) -> None:
    """Its new state. Raises LostRace when somebody else changed it in between."""
    if introduction is before:
        return
    row = {"old_id": before.id, "old_version": before.version}
    changed = work.connection.execute(SAVE, {**row, **_values(introduction)})
    if changed.rowcount != 1:
        raise LostRace
    work.touched |= {introduction.mentor, introduction.mentee, board_of(introduction.conference)}


def by_id(connection: Connection, introduction_id: str, *, locked: bool = True) -> Introduction | None:
    """An introduction for the service's own doings, locked for changing where that is meant."""
    row = connection.execute(BY_ID_LOCKED if locked else BY_ID, {"introduction": introduction_id}).first()
    return None if row is None else introduction_of(row)


def if_free(connection: Connection, introduction_id: str) -> Introduction | None:
    """An introduction, locked for changing; None while somebody else is at it. Whoever holds the plan's row must not wait
    for one: answers take the two the other way round."""
    row = connection.execute(BY_ID_IF_FREE, {"introduction": introduction_id}).first()
    return None if row is None else introduction_of(row)


def with_conference(
    connection: Connection, introduction_id: str, *, locked: bool = True
) -> tuple[Introduction, ConferencePublished]:
    """An introduction behind a link, locked where it may change, with its conference. Raises NotFound."""
    found = by_id(connection, introduction_id, locked=locked)
    conference = None if found is None else conferences.by_id(connection, found.conference)
    if found is None or conference is None:
        raise NotFound
    return found, conference


def within(
    connection: Connection, scope: Scope, introduction_id: str, *, locked: bool = True
) -> tuple[Introduction, ConferencePublished]:
    """An introduction that lies within a scope, locked where it may change, with its conference. Raises NotFound."""
    row = connection.execute(PLACE, {"introduction": introduction_id, "of_account": scope.account}).first()
    if row is None or not scope.covers(row.account, row.slug):
        raise NotFound
    return with_conference(connection, introduction_id, locked=locked)


def of_conference(
    connection: Connection, conference: ConferencePublished, after: str = "", limit: int = 100_000
) -> Sequence[tuple[int, Introduction]]:
    """(growing number, introduction) of a conference in the order they were made; up to `limit + 1`."""
    behind = int(after) if after.isdigit() else 0
    query = (
        select(table)
        .where(table.c.conference == conference.conference, table.c.number > behind)
        .order_by(table.c.number)
        .limit(limit + 1)
    )
    return [(row.number, introduction_of(row)) for row in connection.execute(query)]


def of_day(connection: Connection, conference: str, day: date) -> list[Introduction]:
    """All introductions of a day of a conference."""
    its = table.c.conference == conference, table.c.slot.startswith(f"{day:%Y%m%d}-")
    return [introduction_of(row) for row in connection.execute(select(table).where(*its).order_by(table.c.number))]


def of_attendee(connection: Connection, attendee: str) -> list[Introduction]:
    """All introductions of somebody, by time."""
    return [introduction_of(row) for row in connection.execute(OF_ATTENDEE, {"attendee": attendee})]


def who_sees(connection: Connection, person: str) -> set[str]:
    """Whose pages show something of a person: herself and whom she was ever introduced to, as attendees."""
    hers = select(known_attendees.c.attendee).where(known_attendees.c.person == person).scalar_subquery()
    others = (
        select(other).where(own.in_(hers))
        for own, other in ((table.c.mentor, table.c.mentee), (table.c.mentee, table.c.mentor))
    )
    herself = select(known_attendees.c.attendee).where(known_attendees.c.person == person)
    return set(connection.execute(union(herself, *others)).scalars())


def open_of_conference(connection: Connection, conference: str, now: datetime) -> list[Introduction]:
    """Introductions that are to take place and have not begun, locked for changing."""
    query = select(table).where(table.c.conference == conference, table.c.status.in_(OPEN), table.c.starts_at > now)
    return [introduction_of(row) for row in connection.execute(query.order_by(table.c.number).with_for_update())]


# Holds that are over


def count_over(connection: Connection, now: datetime) -> int:
    """How many proposals are held no longer."""
    return connection.execute(OVER, {"now": now}).scalar_one()


def over(work: Work, limit: int) -> list[Introduction]:
    """Some of them, each for one process at a time."""
    query = select(table).where(IS_OVER).order_by(table.c.hold_until, table.c.number).limit(limit)
    return [
        introduction_of(row)
        for row in work.connection.execute(query.with_for_update(skip_locked=True), {"now": work.now})
    ]


# Links and mails


def restore_links(attendee: str, person: str, work: Work) -> None:
    """Somebody came back: her links work again."""
    for object_id in (attendee, *(item.id for item in of_attendee(work.connection, attendee))):
        work.connection.execute(
            update(link_rows)
            .where(link_rows.c.object == object_id, link_rows.c.person == person)
            .values(revoked_at=None)
        )


def revoke_links(attendee: str, person: str, work: Work) -> None:
    """Her links as an attendee and to her meetings are over."""
    for object_id in (attendee, *(item.id for item in of_attendee(work.connection, attendee))):
        links.revoke(work.connection, work.now, object_id=object_id, person=person)
