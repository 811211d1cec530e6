"""The address book of a service: names, addresses and texts of people, fed by `rapport.people`. The one place for
personal data in introductions and follow-up; everything else holds ids."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from shared.contracts import PersonDescribed
from shared.tables import address_book, attendance_texts
from shared.work import Work

PERSON = select(address_book).where(address_book.c.person == bindparam("person"))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a name and an address."""

    person: str
    name: str
    email: str
    locale: str

    @property
    def first_name(self) -> str:
        """What others call her: the first word of her name."""
        return self.name.split()[0]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What somebody wrote for one conference."""

    goal: str | None
    company: str | None
    field: str | None


def remember(event: PersonDescribed, work: Work) -> None:
    """Take over a person's newest description; an older version changes nothing."""
    row = work.connection.execute(select(address_book.c.version).where(address_book.c.person == event.person)).first()
    if row is not None and row.version >= event.version:
        return
    values = {
        "version": event.version,
        "account": event.account,
        "name": event.name,
        "email": event.email,
        "locale": event.locale,
    }
    if row is None:
        work.connection.execute(insert(address_book), {"person": event.person, **values})
        work.hurry_mails(event.person)
    else:
        work.connection.execute(update(address_book).where(address_book.c.person == event.person).values(**values))
    work.connection.execute(delete(attendance_texts).where(attendance_texts.c.person == event.person))
    rows = [{"person": event.person, **vars(text)} for text in event.attendances]
    if rows:
        work.connection.execute(insert(attendance_texts), rows)


def forget(person_id: str, work: Work) -> None:
    """Delete everything personal of somebody; mails that wait for her are dropped."""
    work.connection.execute(delete(attendance_texts).where(attendance_texts.c.person == person_id))
    work.connection.execute(delete(address_book).where(address_book.c.person == person_id))
    work.drop_mails(person=person_id)


def person(connection: Connection, person_id: str) -> Person | None:
    """Somebody by id."""
    row = connection.execute(PERSON, {"person": person_id}).first()
    return None if row is None else Person(person=row.person, name=row.name, email=row.email, locale=row.locale)


def texts(connection: Connection, attendee_id: str) -> Texts | None:
    """What somebody wrote for a conference, by attendee id."""
    row = connection.execute(select(attendance_texts).where(attendance_texts.c.attendee == attendee_id)).first()
    return None if row is None else Texts(goal=row.goal, company=row.company, field=row.field)


def by_addresses(connection: Connection, account: str, addresses: Collection[str]) -> dict[str, str]:
    """Address in small letters -> person id, for those of an account who are in the book."""
    wanted = {address.casefold() for address in addresses}
    query = select(address_book.c.person, address_book.c.email).where(
        address_book.c.account == account, func.lower(address_book.c.email).in_(wanted)
    )
    return {row.email.casefold(): row.person for row in connection.execute(query)} if wanted else {}


def names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Person id -> full name, for those who are in the book."""
    if not ids:
        return {}
    rows = connection.execute(
        select(address_book.c.person, address_book.c.name).where(address_book.c.person.in_(list(ids)))
    )
    return {row.person: row.name for row in rows}
