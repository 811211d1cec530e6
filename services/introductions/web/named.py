"""Names of people on the organizers' pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from sqlalchemy import Connection

from shared import address_book, attendees
from shared.contracts import ConferencePublished
from shared.i18n import gettext as _

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


def first_and_initial(name: str | None) -> str:
    """What a room may read of somebody's name: the first word, and the first letter of the last one with what belongs to it.
    A participant while nobody told us her name."""
    words = (name or "").split()
    if not words:
        return _("a participant")
    initial = _initial(words[-1]) if len(words) > 1 else ""
    return f"{words[0]} {initial}." if initial else words[0]


def _initial(word: str) -> str:
    start = next((place for place, sign in enumerate(word) if sign.isalpha()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    return word[start:end]
