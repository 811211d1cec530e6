"""Rows for pages and API answers, straight from SQL. Everything is limited to a conference that the caller may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from services.registration.domain import Attendee, attendee_of
from services.registration.domain.conference import topic_line
from services.registration.domain.shortage import Shortage, conversations, room, shortage
from services.registration.tables import attendees, concerns, consents, devices, introduced, organizers, people
from shared import codes
from shared.access import Scope
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import NotFound
from shared.tables import address_book as book
from shared.tables import attendance_texts as texts
from shared.tables import known_conferences
from shared.text import fold, mask_address

HERSELF = ("form", "page")
"""Channels of a consent by which nobody but she, or somebody who says to be her, answers."""
SHOWN = ("confirmed", "checked_in", "left")
CONFIRMED = attendees.c.status.in_(SHOWN)
PERSONAL = (book.c.name, book.c.email, texts.c.goal, texts.c.company.label("employer"), texts.c.field)


EVERYTHING = (
    select(attendees, *PERSONAL)
    .outerjoin(book, book.c.person == attendees.c.person)
    .outerjoin(texts, texts.c.attendee == attendees.c.id)
)
ONE = EVERYTHING.where(attendees.c.id == bindparam("attendee"))


def attendee_rows(
    connection: Connection, conference: ConferencePublished, after: str = "", limit: int = 100_000
) -> Sequence[Row[Any]]:
    """Attendees of a conference with their words, in the order they came; up to `limit + 1`."""
    behind = int(after) if after.isdigit() else 0
    query = EVERYTHING.where(attendees.c.conference == conference.conference, attendees.c.number > behind)
    return connection.execute(query.order_by(attendees.c.number).limit(limit + 1)).all()


def attendee_of_conference(
    connection: Connection, scope: Scope, conference: ConferencePublished, attendee_id: str
) -> Row[Any]:
    """One attendee with her words, for looking only. Raises NotFound."""
    mine = (attendees.c.conference == conference.conference, attendees.c.account == scope.account)
    row = connection.execute(EVERYTHING.where(attendees.c.id == attendee_id, *mine)).first()
    if row is None:
        raise NotFound
    return row


def attendee_row(connection: Connection, attendee_id: str) -> Row[Any]:
    """One attendee with her words."""
    return connection.execute(ONE, {"attendee": attendee_id}).one()


def attendee_rows_of(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Attendee id -> she with her words, of these."""
    rows = connection.execute(EVERYTHING.where(attendees.c.id.in_(list(ids)))).all() if ids else ()
    return {row.id: row for row in rows}


def concern_rows(connection: Connection, conference: ConferencePublished) -> Sequence[Row[Any]]:
    """Concerns of a conference, the newest first, without a word of what was written."""
    shown = (concerns.c.id, concerns.c.state, concerns.c.about, concerns.c.created_at, concerns.c.changed_at)
    mine = concerns.c.conference == conference.conference
    query: Any = select(*shown).where(mine).order_by(concerns.c.created_at.desc(), concerns.c.id)
    return connection.execute(query).all()


def meeting_begins(connection: Connection, introduction: str | None) -> datetime | None:
    """When a meeting is, or was."""
    query = select(introduced.c.starts_at).where(introduced.c.introduction == introduction)
    found: datetime | None = connection.execute(query).scalar()
    return found


def by_code(connection: Connection, code: str) -> Row[Any] | None:
    """The attendee behind a public check-in code, as it was scanned or typed."""
    return connection.execute(EVERYTHING.where(attendees.c.code == codes.typed(code))).first()


def as_json(row: Row[Any], conference: ConferencePublished, page_url: str) -> dict[str, Any]:
    """An attendee as the API shows her; a withdrawn one has no words left."""
    attendee = attendee_of(row)
    labels = {topic.code: topic.label for topic in conference.topics}
    return {
        "id": attendee.id,
        "conference": conference.slug,
        "status": attendee.status,
        "name": row.name,
        "email": row.email,
        "role": attendee.role,
        "offers": [labels.get(code, code) for code in attendee.offers],
        "wants": [labels.get(code, code) for code in attendee.wants],
        "helps": list(attendee.helps),
        "goals": list(attendee.goals),
        "first_timer": attendee.first_timer,
        "likes_newcomers": attendee.likes_newcomers,
        "step_free": attendee.step_free,
        "quiet": attendee.quiet,
        "goal": row.goal,
        "languages": list(attendee.languages),
        "company": row.employer,
        "field": row.field,
        "years": attendee.years,
        "capacity": attendee.capacity,
        "introductions": attendee.introductions,
        "available": None if attendee.available is None else list(attendee.available),
        "requests": list(attendee.requests),
        "blocks": list(attendee.blocks),
        "referrals": list(attendee.referrals),
        "locale": attendee.locale,
        "consents": asdict(attendee.consents),
        "approved": attendee.approved,
        "present_on": [day.isoformat() for day in attendee.present_on],
        "links": {"page": None if attendee.status == "withdrawn" else page_url},
    }


