"""What there is to learn from: everybody of an account who met long enough ago, with the terms that were logged and what
became of it. Answers count only of those who agree to statistics; ids of people leave this for computing alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.introductions import policies
from services.introductions.domain.contact import Contact, is_known
from services.introductions.learning import Lesson, Pair
from services.introductions.tables import contacts
from services.introductions.tables import introductions as table
from shared import attendees, conferences
from shared.access import Scope
from shared.contracts import ConferencePublished

FAIRNESS = frozenset({policies.first_timer.__name__})
"""Whoever is new comes first because that is fair, whatever it does to contact."""
SIDES = ("mentor", "mentee")
MET = (
    select(
        *(table.c.id, table.c.mentor, table.c.mentee, table.c.slot, table.c.terms, table.c.probability),
        *(contacts.c.mentor_said, contacts.c.mentee_said),
    )
    .outerjoin(contacts, contacts.c.introduction == table.c.id)
    .where(table.c.conference == bindparam("of_conference"), table.c.status == "met")
    .order_by(table.c.number)
)


def lesson(connection: Connection, conference: ConferencePublished, now: datetime) -> Lesson:
    """All pairs of the conference's account, against the points that it counts with."""
    every = conferences.within(connection, Scope(conference.account))
    pairs = [pair for one in every for pair in _pairs(connection, one, now)]
    return Lesson(pairs=pairs, points=policies.weights_of(conference.policy), fixed=FAIRNESS)


def _pairs(connection: Connection, conference: ConferencePublished, now: datetime) -> Iterator[Pair]:
    rows = connection.execute(MET, {"of_conference": conference.conference}).all()
    known = [row for row in rows if row.terms and is_known(row.slot, conference, now)]
    if known:
        states = {state["attendee"]: state for state in attendees.states(connection, conference.conference)}
        yield from (_pair(row, conference.conference, states) for row in known)


def _pair(row: Any, conference: str, states: Mapping[str, attendees.State]) -> Pair:
    attendee = {"mentor": row.mentor, "mentee": row.mentee}
    said = {"mentor": row.mentor_said, "mentee": row.mentee_said}
    known = {side: states[attendee[side]] for side in SIDES if attendee[side] in states}
    counted = {side for side, state in known.items() if state["consents"]["statistics"]}
    contact = Contact(introduction=row.id, said={side: word for side, word in said.items() if word is not None})
    mentor, mentee = (str(known[side]["person"]) if side in known else attendee[side] for side in SIDES)
    return Pair(
        mentor=mentor,
        mentee=mentee,
        conference=conference,
        terms=row.terms,
        in_touch=contact.in_touch(counted),
        probability=row.probability,
    )
