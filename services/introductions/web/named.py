"""Names of people on the organizers' pages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from shared import address_book, attendees
from shared.contracts import ConferencePublished

Names = Mapping[str, str]
"""Attendee id -> name."""


def names_of_all(connection: Connection, conference: ConferencePublished) -> Names:
    """Of everybody."""
    states = attendees.states(connection, conference.conference)
    return called({state["attendee"]: state["person"] for state in states}, connection)


def called(people: Mapping[str, str], connection: Connection) -> Names:
    """Of these (attendee id -> person id)."""
    known = address_book.names(connection, list(people.values()))
    return {name: known[person] for name, person in people.items() if person in known}


def first_and_initial(name: str) -> str:
    """What a room may read of somebody's name: the first word, and the first letter of the last one."""
    words = name.split()
    return words[0] if len(words) < 2 else f"{words[0]} {words[-1][0]}."