def conference_json(conference: ConferencePublished) -> dict[str, Any]:
    """A conference as the API shows it: slots and the whole policy with defaults."""
    return {
        "id": conference.conference,
        "slug": conference.slug,
        "name": conference.name,
        "timezone": conference.timezone,
        "days": [
            {"date": day.date.isoformat(), "blocks": [{"start": block.start, "end": block.end} for block in day.blocks]}
            for day in conference.days
        ],
        "slot_minutes": conference.slot_minutes,
        "change_minutes": conference.change_minutes,
        "slots": [
            {"id": slot.id, "starts_at": _z(slot.starts_at), "ends_at": _z(slot.ends_at)} for slot in conference.slots
        ],
        "meeting_points": [
            {name: value for name, value in asdict(point).items() if name != "code"}
            for point in conference.meeting_points
        ],
        "topics": [topic_line(topic) for topic in conference.topics],
        "policy": {**asdict(conference.policy), "follow_up_days": list(conference.policy.follow_up_days)},
    }


def _z(moment: datetime) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))


@dataclass(frozen=True, kw_only=True)
class AtTheDesk:
    """Somebody as the desk sees her: a name, a state, and what tells two Anas apart."""

    id: str
    name: str
    about: str
    status: str
    here: bool


def at_the_desk(
    connection: Connection, conference: ConferencePublished, wanted: str, now: datetime, limit: int = 20
) -> list[AtTheDesk]:
    """Confirmed people whose name fits what was typed, accents ignored; found and sorted by the database."""
    fitting = [people.c.name.contains(word, autoescape=True) for word in fold(wanted).split()]
    query = EVERYTHING.join(people, people.c.person == attendees.c.person)
    query = query.where(attendees.c.conference == conference.conference, CONFIRMED, *fitting)
    rows = connection.execute(query.order_by(people.c.name, attendees.c.number).limit(limit)).all()
    return [as_at_the_desk(row, conference, now) for row in rows]


def as_at_the_desk(row: Row[Any], conference: ConferencePublished, now: datetime) -> AtTheDesk:
    """One person as the desk sees her."""
    return AtTheDesk(
        id=row.id,
        name=row.name or "",
        about=row.employer or mask_address(row.email or ""),
        status=row.status,
        here=local_day(conference, now).isoformat() in row.state.get("present_on", ()),
    )


def by_scan(
    connection: Connection, conference: ConferencePublished, scanned: str, now: datetime
) -> list[AtTheDesk] | None:
    """Whom a code, typed or in the address behind it, stands for at this conference: one or nobody. None where that is no
    such address, and may be a name."""
    code = codes.of_scan(scanned)
    if code is None:
        return None
    row = by_code(connection, code)
    if row is None and codes.ADDRESS not in scanned:
        return None
    if row is None or row.conference != conference.conference or row.status not in SHOWN:
        return []
    return [as_at_the_desk(row, conference, now)]


def several_at_the_desk(
    connection: Connection, conference: ConferencePublished, ids: Collection[str], now: datetime
) -> dict[str, AtTheDesk]:
    """Id -> how the desk sees her, of these attendees of a conference."""
    mine = (attendees.c.conference == conference.conference, attendees.c.id.in_(list(ids)))
    rows = connection.execute(EVERYTHING.where(*mine)).all() if ids else ()
    return {row.id: as_at_the_desk(row, conference, now) for row in rows}


def names_and_states(connection: Connection, conference: ConferencePublished, now: datetime) -> list[dict[str, Any]]:
    """Everybody who may be checked in, by name: no more of them than a device may keep."""
    today = local_day(conference, now).isoformat()
    query = select(attendees.c.id, book.c.name, attendees.c.state).join(book, book.c.person == attendees.c.person)
    query = query.join(people, people.c.person == attendees.c.person)
    mine = (attendees.c.conference == conference.conference, CONFIRMED)
    rows = connection.execute(query.where(*mine).order_by(people.c.name, attendees.c.number)).all()
    return [{"id": row.id, "name": row.name, "here": today in row.state.get("present_on", ())} for row in rows]


