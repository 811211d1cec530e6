"""Checking many people in at once: what each line stands for, what it would do, and doing it, each line by itself.

A line is a code, the address behind a code, a mail address or an attendee's id. It never says anything about somebody
of another conference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.registration import store
from services.registration.domain import Attendee, attendee_of
from services.registration.handlers import presence
from shared import codes
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Invalid, Refused
from shared.i18n import gettext as _
from shared.text import fold
from shared.work import Work

MOST = 500
LONGEST = 300
ID, IN_ADDRESS = re.compile("[0-9a-f]{32}", re.ASCII), re.compile(r".*/q/([^/?#]*)", re.ASCII)


class NobodyNamed(Invalid):
    """Please paste at least one line, or tick somebody."""

    def __init__(self) -> None:
        super().__init__({})
        self.errors = {"lines": [self.sentence()]}


class TooManyLines(Invalid):
    """Please give at most {most} at once: these are {number}."""

    def __init__(self, number: int) -> None:
        super().__init__({}, most=MOST, number=number)
        self.errors = {"lines": [self.sentence()]}


@dataclass(frozen=True)
class Line:
    """One line and what became of it: found, done, here, twice, unknown, elsewhere or refused."""

    number: int
    said: str
    outcome: str = "unknown"
    attendee: Attendee | None = None
    why: str = ""
    """The sentence of a refusal."""


def lines_of(text: str, ticked: Sequence[str]) -> list[Line]:
    """What was pasted and ticked, one a line. Raises NobodyNamed, TooManyLines."""
    said = [*(line.strip() for line in text.splitlines()), *ticked]
    lines = [Line(number, one[:LONGEST]) for number, one in enumerate(said, 1) if one]
    if not lines:
        raise NobodyNamed
    if len(lines) > MOST:
        raise TooManyLines(len(lines))
    return lines


def look(lines: Sequence[Line], conference: ConferencePublished, now: datetime, connection: Connection) -> list[Line]:
    """What checking these in would do to each of them."""
    keys = {line.number: _key(line.said) for line in lines}
    wanted = {kind: {key for of, key in keys.values() if of == kind} for kind in ("code", "address", "id")}
    known = {
        "code": store.by_codes(connection, wanted["code"]),
        "address": store.by_addresses(connection, conference, wanted["address"]),
        "id": store.by_ids(connection, conference, wanted["id"]),
    }
    seen: set[str] = set()
    found = []
    for line in lines:
        kind, key = keys[line.number]
        row = known[kind].get(key)
        if row is None:
            found.append(line)
        elif row.conference != conference.conference:
            found.append(replace(line, outcome="elsewhere"))
        else:
            found.append(_seen(line, attendee_of(row), seen, conference, now))
    return found


def _key(said: str) -> tuple[str, str]:
    """What kind of thing a line says, and the thing."""
    behind = IN_ADDRESS.fullmatch(said)
    if behind is None and "@" in said:
        return "address", fold(said)
    key = (behind.group(1) if behind else said).strip(" .,;<>()[]\"'").lower()
    return ("id", key) if ID.fullmatch(key) else ("code", codes.typed(key))


def _seen(line: Line, attendee: Attendee, seen: set[str], conference: ConferencePublished, now: datetime) -> Line:
    if attendee.id in seen:
        return replace(line, outcome="twice", attendee=attendee)
    seen.add(attendee.id)
    try:
        _after, event = attendee.check_in(now, conference)
    except Refused as refusal:
        return replace(line, outcome="refused", attendee=attendee, why=refusal.sentence())
    return replace(line, outcome="here" if event is None else "found", attendee=attendee)


def check_in_all(lines: Sequence[Line], conference: ConferencePublished, actor: Actor, work: Work) -> list[Line]:
    """Check everybody in who was found. What goes wrong with one undoes nothing of the others."""
    found = {line.attendee.id for line in lines if line.attendee is not None and line.outcome == "found"}
    store.hold(work.connection, conference, found)
    return [_checked_in(line, conference, actor, work) for line in lines]


def _checked_in(line: Line, conference: ConferencePublished, actor: Actor, work: Work) -> Line:
    if line.outcome != "found" or line.attendee is None:
        return line
    try:
        with work.attempt():
            attendee = store.attendee(work.connection, actor.scope, conference, line.attendee.id)
            _after, new = presence.check_in(attendee, conference, actor, work)
    except Refused as refusal:
        return replace(line, outcome="refused", why=refusal.sentence())
    return replace(line, outcome="done" if new else "here")


def sentence(line: Line, conference: ConferencePublished) -> str:
    """What became of a line, for whoever sent it."""
    told = {
        "found": _("Will be checked in."),
        "done": _("Checked in."),
        "here": _("Was here already."),
        "twice": _("Stands in the list twice: counted once."),
        "unknown": _("Nobody has this code or address."),
        "elsewhere": _("This code is not for {conference}."),
        "refused": line.why,
    }[line.outcome]
    return told.replace("{conference}", conference.name)
