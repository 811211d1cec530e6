"""Who is never introduced to whom, after one of them was forgotten: pairs of keyed hashes of addresses. A pair does not say
whose wish it was, and nobody finds an address in it without the key; it holds in every conference of the account."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, delete, or_, select

from services.registration.domain import Attendee
from services.registration.tables import apart, attendees, erased, people, wishes
from shared.database import unless_known
from shared.text import fold
from shared.work import Work

SURE = attendees.c.status.in_(("confirmed", "checked_in", "left")) & attendees.c.sure.is_(True)
HERE = attendees.c.status != "withdrawn"
ANY = select(apart.c.one).limit(1)
ADDRESS = select(people.c.address).where(people.c.person == bindparam("person"))
# Locked: of two who register at the same time the later one finds the earlier one.
OF_MARK = (
    select(apart.c.one, apart.c.other)
    .where(or_(apart.c.one == bindparam("mark"), apart.c.other == bindparam("mark")))
    .order_by(apart.c.one, apart.c.other)
    .with_for_update()
)
THERE = (
    select(attendees.c.id, people.c.address)
    .join(people, people.c.person == attendees.c.person)
    .where(attendees.c.conference == bindparam("conference"), attendees.c.id != bindparam("but"), HERE)
    .order_by(attendees.c.number)
)
WHO = (
    select(attendees.c.id, attendees.c.account, people.c.address, erased.c.mark)
    .join(people, people.c.person == attendees.c.person)
    .outerjoin(erased, erased.c.attendee == attendees.c.id)
    .where(attendees.c.id.in_(bindparam("ids", expanding=True)))
)
HER_BLOCKS = select(wishes.c.address).where(wishes.c.attendee == bindparam("attendee"), wishes.c.kind == "blocks")
NAMED_BY = (
    select(wishes.c.number, wishes.c.kind, wishes.c.attendee)
    .join(attendees, attendees.c.id == wishes.c.attendee)
    .where(wishes.c.address == bindparam("address"), attendees.c.account == bindparam("account"), SURE)
)
NEW = unless_known(apart, "one", "other")


def mark_of(attendee: Attendee, work: Work) -> str:
    """The mark of her address."""
    address = work.connection.execute(ADDRESS, {"person": attendee.person}).scalar_one()
    return work.links.mark(attendee.account, address)


def keep_apart(pairs: Iterable[tuple[str, str]], work: Work) -> None:
    """These (by the marks of their addresses) are never introduced again."""
    for one, other in {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}:
        work.connection.execute(NEW[work.dialect], {"one": one, "other": other})
        work.seen["any apart"] = True


def apart_from(attendee: Attendee, work: Work) -> tuple[str, ...]:
    """Ids of those at her conference whom she is never introduced to because of what was before."""
    if "any apart" not in work.seen:
        work.seen["any apart"] = work.connection.execute(ANY).first() is not None
    if not work.seen["any apart"]:
        return ()
    mine = mark_of(attendee, work)
    rows = work.connection.execute(OF_MARK, {"mark": mine}).all()
    others = {row.other if row.one == mine else row.one for row in rows}
    if not others:
        return ()
    there = work.connection.execute(THERE, {"conference": attendee.conference, "but": attendee.id}).all()
    return tuple(row.id for row in there if work.links.mark(attendee.account, row.address) in others)


def marks_of(ids: Collection[str], work: Work) -> Mapping[str, str]:
    """Attendee -> the mark of her address, also of who was introduced to somebody and was forgotten not long ago."""
    rows = work.connection.execute(WHO, {"ids": list(ids)}).all() if ids else ()
    found = {row.id: work.links.mark(row.account, row.address) if "@" in row.address else row.mark for row in rows}
    return {name: mark for name, mark in found.items() if mark is not None}


def outlive(attendee: Attendee, work: Work) -> None:
    """She withdraws: what she said, and what others said of her by her id, stays as marks. What nobody confirmed counts
    for nothing: who registers somebody else must not keep her from anybody."""
    mine = mark_of(attendee, work)
    others: set[str] = set()
    if attendee.is_confirmed and attendee.sure:
        named = set(work.connection.execute(HER_BLOCKS, {"attendee": attendee.id}).scalars())
        others |= {work.links.mark(attendee.account, one) for one in named if "@" in one}
        others |= set(marks_of([one for one in named if "@" not in one], work).values())
    others |= _who_block(attendee.id, attendee.account, work)
    keep_apart(((mine, other) for other in others), work)


def outlive_address(attendee: Attendee, work: Work) -> None:
    """Nothing keeps her any more: others who named her address named a mark from now on, and wish for her no more."""
    address = work.connection.execute(ADDRESS, {"person": attendee.person}).scalar_one()
    mine = work.links.mark(attendee.account, address)
    keep_apart(((mine, other) for other in _who_block(address, attendee.account, work)), work)
    rows = work.connection.execute(NAMED_BY, {"address": fold(address), "account": attendee.account}).all()
    work.connection.execute(delete(wishes).where(wishes.c.number.in_([row.number for row in rows])))


def _who_block(whom: str, account: str, work: Work) -> set[str]:
    """Marks of those who never want to meet this address, or id."""
    rows = work.connection.execute(NAMED_BY, {"address": fold(whom), "account": account}).all()
    return set(marks_of({row.attendee for row in rows if row.kind == "blocks"}, work).values())