def row_or_none(connection: Connection, conference: ConferencePublished, attendee_id: str) -> Row[Any] | None:
    """A confirmed attendee of a conference with her words, if there is one."""
    mine = (attendees.c.conference == conference.conference, CONFIRMED)
    return connection.execute(EVERYTHING.where(attendees.c.id == attendee_id, *mine)).first()


def how_many_are_here(connection: Connection, conference: ConferencePublished, now: datetime) -> int:
    """How many have checked in today and not left since."""
    today = local_day(conference, now).isoformat()
    mine = (attendees.c.conference == conference.conference, attendees.c.status == "checked_in")
    states = connection.execute(select(attendees.c.state).where(*mine)).scalars()
    return sum(today in state.get("present_on", ()) for state in states)


def who_has_slug(connection: Connection, slug: str) -> Row[Any] | None:
    """The conference with this short name, in whatever account."""
    table = known_conferences
    query: Any = select(table.c.conference, table.c.account).where(table.c.slug == slug)
    found: Row[Any] | None = connection.execute(query).first()
    return found


def counts(connection: Connection, conference: ConferencePublished) -> Mapping[str, int]:
    """How many attendees are in which state, and how many mentors wait for an approval."""
    rows = connection.execute(
        select(attendees.c.status, func.count())
        .where(attendees.c.conference == conference.conference)
        .group_by(attendees.c.status)
    ).all()
    found = {str(status): int(number) for status, number in rows}
    waiting = connection.execute(
        select(func.count()).where(
            attendees.c.conference == conference.conference,
            attendees.c.approved.is_(False),
            attendees.c.status != "withdrawn",
        )
    ).scalar_one()
    return {**found, "to_approve": waiting}


def supply(connection: Connection, conference: ConferencePublished) -> list[tuple[str, int, int]]:
    """(topic, how many want it, how many offer it), the scarcest first."""
    mine = (attendees.c.conference == conference.conference, CONFIRMED)
    states = connection.execute(select(attendees.c.state).where(*mine)).scalars().all()
    wanted = Counter(code for state in states for code in state.get("wants") or ())
    offered = Counter(code for state in states for code in state.get("offers") or ())
    table = [(topic.label, wanted[topic.code], offered[topic.code]) for topic in conference.topics]
    return sorted(table, key=lambda line: (line[2] - line[1], line[0]))


def shortage_of(connection: Connection, conference: ConferencePublished) -> Shortage:
    """Where mentors are missing, of everybody who confirmed and wants to be introduced."""
    mine = (attendees.c.conference == conference.conference, CONFIRMED)
    rows = connection.execute(select(attendees.c.role, attendees.c.approved, attendees.c.state).where(*mine)).all()
    wants, offers = [], []
    for role, approved, state in rows:
        if not (state.get("consents") or {}).get("introductions"):
            continue
        if role != "mentor":
            wants.append(frozenset(state.get("wants") or ()))
        if role != "mentee" and approved:
            number = conversations(state.get("capacity"), state.get("available"), conference)
            offers.append((frozenset(state.get("offers") or ()), number))
    return shortage([topic.code for topic in conference.topics], wants, offers, room(conference))


def team(connection: Connection, account: str, slug: str) -> Sequence[Row[Any]]:
    """Owners of the account and the desk of a conference."""
    rows = connection.execute(
        select(organizers)
        .where(organizers.c.account == account, organizers.c.removed_at.is_(None))
        .order_by(organizers.c.email)
    ).all()
    return [row for row in rows if row.role == "owner" or slug in (row.conferences or ())]


def actor_names(connection: Connection, account: str) -> dict[str, str]:
    """Organizer id -> address, and device id -> what it is called."""
    of_people = select(organizers.c.id, organizers.c.email).where(organizers.c.account == account)
    at_the_door = select(devices.c.id, devices.c.label).where(devices.c.account == account)
    return {row[0]: row[1] for query in (of_people, at_the_door) for row in connection.execute(query)}


def said_by_others(connection: Connection, attendee: Attendee) -> Collection[str]:
    """The purposes that a list, a shop or a program answered for somebody who is invited, and she has not since."""
    if attendee.status != "invited":
        return ()
    query = select(consents.c.purpose, consents.c.channel).where(consents.c.attendee == attendee.id)
    newest = {row.purpose: row.channel for row in connection.execute(query.order_by(consents.c.number))}
    return [purpose for purpose, channel in newest.items() if channel not in HERSELF]
