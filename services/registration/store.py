"""Loads and saves what registration owns. Every look-up from outside is limited to a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.registration.domain import Attendee
from services.registration.tables import attendees, companies, consents, organizers, people, sessions, wishes
from shared import conferences
from shared.access import Actor, Scope
from shared.contracts import ConferencePublished, PersonDescribed
from shared.contracts.attendee import Consents
from shared.contracts.person import Attendance
from shared.errors import LostRace, NotFound
from shared.tables import address_book as book
from shared.tables import attendance_texts as texts
from shared.text import fold
from shared.work import Work

LISTS = ("offers", "wants", "languages", "requests", "blocks", "referrals")
CODED = (*LISTS, "company", "years", "capacity", "introductions", "available", "locale")


def attendee_of(row: Any) -> Attendee:
    """An attendee from her row."""
    from datetime import date  # noqa: PLC0415

    state = dict(row.state)
    values: dict[str, Any] = {name: state.get(name) for name in CODED}
    values.update({name: tuple(state.get(name) or ()) for name in LISTS})
    values["available"] = None if state.get("available") is None else tuple(state["available"])
    return Attendee(
        id=row.id,
        account=row.account,
        conference=row.conference,
        person=row.person,
        version=row.version,
        role=row.role,
        status=row.status,
        approved=row.approved,
        consents=Consents(**state.get("consents", {})),
        present_on=tuple(date.fromisoformat(day) for day in state.get("present_on", ())),
        **values,
    )


def _values(attendee: Attendee) -> dict[str, Any]:
    state: dict[str, Any] = {name: getattr(attendee, name) for name in CODED}
    state["consents"] = vars(attendee.consents)
    state["present_on"] = [day.isoformat() for day in attendee.present_on]
    return {
        "version": attendee.version,
        "role": attendee.role,
        "status": attendee.status,
        "approved": attendee.approved,
        "state": state,
    }


def add_attendee(attendee: Attendee, work: Work) -> None:
    """A new attendee."""
    code = work.new_id()
    work.connection.execute(
        insert(attendees).values(
            id=attendee.id,
            account=attendee.account,
            conference=attendee.conference,
            person=attendee.person,
            code=work.links.token("code", attendee.id, code, 1)[:12],
            created_at=work.now,
            **_values(attendee),
        )
    )


def save(before: Attendee, attendee: Attendee, work: Work) -> None:
    """Her new state. Raises LostRace when somebody else changed her in between."""
    if attendee == before:
        return
    changed = work.connection.execute(
        update(attendees)
        .where(attendees.c.id == attendee.id, attendees.c.version == before.version)
        .values(**_values(attendee))
    )
    if changed.rowcount != 1:
        raise LostRace


def attendee(connection: Connection, scope: Scope, conference: ConferencePublished, attendee_id: str) -> Attendee:
    """An attendee of a conference, locked for changing. Raises NotFound."""
    row = connection.execute(
        select(attendees)
        .where(
            attendees.c.id == attendee_id,
            attendees.c.conference == conference.conference,
            attendees.c.account == scope.account,
        )
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound
    return attendee_of(row)


def attendee_by_id(connection: Connection, attendee_id: str) -> Attendee:
    """An attendee behind a link. Raises NotFound."""
    row = connection.execute(select(attendees).where(attendees.c.id == attendee_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return attendee_of(row)


def attendee_of_person(connection: Connection, conference: str, person: str) -> Attendee | None:
    """The attendee that a person is at a conference."""
    row = connection.execute(
        select(attendees).where(attendees.c.conference == conference, attendees.c.person == person).with_for_update()
    ).first()
    return None if row is None else attendee_of(row)


def by_address(connection: Connection, conference: ConferencePublished, address: str) -> Attendee | None:
    """The attendee with an address."""
    row = connection.execute(
        select(attendees)
        .join(people, people.c.person == attendees.c.person)
        .where(attendees.c.conference == conference.conference, people.c.address == fold(address))
    ).first()
    return None if row is None else attendee_of(row)


# People


def person_id(address: str, account: str, work: Work) -> tuple[str, bool]:
    """(the person with this address within the account, whether she is new)."""
    folded = fold(address)
    row = work.connection.execute(
        select(people.c.person).where(people.c.account == account, people.c.address == folded)
    ).first()
    if row is not None:
        return row.person, False
    made = work.new_id()
    work.connection.execute(insert(people).values(person=made, account=account, address=folded, version=0))
    return made, True


def describe(person: str, account: str, name: str, email: str, locale: str, work: Work) -> None:
    """Her name, address and language as she last gave them."""
    values = {"account": account, "name": name, "email": email, "locale": locale}
    known = work.connection.execute(select(book.c.person).where(book.c.person == person)).first()
    if known is None:
        work.connection.execute(insert(book).values(person=person, version=0, **values))
    else:
        work.connection.execute(update(book).where(book.c.person == person).values(**values))


def write_texts(attendee: Attendee, values: dict[str, str | None], work: Work) -> None:
    """What she wrote for this conference: goal, company, field; only the given ones change."""
    known = work.connection.execute(select(texts.c.attendee).where(texts.c.attendee == attendee.id)).first()
    if known is None:
        work.connection.execute(
            insert(texts).values(attendee=attendee.id, person=attendee.person, conference=attendee.conference, **values)
        )
    elif values:
        work.connection.execute(update(texts).where(texts.c.attendee == attendee.id).values(**values))


def publish_person(person: str, work: Work) -> None:
    """Tell the others the newest description; an unconfirmed stranger reaches no topic."""
    confirmed = work.connection.execute(
        select(attendees.c.id).where(
            attendees.c.person == person, attendees.c.status.in_(("confirmed", "checked_in", "left"))
        )
    ).first()
    gone = work.connection.execute(select(book.c.person).where(book.c.person == person)).first() is None
    if confirmed is None and not gone:
        return
    version = work.connection.execute(select(people.c.version).where(people.c.person == person)).scalar() or 0
    work.connection.execute(update(people).where(people.c.person == person).values(version=version + 1))
    work.connection.execute(update(book).where(book.c.person == person).values(version=version + 1))
    work.publish_state(PersonDescribed, person)


def person_described(connection: Connection, person: str) -> PersonDescribed | None:
    """The state behind a record of `rapport.people`; None = tombstone."""
    row = connection.execute(select(book).where(book.c.person == person)).first()
    if row is None:
        return None
    wrote = connection.execute(
        select(texts)
        .join(attendees, attendees.c.id == texts.c.attendee)
        .where(texts.c.person == person, attendees.c.status.in_(("confirmed", "checked_in", "left")))
    ).all()
    described = [
        Attendance(attendee=t.attendee, conference=t.conference, goal=t.goal, company=t.company, field=t.field)
        for t in wrote
    ]
    return PersonDescribed(
        person=person,
        version=row.version,
        account=row.account,
        name=row.name,
        email=row.email,
        locale=row.locale,
        attendances=tuple(described),
    )


def forget_attendance(attendee: Attendee, work: Work) -> None:
    """Delete what a withdrawn attendee wrote, and the person too when nothing else keeps her."""
    work.connection.execute(delete(texts).where(texts.c.attendee == attendee.id))
    work.connection.execute(delete(wishes).where(wishes.c.attendee == attendee.id))
    others = work.connection.execute(
        select(attendees.c.id).where(
            attendees.c.person == attendee.person, attendees.c.id != attendee.id, attendees.c.status != "withdrawn"
        )
    ).first()
    if others is None and not attendee.consents.next_year:
        work.connection.execute(delete(book).where(book.c.person == attendee.person))
        work.connection.execute(
            update(people).where(people.c.person == attendee.person).values(address=f"erased {attendee.person}")
        )


# Codes, wishes, consents


def company_code(conference: str, company: str | None, work: Work) -> str | None:
    """The random code that stands for an employer within a conference."""
    name = fold(company or "")[:200]
    if not name:
        return None
    row = work.connection.execute(
        select(companies.c.code).where(companies.c.conference == conference, companies.c.name == name)
    ).first()
    if row is not None:
        return str(row.code)
    code = work.new_id()[-16:]
    work.connection.execute(insert(companies).values(conference=conference, name=name, code=code))
    return code


def wish(attendee: Attendee, kind: str, addresses: Iterable[str], work: Work) -> None:
    """Remember whom she named by address; the old ones of this kind are gone."""
    work.connection.execute(delete(wishes).where(wishes.c.attendee == attendee.id, wishes.c.kind == kind))
    for address in addresses:
        work.connection.execute(
            insert(wishes).values(
                attendee=attendee.id, conference=attendee.conference, kind=kind, address=fold(address)
            )
        )


def named_by(attendee: Attendee, work: Work) -> dict[str, list[str]]:
    """Kind -> ids of the attendees whom she named by address and who are registered."""
    rows = work.connection.execute(
        select(wishes.c.kind, attendees.c.id)
        .join(people, people.c.address == wishes.c.address)
        .join(attendees, attendees.c.person == people.c.person)
        .where(
            wishes.c.attendee == attendee.id,
            attendees.c.conference == attendee.conference,
            attendees.c.id != attendee.id,
        )
    ).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row.id)
    return found


def who_named(attendee: Attendee, address: str, work: Work) -> Sequence[str]:
    """Ids of attendees who named this one's address."""
    return (
        work.connection.execute(
            select(wishes.c.attendee)
            .where(wishes.c.conference == attendee.conference, wishes.c.address == fold(address))
            .distinct()
        )
        .scalars()
        .all()
    )


