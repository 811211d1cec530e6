"""People: how an address is recognised, what somebody is called and wrote, and what the others hear of it."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.registration.domain import Attendee
from services.registration.store import apart, concerns
from services.registration.tables import attendees, people, wishes
from shared.contracts import PersonDescribed
from shared.contracts.person import Attendance
from shared.tables import address_book as book
from shared.tables import attendance_texts as texts
from shared.text import fold
from shared.work import Work

CONFIRMED = attendees.c.status.in_(("confirmed", "checked_in", "left")) & attendees.c.sure.is_(True)
BY_ADDRESS = select(people.c.person).where(
    people.c.account == bindparam("account"), people.c.address == bindparam("address")
)
SURE = select(attendees.c.id).where(attendees.c.person == bindparam("person"), CONFIRMED)
DESCRIBED = select(book).where(book.c.person == bindparam("person"))
WROTE = (
    select(texts)
    .join(attendees, attendees.c.id == texts.c.attendee)
    .where(texts.c.person == bindparam("person"), CONFIRMED)
    .order_by(attendees.c.number)
)
IN_BOOK = select(book.c.person).where(book.c.person == bindparam("person"))
NEW, NEW_IN_BOOK, NEW_WORDS = insert(people), insert(book), insert(texts)
IN_BOOK_ANEW = update(book).where(book.c.person == bindparam("of_person"))
CALLED = update(people).where(people.c.person == bindparam("of_person"))
NEWER = CALLED.values(version=people.c.version + 1)
VERSION = select(people.c.version).where(people.c.person == bindparam("of_person")).scalar_subquery()
AS_NEW = IN_BOOK_ANEW.values(version=VERSION)
HAS_WORDS = select(texts.c.attendee).where(texts.c.attendee == bindparam("attendee"))


def person_id(address: str, name: str, account: str, work: Work) -> tuple[str, bool]:
    """(the person with this address within the account, whether there was one): made, under this name, when there was
    none."""
    folded = fold(address)
    row = work.connection.execute(BY_ADDRESS, {"account": account, "address": folded}).first()
    if row is not None:
        return str(row.person), True
    made = work.new_id()
    values = {"person": made, "account": account, "address": folded, "name": fold(name), "version": 0}
    work.connection.execute(NEW, values)
    return made, False


def is_confirmed_anywhere(connection: Connection, person: str) -> bool:
    """Whether somebody said for sure, at any conference, that this address and name are hers."""
    return connection.execute(SURE, {"person": person}).first() is not None


def describe(
    person: str, account: str, name: str, email: str, locale: str, work: Work, *, is_known: bool = True
) -> None:
    """Her name, address and language as she last gave them; of somebody new nothing has to be looked up."""
    values = {"account": account, "name": name, "email": email, "locale": locale}
    if not is_known:
        work.connection.execute(NEW_IN_BOOK, {"person": person, "version": 0, **values})
        return
    known = work.connection.execute(IN_BOOK, {"person": person}).first()
    if known is None:
        work.connection.execute(NEW_IN_BOOK, {"person": person, "version": 0, **values})
    else:
        work.connection.execute(IN_BOOK_ANEW, {"of_person": person, **values})
    work.connection.execute(CALLED, {"of_person": person, "name": fold(name)})


def write_texts(attendee: Attendee, values: dict[str, str | None], work: Work, *, is_known: bool = True) -> None:
    """What she wrote for this conference: goal, company, field; only the given ones change."""
    has_words = is_known and work.connection.execute(HAS_WORDS, {"attendee": attendee.id}).first() is not None
    if not has_words:
        ids = {"attendee": attendee.id, "person": attendee.person, "conference": attendee.conference}
        work.connection.execute(NEW_WORDS, {**ids, **values})
    elif values:
        work.connection.execute(update(texts).where(texts.c.attendee == attendee.id).values(**values))


def publish_person(person: str, work: Work) -> None:
    """Tell the others the newest description, or that there is nothing to know any more."""
    work.connection.execute(NEWER, {"of_person": person})
    work.connection.execute(AS_NEW, {"of_person": person})
    work.publish_state(PersonDescribed, person)


def person_described(connection: Connection, person: str) -> PersonDescribed | None:
    """The state behind a record of `rapport.people`; None = tombstone. An unconfirmed stranger reaches no topic."""
    row = connection.execute(DESCRIBED, {"person": person}).first()
    if row is None or not is_confirmed_anywhere(connection, person):
        return None
    wrote = connection.execute(WROTE, {"person": person}).all()
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


def forget_attendance(before: Attendee, attendee: Attendee, work: Work) -> None:
    """Delete what a withdrawn attendee wrote, and the person too when nothing else keeps her. That somebody is never
    introduced to her holds all the same, by marks of addresses."""
    apart.outlive(before, work)
    work.connection.execute(delete(texts).where(texts.c.attendee == attendee.id))
    work.connection.execute(delete(wishes).where(wishes.c.attendee == attendee.id))
    others = work.connection.execute(
        select(attendees.c.id).where(
            attendees.c.person == attendee.person, attendees.c.id != attendee.id, attendees.c.status != "withdrawn"
        )
    ).first()
    if others is None and not attendee.consents.next_year:
        apart.outlive_address(attendee, work)
        concerns.mark_erased(attendee, work)
        concerns.empty_closed(attendee.person, work)
        work.connection.execute(delete(book).where(book.c.person == attendee.person))
        erased = {"address": f"erased {attendee.person}", "name": ""}
        work.connection.execute(update(people).where(people.c.person == attendee.person).values(**erased))


def is_forgotten(connection: Connection, person: str) -> bool:
    """Whether nothing but her id is left of somebody."""
    return connection.execute(IN_BOOK, {"person": person}).first() is None
