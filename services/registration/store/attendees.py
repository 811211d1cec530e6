"""Attendees in rows: their coded state, their employer's code, their consents. Names and texts are in `people`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.registration.domain import Attendee, attendee_of
from services.registration.domain.mail_domains import employers_domain
from services.registration.domain.state import values_of
from services.registration.tables import attendees, companies, consents, departed, people
from shared.access import Scope
from shared.contracts import ConferencePublished
from shared.contracts.attendee import Consents
from shared.errors import LostRace, NotFound
from shared.text import fold
from shared.work import Work

HERE = attendees.c.status != "withdrawn"
OF_PERSON = (
    select(attendees)
    .where(attendees.c.conference == bindparam("conference"), attendees.c.person == bindparam("person"), HERE)
    .with_for_update()
)
BY_ID = select(attendees).where(attendees.c.id == bindparam("attendee")).with_for_update()
WITHIN = BY_ID.where(
    attendees.c.conference == bindparam("of_conference"), attendees.c.account == bindparam("of_account")
)
NEW, NEW_COMPANY, NEW_CONSENTS = insert(attendees), insert(companies), insert(consents)
SAVE = update(attendees).where(attendees.c.id == bindparam("old_id"), attendees.c.version == bindparam("old_version"))
COME_BACK = delete(departed).where(
    departed.c.conference == bindparam("of_conference"), departed.c.mark == bindparam("whose")
)
THESE_HERE = (
    select(people.c.address)
    .join(attendees, attendees.c.person == people.c.person)
    .where(
        attendees.c.conference == bindparam("of_conference"),
        people.c.address.in_(bindparam("addresses", expanding=True)),
        HERE,
    )
)
THESE_GONE = select(departed.c.mark).where(
    departed.c.conference == bindparam("of_conference"), departed.c.mark.in_(bindparam("marks", expanding=True))
)
COMPANY = select(companies.c.code).where(
    companies.c.conference == bindparam("conference"), companies.c.name == bindparam("name")
)


def add_attendee(attendee: Attendee, work: Work) -> None:
    """A new attendee, with a public code for the door."""
    code = work.links.door_code(attendee.id, attendee.person)
    ids = {name: getattr(attendee, name) for name in ("id", "account", "conference", "person")}
    work.connection.execute(NEW, {**ids, "code": code, "created_at": work.now, **values_of(attendee)})


def save(before: Attendee, attendee: Attendee, work: Work) -> None:
    """Her new state. Raises LostRace when somebody else changed her in between."""
    if attendee == before:
        return
    row = {"old_id": attendee.id, "old_version": before.version}
    changed = work.connection.execute(SAVE, {**row, **values_of(attendee)})
    if changed.rowcount != 1:
        raise LostRace


def attendee(connection: Connection, scope: Scope, conference: ConferencePublished, attendee_id: str) -> Attendee:
    """An attendee of a conference, locked for changing. Raises NotFound."""
    where = {"attendee": attendee_id, "of_conference": conference.conference, "of_account": scope.account}
    row = connection.execute(WITHIN, where).first()
    if row is None:
        raise NotFound
    return attendee_of(row)


def attendee_by_id(connection: Connection, attendee_id: str) -> Attendee:
    """An attendee behind a link, locked for changing. Raises NotFound."""
    row = connection.execute(BY_ID, {"attendee": attendee_id}).first()
    if row is None:
        raise NotFound
    return attendee_of(row)


def attendee_of_person(connection: Connection, conference: str, person: str) -> Attendee | None:
    """The attendee that a person is at a conference, unless she withdrew."""
    row = connection.execute(OF_PERSON, {"conference": conference, "person": person}).first()
    return None if row is None else attendee_of(row)


def by_address(connection: Connection, conference: ConferencePublished, address: str) -> Attendee | None:
    """The attendee with an address, unless she withdrew."""
    row = connection.execute(
        select(attendees)
        .join(people, people.c.person == attendees.c.person)
        .where(attendees.c.conference == conference.conference, people.c.address == fold(address), HERE)
        .with_for_update(of=attendees)
    ).first()
    return None if row is None else attendee_of(row)


def who_is_known(conference: ConferencePublished, addresses: Collection[str], work: Work) -> set[str]:
    """Those of the addresses, folded, that take part in a conference, or wanted out of it."""
    folded = {fold(address) for address in addresses}
    marks = {_mark(conference.conference, address, work): address for address in folded}
    if not folded:
        return set()
    values = {"of_conference": conference.conference, "addresses": list(folded), "marks": list(marks)}
    here = set(work.connection.execute(THESE_HERE, values).scalars())
    gone = work.connection.execute(THESE_GONE, values).scalars()
    return here | {marks[mark] for mark in gone}


def unconfirmed_among(
    conference: ConferencePublished, addresses: Collection[str], work: Work, *, locked: bool = True
) -> Sequence[Attendee]:
    """Who registered with one of the addresses and did not confirm it so far; locked for changing, unless told otherwise."""
    folded = sorted({fold(address) for address in addresses})
    if not folded:
        return []
    query = (
        select(attendees)
        .join(people, people.c.person == attendees.c.person)
        .where(
            attendees.c.conference == conference.conference,
            attendees.c.status == "pending",
            people.c.address.in_(folded),
        )
        .order_by(attendees.c.number)
    )
    found = work.connection.execute(query.with_for_update(of=attendees) if locked else query)
    return [attendee_of(row) for row in found]


def unknown_ids(connection: Connection, conference: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that are nobody who takes part in this conference."""
    if not ids:
        return set()
    query = select(attendees.c.id).where(attendees.c.conference == conference, attendees.c.id.in_(list(ids)), HERE)
    return set(ids) - set(connection.execute(query).scalars())