def record_consents(before: Consents | None, attendee: Attendee, channel: str, text_version: str, work: Work) -> None:
    """Append a row for every purpose whose answer is new."""
    for purpose, given in vars(attendee.consents).items():
        if before is None or getattr(before, purpose) != given:
            work.connection.execute(
                insert(consents).values(
                    attendee=attendee.id,
                    purpose=purpose,
                    given=given,
                    text_version=text_version,
                    locale=attendee.locale,
                    channel=channel,
                    at=work.now,
                )
            )


# Organizers


def organizer_by_email(connection: Connection, account: str, email: str) -> Any | None:
    """An organizer who was not removed."""
    return connection.execute(
        select(organizers).where(
            organizers.c.account == account, organizers.c.email == email.lower(), organizers.c.removed_at.is_(None)
        )
    ).first()


def organizer(connection: Connection, organizer_id: str) -> Any | None:
    """An organizer by id, if not removed."""
    return connection.execute(
        select(organizers).where(organizers.c.id == organizer_id, organizers.c.removed_at.is_(None))
    ).first()


def save_organizer(account: str, email: str, role: str, slugs: Sequence[str] | None, work: Work) -> str:
    """Add an organizer, or give one another role; returns the id."""
    row = work.connection.execute(
        select(organizers).where(organizers.c.account == account, organizers.c.email == email.lower())
    ).first()
    values = {"role": role, "conferences": None if slugs is None else sorted(slugs), "removed_at": None}
    if row is not None:
        work.connection.execute(update(organizers).where(organizers.c.id == row.id).values(**values))
        return str(row.id)
    made = work.new_id()
    work.connection.execute(
        insert(organizers).values(id=made, account=account, email=email.lower(), created_at=work.now, **values)
    )
    return made


def remove_organizer(organizer_id: str, work: Work) -> Sequence[str]:
    """Remove one; returns the sessions and keys that have to end."""
    work.connection.execute(update(organizers).where(organizers.c.id == organizer_id).values(removed_at=work.now))
    return (
        work.connection.execute(select(sessions.c.access).where(sessions.c.organizer == organizer_id)).scalars().all()
    )


def add_access(access: str, organizer_id: str, kind: str, label: str, slugs: Sequence[str] | None, work: Work) -> None:
    """Remember a session or key, so that it can be ended."""
    work.connection.execute(
        insert(sessions).values(
            access=access, organizer=organizer_id, kind=kind, label=label[:200], conferences=slugs, created_at=work.now
        )
    )


def conference_in(connection: Connection, actor: Actor, slug: str) -> ConferencePublished:
    """A conference that an actor may see. Raises NotFound."""
    return conferences.by_slug(connection, actor.scope, slug)
