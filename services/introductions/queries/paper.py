"""What is printed of a day: everybody with her meetings, by one look. It reads ids, places and names; never a topic, a
goal, a role or who has answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, and_, bindparam, or_, select, union_all

from services.introductions.tables import introductions as table
from shared.contracts import ConferencePublished
from shared.tables import address_book, known_attendees

_on_that_day = and_(
    table.c.conference == bindparam("conference"),
    table.c.slot.like(bindparam("slots")),
    or_(table.c.status == "accepted", and_(table.c.status == "proposed", table.c.hold_until > bindparam("now"))),
)


def _of(mine: str, other: str) -> Select[tuple[object, ...]]:
    places = (
        table.c.id,
        table.c.starts_at,
        table.c.ends_at,
        table.c.meeting_point,
        table.c.table_number,
        table.c.status,
    )
    return select(table.c[mine].label("attendee"), table.c[other].label("other"), *places).where(_on_that_day)


_meetings = union_all(_of("mentor", "mentee"), _of("mentee", "mentor")).subquery("meetings")
DAY = (
    select(known_attendees.c.attendee, known_attendees.c.person, address_book.c.name, _meetings)
    .select_from(known_attendees)
    .outerjoin(address_book, address_book.c.person == known_attendees.c.person)
    .outerjoin(_meetings, _meetings.c.attendee == known_attendees.c.attendee)
    .where(
        known_attendees.c.conference == bindparam("conference"),
        known_attendees.c.state["status"].as_string() != "withdrawn",
    )
)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person of the conference. Her name is None until it is known to be hers."""

    attendee: str
    person: str
    name: str | None


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting that is to take place, or may."""

    id: str
    starts_at: datetime
    ends_at: datetime
    point: str
    table: int
    agreed: bool
    """Whether both said yes; else an answer is still to come, and it is not said whose."""
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A day to be printed."""

    people: Mapping[str, Somebody]
    meetings: Mapping[str, Meeting]
    """By id, in the order of time and table."""
    of: Mapping[str, Collection[Meeting]]
    """Attendee id -> her meetings, by time; of nobody who has none."""


def paper(connection: Connection, conference: ConferencePublished, day: date, now: datetime) -> Paper:
    """Everybody who takes part, and what both agreed on, or may still agree on, of that day."""
    values = {"conference": conference.conference, "slots": f"{day:%Y%m%d}-%", "now": now}
    people: dict[str, Somebody] = {}
    meetings: dict[str, Meeting] = {}
    of: dict[str, list[Meeting]] = {}
    for attendee, person, name, _attendee, other, *place in connection.execute(DAY, values):
        people[attendee] = Somebody(attendee=attendee, person=person, name=name)
        if other is not None:
            meeting = meetings.get(place[0]) or _meeting(place, (attendee, other))
            meetings[meeting.id] = meeting
            of.setdefault(attendee, []).append(meeting)
    ordered = sorted(meetings.values(), key=when_and_where)
    return Paper(
        people=people,
        meetings={meeting.id: meeting for meeting in ordered},
        of={attendee: sorted(hers, key=when_and_where) for attendee, hers in of.items()},
    )


def _meeting(place: list[object], people: tuple[str, str]) -> Meeting:
    id_, starts_at, ends_at, point, number, status = place
    assert isinstance(starts_at, datetime)
    assert isinstance(ends_at, datetime)
    return Meeting(
        id=str(id_),
        starts_at=starts_at,
        ends_at=ends_at,
        point=str(point),
        table=int(str(number)),
        agreed=status == "accepted",
        people=people,
    )


def when_and_where(meeting: Meeting) -> tuple[datetime, str, int]:
    """The order of a day."""
    return meeting.starts_at, meeting.point, meeting.table
