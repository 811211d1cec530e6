"""Who was introduced to whom at an account's earlier conferences, in this conference's ids. It reads; it judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

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


OF_SOME = tuple(
    PAIRS.where(side.c.attendee.in_(bindparam("names", expanding=True))) for side in (_mentor_here, _mentee_here)
)
"""Who gave, and who asked: each finds its few rows at once, where a choice between both would read all."""


def met_before(
    connection: Connection, conference: ConferencePublished, names: Collection[str] | None = None
) -> Mapping[str, frozenset[str]]:
    """Attendee -> attendees of this conference whom she was introduced to at an earlier one; with `names`, no more than
    what is about these."""
    ids = {"account": conference.account, "conference": conference.conference}
    if not connection.execute(ANY, ids).scalar_one():
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    some = {} if names is None else {"names": sorted(names)}
    for query in (PAIRS,) if names is None else OF_SOME:
        for mentor, mentee in connection.execute(query, {**ids, **some}).all():
            found[mentor].add(mentee)
            found[mentee].add(mentor)
    return {name: frozenset(others) for name, others in found.items()}
