"""The lines that people add to answers: the one table in follow-up with their own words beside the address book. What is
deleted here is nowhere else."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from services.followup.domain.line import Line
from services.followup.tables import lines, pairs
from shared.tables import address_book
from shared.work import Work

PARTS = ("happened", "next", "help", "shared")
Lines = dict[tuple[str, str, str], Line]
"""By (relationship, attendee, question)."""


def write(relationship: str, attendee: str, question: str, person: str, line: Line, work: Work) -> bool:
    """Keep it in place of what was there; an empty one forgets that. False, and nothing is kept, of somebody who is not in
    the address book any more: the row is held, so that an erasure comes before or after, and then finds this."""
    held = select(address_book.c.person).where(address_book.c.person == person).with_for_update(read=True)
    if work.connection.execute(held).first() is None:
        return False
    place = {"relationship": relationship, "attendee": attendee, "question": question}
    here = [lines.c[name] == value for name, value in place.items()]
    work.connection.execute(delete(lines).where(*here))
    if not line.empty:
        parts = {name: getattr(line, name) for name in PARTS}
        work.connection.execute(insert(lines).values(**place, person=person, at=work.now, **parts))
    return True


def of_pairs(connection: Connection, relationships: Collection[str], attendee: str) -> Lines:
    """What this attendee may read of these pairs: her own, and what the other shares."""
    readable = lines.c.shared | (lines.c.attendee == attendee)
    query = select(lines).where(lines.c.relationship.in_(list(relationships)), readable).order_by(lines.c.at)
    return {
        (row.relationship, row.attendee, row.question): Line(**{name: getattr(row, name) for name in PARTS})
        for row in connection.execute(query)
    }


def forget_pairs_of(attendee: str, work: Work) -> None:
    """Nobody reads any more what was written about meetings of somebody who withdrew, by either side."""
    hers = select(pairs.c.id).where((pairs.c.mentor == attendee) | (pairs.c.mentee == attendee))
    work.connection.execute(delete(lines).where(lines.c.relationship.in_(hers)))


def forget(person: str, work: Work) -> None:
    """Delete all that somebody wrote. After her row of the address book: `write` holds that."""
    work.connection.execute(delete(lines).where(lines.c.person == person))
