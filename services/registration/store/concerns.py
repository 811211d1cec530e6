"""Concerns in rows, who was introduced to whom, and how often an address was reported. Ids, marks, and what somebody wrote
for one reader; no rules here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from services.registration.domain import Attendee
from services.registration.domain.concern import OVER, Meeting, ends_at
from services.registration.store.apart import mark_of
from services.registration.tables import attendees, concerns, erased, introduced, reported
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.introduction import PlacedIntroductionEvent
from shared.database import newest_wins, unless_known
from shared.errors import NotFound
from shared.work import Work

PLACED = newest_wins(
    introduced, "introduction", "version", lambda new: {"version": new.version, "starts_at": new.starts_at}
)
HERS = select(attendees.c.id, attendees.c.conference).where(attendees.c.person == bindparam("person"))
NEW, NEW_ERASED = insert(concerns), unless_known(erased, "attendee")
FIRST_TIME = unless_known(reported, "mark")
OLD = (concerns.c.ends_at <= bindparam("now"), erased.c.ends_at <= bindparam("now"))
OLD_CONCERNS = select(func.count()).select_from(concerns).where(OLD[0])
OLD_ERASED = select(func.count()).select_from(erased).where(OLD[1])
EMPTY = {"text": "", "reach": "", "note": ""}


def remember_meeting(event: PlacedIntroductionEvent, work: Work) -> None:
    """These two were introduced, or meet at another time."""
    names = ("introduction", "version", "conference", "mentor", "mentee", "starts_at")
    work.later(PLACED[work.dialect], {name: getattr(event, name) for name in names})


def attendances(connection: Connection, person: str) -> Mapping[str, str]:
    """Attendee id -> conference, of everything that somebody takes or took part in."""
    return {row.id: row.conference for row in connection.execute(HERS, {"person": person})}


def meetings(connection: Connection, mine: Mapping[str, str]) -> Sequence[Meeting]:
    """Everybody to whom these attendees were introduced, the newest first."""
    hers = or_(introduced.c.mentor.in_(list(mine)), introduced.c.mentee.in_(list(mine)))
    rows = connection.execute(select(introduced).where(hers).order_by(introduced.c.starts_at.desc())).all()
    return [_meeting(row, mine) for row in rows]


def _meeting(row: Row[Any], mine: Mapping[str, str]) -> Meeting:
    own, other = (row.mentor, row.mentee) if row.mentor in mine else (row.mentee, row.mentor)
    return Meeting(
        introduction=row.introduction, conference=row.conference, mine=own, other=other, starts_at=row.starts_at
    )


def mark_erased(attendee: Attendee, work: Work) -> None:
    """She is about to be forgotten; whom she was introduced to may still report her for a while."""
    for one, where in attendances(work.connection, attendee.person).items():
        conference = conferences.by_id(work.connection, where)
        if conference is not None and meetings(work.connection, {one: where}):
            row = {
                "attendee": one,
                "mark": mark_of(attendee, work),
                "conference": where,
                "ends_at": ends_at(conference),
            }
            work.connection.execute(NEW_ERASED[work.dialect], row)


def add_concern(values: Mapping[str, Any], work: Work) -> str | None:
    """A new one; its id, or None where the very same waits already: who taps twice reports once."""
    same = [concerns.c[name] == values[name] for name in ("person", "conference", "text", "apart", "reach")]
    same += [concerns.c.introduction.is_not_distinct_from(values["introduction"]), concerns.c.state == "new"]
    if work.connection.execute(select(concerns.c.id).where(*same)).first() is not None:
        return None
    made = work.new_id()
    times = {"created_at": work.now, "changed_at": work.now}
    work.connection.execute(NEW, {"id": made, "note": "", "state": "new", **times, **values})
    return made


def concern(connection: Connection, conference: ConferencePublished, concern_id: str) -> Row[Any]:
    """One of a conference, locked for changing. Raises NotFound."""
    mine = (concerns.c.id == concern_id, concerns.c.conference == conference.conference)
    row = connection.execute(select(concerns).where(*mine).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def is_there(connection: Connection, concern_id: str) -> bool:
    """Whether a concern was not forgotten meanwhile."""
    return connection.execute(select(concerns.c.id).where(concerns.c.id == concern_id)).first() is not None


def change_concern(concern_id: str, work: Work, **values: Any) -> None:
    """Another state, note, or nothing left of what was written."""
    mine = update(concerns).where(concerns.c.id == concern_id)
    work.connection.execute(mine.values(changed_at=work.now, **values))


def empty_closed(person: str, work: Work) -> None:
    """She is erased: of what was settled nothing is left that anybody wrote."""
    hers = update(concerns).where(concerns.c.person == person, concerns.c.state.in_(OVER))
    work.connection.execute(hers.values(**EMPTY))


def count_reported(mark: str, add: int, work: Work) -> None:
    """One more, or one less."""
    work.connection.execute(FIRST_TIME[work.dialect], {"mark": mark, "times": 0})
    work.connection.execute(update(reported).where(reported.c.mark == mark).values(times=reported.c.times + add))


def times_reported(connection: Connection, mark: str) -> int:
    """How often concerns about this address were closed as serious."""
    return connection.execute(select(reported.c.times).where(reported.c.mark == mark)).scalar() or 0


def end_concerns_of(conference: ConferencePublished, work: Work) -> None:
    """The conference may have other days: everything about its concerns is forgotten at another time."""
    for table in (concerns, erased):
        its = update(table).where(table.c.conference == conference.conference)
        work.connection.execute(its.values(ends_at=ends_at(conference)))


def count_old_concerns(connection: Connection, now: datetime) -> int:
    """How much about concerns is to be forgotten."""
    return sum(connection.execute(query, {"now": now}).scalar_one() for query in (OLD_CONCERNS, OLD_ERASED))


def forget_old_concerns(work: Work) -> int:
    """It is; how much."""
    gone = [delete(table).where(table.c.ends_at <= work.now) for table in (concerns, erased)]
    return sum(work.connection.execute(statement).rowcount for statement in gone)
