"""Who was introduced to whom at an account's earlier conferences, in this conference's ids. It reads; it judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, exists, select

from services.introductions.tables import introductions as table
from shared.contracts import ConferencePublished
from shared.tables import known_attendees

REAL = table.c.status.in_(("accepted", "met"))
"""What was only proposed and came to nothing is no introduction."""
ELSEWHERE = (table.c.account == bindparam("account")) & (table.c.conference != bindparam("conference")) & REAL
ANY = select(exists().where(ELSEWHERE))
_mentor, _mentee = known_attendees.alias("mentor"), known_attendees.alias("mentee")
_mentor_here, _mentee_here = known_attendees.alias("mentor_here"), known_attendees.alias("mentee_here")
PAIRS = (
    select(_mentor_here.c.attendee, _mentee_here.c.attendee)
    .select_from(table)
    .join(_mentor, _mentor.c.attendee == table.c.mentor)
    .join(_mentee, _mentee.c.attendee == table.c.mentee)
    .join(_mentor_here, _mentor_here.c.person == _mentor.c.person)
    .join(_mentee_here, _mentee_here.c.person == _mentee.c.person)
    .where(
        ELSEWHERE,
        _mentor_here.c.conference == bindparam("conference"),
        _mentee_here.c.conference == bindparam("conference"),
    )
)


def met_before(connection: Connection, conference: ConferencePublished) -> Mapping[str, frozenset[str]]:
    """Attendee -> attendees of this conference whom she was introduced to at an earlier one."""
    ids = {"account": conference.account, "conference": conference.conference}
    if not connection.execute(ANY, ids).scalar_one():
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    for mentor, mentee in connection.execute(PAIRS, ids).all():
        found[mentor].add(mentee)
        found[mentee].add(mentor)
    return {name: frozenset(others) for name, others in found.items()}
