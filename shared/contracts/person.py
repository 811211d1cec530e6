"""The one event with personal data: what a person is called and wrote. Lives on a compacted topic, dies by tombstone."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """What a person wrote for one conference, as free text."""

    attendee: str
    conference: str
    goal: str | None = None
    company: str | None = None
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonDescribed(Event):
    """A person gave or changed her name, address, language or texts: the full state, the newest version counts."""

    TYPE = "person.described"
    TOPIC = "rapport.people"
    SUBJECT = "person"

    person: str
    version: int
    account: str
    name: str
    email: str
    locale: str
    attendances: tuple[Attendance, ...] = ()
