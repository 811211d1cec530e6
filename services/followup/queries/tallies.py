"""Totals of a conference as they are now: what was counted, and what was noted since. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select

from services.followup.domain.loads import load_of
from services.followup.domain.tallying import (
    COHORTS,
    LOST,
    Cell,
    Change,
    Facts,
    Pair,
    Person,
    Totals,
    change,
    facts,
    known_of,
    one_of,
)
from services.followup.policies import CHECK_INS
from services.followup.tables import counted_pairs, counted_people, pairs, particulars, questions, recounts, totals
from shared import conferences
from shared.tables import known_attendees

NOTED = select(recounts.c.number, recounts.c.kind, recounts.c.id).order_by(recounts.c.number).limit(bindparam("most"))
IDS: BindParameter[str] = bindparam("ids", expanding=True)
OF_ATTENDEES = select(pairs.c.id).where(or_(pairs.c.mentor.in_(IDS), pairs.c.mentee.in_(IDS)))
ROWS = (
    select(
        pairs.c.id,
        pairs.c.conference,
        pairs.c.mentor,
        pairs.c.mentee,
        pairs.c.state,
        pairs.c.starts_at,
        *(pairs.c[name] for name in ("introduced_at", "accepted_at", "met_at", "continued_at")),
        particulars.c.topics,
        particulars.c.chance,
        particulars.c.goal_seen,
        particulars.c.goal_by,
    )
    .outerjoin(particulars, particulars.c.pair == pairs.c.id)
    .where(pairs.c.id.in_(IDS))
)
HERS = select(pairs.c.id).where(pairs.c.mentor.in_(IDS))
LOAD = (
    select(pairs.c.mentor, func.count())
    .where(pairs.c.mentor.in_(IDS), pairs.c.met_at.is_not(None))
    .group_by(pairs.c.mentor)
)
SAID = select(
    questions.c.relationship, questions.c.attendee, questions.c.question, questions.c.answer, questions.c.asked_at
).where(questions.c.relationship.in_(IDS), questions.c.question.in_(CHECK_INS))
WHO = select(
    known_attendees.c.attendee,
    known_attendees.c.conference,
    known_attendees.c.state,
    known_attendees.c.first_checked_in_at,
).where(known_attendees.c.attendee.in_(IDS))
COUNTED = select(counted_pairs).where(counted_pairs.c.id.in_(IDS))
PEOPLE = select(counted_people).where(counted_people.c.attendee.in_(IDS))
TOTALS = select(totals.c.what, totals.c.value, totals.c.letters, totals.c["count"]).where(
    totals.c.conference == bindparam("conference"), totals.c.what.in_(bindparam("kinds", expanding=True))
)
FUNNELS = ("pair", "person")
EVERYTHING = (*FUNNELS, "load", *COHORTS)
SEEN_AT_ONCE = 200
"""What was noted and not counted yet is counted by whoever looks, up to so many; beyond, the totals are some seconds old."""


def noted(connection: Connection, most: int) -> list[tuple[int, str, str]]:
    """(number, pair or attendee, id) of what is to be counted anew, oldest first."""
    return [tuple(row) for row in connection.execute(NOTED, {"most": most})]


def totals_of(connection: Connection, conference: str, kinds: Collection[str] = FUNNELS) -> Totals:
    """The totals of some kinds as of now; EVERYTHING are all. To be read as of one moment, or something could be counted
    twice."""
    return next(totals_of_each(connection, [(conference, kinds)]))


def totals_of_each(connection: Connection, wanted: Iterable[tuple[str, Collection[str]]]) -> Iterator[Totals]:
    """The same of several conferences in turn, each with the kinds that are wanted of it, read when it is asked for; what is
    not counted yet is read once."""
    waiting = noted(connection, SEEN_AT_ONCE + 1)
    news: Mapping[tuple[str, Cell], int] = {}
    if waiting and len(waiting) <= SEEN_AT_ONCE:
        news = recounted(connection, *ids_of(waiting)).cells
    for conference, kinds in wanted:
        yield _totals(connection, conference, kinds, news)


def _totals(
    connection: Connection, conference: str, kinds: Collection[str], news: Mapping[tuple[str, Cell], int]
) -> Totals:
    found = connection.execute(TOTALS, {"conference": conference, "kinds": list(kinds)}).all()
    cells: Counter[Cell] = Counter({(what, value, letters): count for what, value, letters, count in found})
    cells.update({cell: by for (where, cell), by in news.items() if where == conference and cell[0] in kinds})
    return Totals(cells)


def ids_of(waiting: Iterable[tuple[int, str, str]]) -> tuple[set[str], set[str]]:
    """(pairs, attendees) among what was noted."""
    rows = list(waiting)
    return {id_ for _number, kind, id_ in rows if kind == "pair"}, {id_ for _n, kind, id_ in rows if kind == "attendee"}


def recounted(
    connection: Connection, some: Collection[str], attendees: Collection[str], *, with_their_pairs: bool = True
) -> Change:
    """What changes when these pairs, and these attendees with all their pairs, are counted anew."""
    execute = connection.execute
    ids = set(some)
    if attendees and with_their_pairs:
        ids |= set(execute(OF_ATTENDEES, {"ids": list(attendees)}).scalars())
    rows, counted = _rows(connection, ids)
    hers = _people(connection, _everybody(rows, attendees))
    load = _load(connection, rows)
    if moved := _moved(rows, counted, hers, load):
        ids |= set(execute(HERS, {"ids": list(moved)}).scalars())
        rows, counted = _rows(connection, ids)
        hers = _people(connection, _everybody(rows, attendees))
    people = {row.attendee: row for row in execute(WHO, {"ids": list(_everybody(rows, attendees))})}
    said: dict[tuple[str, str], set[str]] = {}
    asked = set()
    for row in execute(SAID, {"ids": list(ids)}) if ids else ():
        if row.asked_at is not None:
            asked.add((row.relationship, row.question))
        who = people.get(row.attendee)
        if row.answer is not None and who is not None and who.state["consents"]["statistics"]:
            said.setdefault((row.relationship, row.question), set()).add(row.answer)
    zones = {where: _zone(connection, where) for where in {row.conference for row in rows}}
    now = [_pair(row, said, asked, people, zones[row.conference], load.get(row.mentor, 0)) for row in rows]
    return change(now, counted, _persons(rows, attendees, people), hers)


def _rows(connection: Connection, ids: Collection[str]) -> tuple[Sequence[Any], dict[str, Pair]]:
    """(pairs as they are, pairs as they were counted)."""
    if not ids:
        return [], {}
    some = {"ids": list(ids)}
    counted = {row.id: Pair(**row._mapping) for row in connection.execute(COUNTED, some)}
    return connection.execute(ROWS, some).all(), counted


def _people(connection: Connection, attendees: Collection[str]) -> dict[str, Person]:
    """People as they were counted."""
    return {row.attendee: Person(**row._mapping) for row in connection.execute(PEOPLE, {"ids": list(attendees)})}


def _load(connection: Connection, rows: Iterable[Any]) -> dict[str, int]:
    """Mentor -> how many pairs she met."""
    mentors = {row.mentor for row in rows}
    found = connection.execute(LOAD, {"ids": list(mentors)}) if mentors else ()
    return dict(tuple(row) for row in found)


def _moved(
    rows: Sequence[Any], counted: Mapping[str, Pair], hers: Mapping[str, Person], load: Mapping[str, int]
) -> set[str]:
    """Mentors of whom all pairs are to be counted: one of these met now and did not when it was counted, or the other way
    round, or she met more or fewer than was counted. So all her pairs that are counted have the same load at any time."""
    met = {pair.id for pair in counted.values() if facts(pair.letters).met}
    known = {person.attendee: person.mentored for person in hers.values()}
    return {
        row.mentor
        for row in rows
        if (row.met_at is not None) != (row.id in met) or known.get(row.mentor, 0) != load.get(row.mentor, 0)
    }


def _everybody(rows: Iterable[Any], attendees: Iterable[str]) -> set[str]:
    return {*attendees, *(attendee for row in rows for attendee in (row.mentor, row.mentee))}


def _persons(rows: Iterable[Any], attendees: Iterable[str], people: Mapping[str, Any]) -> Iterable[Person]:
    where = {attendee: row.conference for row in rows for attendee in (row.mentor, row.mentee)}
    for attendee in {*attendees, *where}:
        known = people.get(attendee)
        if known is not None:
            arrived = known.first_checked_in_at is not None
            yield Person(attendee=attendee, conference=known.conference, registered=True, checked_in=arrived)
        elif attendee in where:
            yield Person(attendee=attendee, conference=where[attendee])


def _zone(connection: Connection, conference: str) -> ZoneInfo | None:
    known = conferences.by_id(connection, conference)
    return None if known is None else ZoneInfo(known.timezone)


def _pair(
    row: Any,
    said: Mapping[tuple[str, str], set[str]],
    asked: Collection[tuple[str, str]],
    people: Mapping[str, Any],
    zone: ZoneInfo | None,
    load: int,
) -> Pair:
    met = row.met_at is not None
    found = Facts(
        introduced=row.introduced_at is not None,
        accepted=row.accepted_at is not None,
        met=met,
        continued=row.continued_at is not None,
        lost="" if met else LOST.get(row.state, ""),
        said=tuple(known_of(said.get((row.id, question), ()) if met else ()) for question in CHECK_INS),
        asked=tuple((row.id, question) in asked for question in CHECK_INS),
    )
    states = {
        side: people[attendee].state for side in ("mentor", "mentee") if (attendee := getattr(row, side)) in people
    }
    return Pair(
        id=row.id,
        conference=row.conference,
        mentor=row.mentor,
        mentee=row.mentee,
        letters=found.letters,
        cohorts=_cohorts(row, states, zone) | ({"mentored": [load_of(load)]} if met else {}),
    )


def _cohorts(row: Any, states: Mapping[str, Any], zone: ZoneInfo | None) -> dict[str, list[str]]:
    """The value of each cohort; a pair of which something is not known stands in none of it."""
    found = {"goal": ["none" if row.goal_seen is None else _goal(row)]}
    if row.topics is not None:  # its proposal was heard of
        found["topic"] = [one_of(row.topics)]
        found["chance"] = ["planned" if row.chance is None else f"{row.chance:g}"]
    if "mentee" in states:
        found["first_timer"] = ["yes" if states["mentee"]["first_timer"] else "no"]
    if zone is not None and row.starts_at is not None:
        found["hour"] = [f"{row.starts_at.astimezone(zone):%H}"]
    if len(states) == 2:
        found["language"] = [one_of(sorted(set(states["mentor"]["languages"]) & set(states["mentee"]["languages"])))]
    return found


def _goal(row: Any) -> str:
    return "enough" if row.goal_by is None else "date"


def conference_ids(connection: Connection) -> list[str]:
    """Every conference of which something may be counted."""
    known = {conference for (conference,) in connection.execute(select(known_attendees.c.conference).distinct())}
    return sorted(known | set(connection.execute(select(pairs.c.conference).distinct()).scalars()))
