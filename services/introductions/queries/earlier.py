"""What was proposed at a conference before, counted by person for the planner. Straight from SQL: it must be fast for
thousands of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, or_, select, true

from services.introductions.domain import ACTIVE
from services.introductions.planner import Meeting, Proposal
from services.introductions.queries.day import Day, has_ways, places
from services.introductions.queries.history import met_before
from services.introductions.tables import introductions as table

ALL = true()
COLUMNS = (
    table.c.id,
    table.c.mentor,
    table.c.mentee,
    table.c.slot,
    table.c.status,
    table.c.cause,
    table.c.meeting_point,
    table.c.table_number,
    table.c.mentor_answer,
    table.c.mentee_answer,
)


@dataclass
class Earlier:
    """What was proposed before, counted by person."""

    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    busy: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    given: Counter[str] = field(default_factory=Counter)
    given_in: Counter[tuple[str, int]] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)
    proposed: Counter[str] = field(default_factory=Counter)
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Whom she was introduced to at earlier conferences."""
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Whom organizers keep her apart from."""
    unanswered: list[Proposal] = field(default_factory=list)
    """What nobody has answered."""
    held: list[tuple[str, str]] = field(default_factory=list)
    """(mentor, mentee) of introductions that count."""
    taken: list[set[int]] = field(default_factory=list)
    at: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """(slot, table) of her meetings, where there is any way between tables."""
    has_ways: bool = False

    def occupy(self, mentor: str, mentee: str, number: int, half: int, place: int | None) -> None:
        """A meeting in a slot."""
        self.given_in[mentor, half] += 1
        self.busy[mentor] |= 1 << number
        self.busy[mentee] |= 1 << number
        if place is not None:
            self.taken[number].add(place)
            if self.has_ways:
                self.at[mentor].append((number, place))
                self.at[mentee].append((number, place))


def about(only: Sequence[Meeting] | None, names: Collection[str]) -> Any:
    """What was proposed to the same people or for the same slots; everything where nothing in particular is asked for."""
    if only is None:
        return ALL
    slots = {meeting.slot for meeting in only}
    return or_(table.c.mentor.in_(names), table.c.mentee.in_(names), table.c.slot.in_(slots))


def earlier_of(
    connection: Connection,
    day: Day,
    about: Any = ALL,
    *,
    names: Collection[str] | None = None,
    without: Collection[str] = (),
) -> Earlier:
    """Everything that is `about` something, some introductions left out; of earlier conferences what is about `names`."""
    found = Earlier(
        taken=[set() for _ in day.times],
        before=met_before(connection, day.conference, names),
        has_ways=has_ways(day.conference),
    )
    index = {place: number for number, place in enumerate(places(day.conference))}
    query = select(*COLUMNS).where(table.c.conference == day.conference.conference, about)
    # Rows are taken apart at once: asking a row for a column by its name takes longer than everything else here.
    if without:
        query = query.where(table.c.id.not_in(without))
    for id_, mentor, mentee, slot, status, cause, meeting_point, table_number, *answers in connection.execute(query):
        number = day.number.get(slot)
        if cause != "conference":
            found.known[mentor].add(mentee)
            found.known[mentee].add(mentor)
            if number is not None:
                found.proposed[mentor] += 1
        if status not in ACTIVE:
            continue
        found.held.append((mentor, mentee))
        found.given[mentor] += 1
        found.got[mentee] += 1
        if number is not None:
            place = index.get((meeting_point, table_number))
            found.occupy(mentor, mentee, number, day.times[number].half, place)
            if place is not None and status == "proposed" and answers == [None, None]:
                one = Proposal(introduction=id_, mentor=mentor, mentee=mentee, number=number, place=place)
                found.unanswered.append(one)
    return found
