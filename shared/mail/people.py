"""Who gets a mail: the person behind an id, or a reason to wait."""

from __future__ import annotations

from sqlalchemy import Connection

from shared import address_book
from shared.mail.message import PersonUnknown


def person_or_wait(connection: Connection, person_id: str) -> address_book.Person:
    """The person. Raises PersonUnknown while she is not in the address book; the mail waits."""
    found = address_book.person(connection, person_id)
    if found is None:
        raise PersonUnknown
    return found
