"""People: how an address is recognised, what somebody is called and wrote, and what the others hear of it."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.registration.domain import Attendee
from services.registration.tables import attendees, people, wishes
from shared.contracts import PersonDescribed
from shared.contracts.person import Attendance
from shared.tables import address_book as book
from shared.tables import attendance_texts as texts
from shared.text import fold
from shared.work import Work

CONFIRMED = attendees.c.status.in_(("confirmed", "checked_in", "left"))
BY_ADDRESS = select(people.c.person).where(
    people.c.account == bindparam("account"), people.c.address == bindparam("address")
)
SURE = select(attendees.c.id).where(attendees.c.person == bindparam("person"), CONFIRMED)
IN_BOOK = select(book.c.person).where(book.c.person == bindparam("person"))
HAS_WORDS = select(texts.c.attendee).where(texts.c.attendee == bindparam("attendee"))


def person_id(address: str, account: str, work: Work) -> str:
    """The person with this address within the account; made when there is none."""
    folded = fold(address)
    row = work.connection.execute(BY_ADDRESS, {"account": account, "address": folded}).first()
    if row is not None:
        return str(row.person)
    made = work.new_id()
    values = {"person": made, "account": account, "address": folded, "name": "", "version": 0}
    work.connection.execute(insert(people), values)
    return made


def is_confirmed_anywhere(connection: Connection, person: str) -> bool:
    """Whether somebody said for sure, at any conference, that this address and name are hers."""
    return connection.execute(SURE, {"person": person}).first() is not None


def describe(person: str, account: str, name: str, email: str, locale: str, work: Work) -> None:
    """Her name, address and language as she last gave them."""
    values = {"account": account, "name": name, "email": email, "locale": locale}
    known = work.connection.execute(IN_BOOK, {"person": person}).first()
    if known is None:
        work.connection.execute(insert(book), {"person": person, "version": 0, **values})
    else:
        work.connection.execute(update(book).where(book.c.person == person).values(**values))
    work.connection.execute(update(people).where(people.c.person == person).values(name=fold(name)))


def write_texts(attendee: Attendee, values: dict[str, str | None], work: Work) -> None:
    """What she wrote for this conference: goal, company, field; only the given ones change."""
    known = work.connection.execute(HAS_WORDS, {"attendee": attendee.id}).first()
    if known is None:
        ids = {"attendee": attendee.id, "person": attendee.person, "conference": attendee.conference}
        work.connection.execute(insert(texts), {**ids, **values})
    elif values:
        work.connection.execute(update(texts).where(texts.c.attendee == attendee.id).values(**values))


def publish_person(person: str, work: Work) -> None:
    """Tell the others the newest description, or that there is nothing to know any more."""
    newer = people.c.version + 1
    work.connection.execute(update(people).where(people.c.person == person).values(version=newer))
    version = work.connection.execute(select(people.c.version).where(people.c.person == person)).scalar_one()
    work.connection.execute(update(book).where(book.c.person == person).values(version=version))
    work.publish_state(PersonDescribed, person)


def person_described(connection: Connection, person: str) -> PersonDescribed | None:
    """The state behind a record of `rapport.people`; None = tombstone. An unconfirmed stranger reaches no topic."""
    row = connection.execute(select(book).where(book.c.person == person)).first()
    if row is None or not is_confirmed_anywhere(connection, person):
        return None
    wrote = connection.execute(
        select(texts)
        .join(attendees, attendees.c.id == texts.c.attendee)
        .where(texts.c.person == person, CONFIRMED)
        .order_by(attendees.c.number)
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
        erased = {"address": f"erased {attendee.person}", "name": ""}
        work.connection.execute(update(people).where(people.c.person == attendee.person).values(**erased))