def company_code(conference: str, company: str | None, work: Work) -> str | None:
    """The random code that stands for an employer within a conference."""
    return _code_of(fold(company or "")[:200], conference, work)


def domain_code(conference: str, address: str, work: Work) -> str | None:
    """The random code that stands for an employer's mail domain within a conference."""
    domain = employers_domain(address)
    return _code_of(f"@{domain}"[:200], conference, work) if domain else None


def _code_of(name: str, conference: str, work: Work) -> str | None:
    if not name:
        return None
    key = ("company", conference, name)
    if key in work.seen:
        return str(work.seen[key])
    row = work.connection.execute(COMPANY, {"conference": conference, "name": name}).first()
    code = work.new_id()[-16:] if row is None else str(row.code)
    if row is None:
        work.connection.execute(NEW_COMPANY, {"conference": conference, "name": name, "code": code})
    work.seen[key] = code
    return code


def record_consents(before: Consents | None, attendee: Attendee, channel: str, text_version: str, work: Work) -> None:
    """Append a row for every purpose whose answer is new."""
    rows = [
        {
            "attendee": attendee.id,
            "purpose": purpose,
            "given": given,
            "text_version": text_version,
            "locale": attendee.locale,
            "channel": channel,
            "at": work.now,
        }
        for purpose, given in vars(attendee.consents).items()
        if before is None or getattr(before, purpose) != given
    ]
    if rows:
        work.connection.execute(NEW_CONSENTS, rows)


def note_departure(conference: str, address: str, work: Work) -> None:
    """Somebody with this address wanted out: only a keyed hash is kept, so that no list brings her back."""
    if not has_departed(conference, address, work):
        work.connection.execute(insert(departed).values(conference=conference, mark=_mark(conference, address, work)))


def has_departed(conference: str, address: str, work: Work) -> bool:
    """Whether somebody with this address wanted out and did not register again."""
    mark = departed.c.mark == _mark(conference, address, work)
    found = work.connection.execute(select(departed.c.mark).where(departed.c.conference == conference, mark)).first()
    return found is not None


def forget_departure(conference: str, address: str, work: Work) -> None:
    """She is back, by her own wish."""
    where = {"of_conference": conference, "whose": _mark(conference, address, work)}
    work.connection.execute(COME_BACK, where)


def _mark(conference: str, address: str, work: Work) -> str:
    return work.links.token("departed", conference, fold(address), 1)
