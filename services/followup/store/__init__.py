"""Loads and saves what follow-up owns. Look-ups from outside are limited to a scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from services.followup.domain import Question, Relationship
from services.followup.domain.agenda import Agenda
from services.followup.store.tallies import note_pair
from services.followup.tables import pairs, questions, steps, stops
from shared.access import Scope
from shared.database import unless_known
from shared.errors import LostRace, NotFound
from shared.tables import known_attendees, known_conferences, mails
from shared.work import Work

STATE = tuple(
    item.name
    for item in fields(Relationship)
    if item.name not in ("id", "revision", "questions", "contacted", "left_by")
)
ANSWERS = tuple(item.name for item in fields(Question))

# Statements that are said thousands of times are put together once.
PAIR = select(pairs).where(pairs.c.id == bindparam("pair")).with_for_update()
NEW_PAIR, NEW_QUESTION, NEW_STEP = insert(pairs), insert(questions), insert(steps)
DUE = (
    select(func.count())
    .select_from(steps)
    .where(steps.c.step.in_(bindparam("names", expanding=True)), steps.c.at <= bindparam("now"))
)
ASKED = select(questions).where(questions.c.relationship.in_(bindparam("pairs", expanding=True)))
SAVE_PAIR = update(pairs).where(pairs.c.id == bindparam("old_id"), pairs.c.revision == bindparam("old_revision"))
SAVE_QUESTION = update(questions).where(
    questions.c.relationship == bindparam("of_pair"),
    questions.c.attendee == bindparam("of_attendee"),
    questions.c.question == bindparam("which"),
)
PLACE_OF_PAIR = (
    select(pairs.c.account, known_conferences.c.slug)
    .join(known_conferences, known_conferences.c.conference == pairs.c.conference)
    .where(pairs.c.id == bindparam("pair"))
)
WHO = select(
    known_attendees.c.attendee, known_attendees.c.person, known_attendees.c.conference, known_attendees.c.state
).where(known_attendees.c.attendee.in_(bindparam("attendees", expanding=True)))
ONCE = unless_known(steps, "relationship", "attendee", "step")
STEPS = select(steps).where(steps.c.relationship == bindparam("pair"))
STOPPED = select(stops.c.attendee).where(stops.c.attendee == bindparam("attendee"))


# Pairs


def _loaded(connection: Connection, where: Any, lock: bool = True) -> list[Relationship]:
    """Pairs with their questions, locked for changing, by two queries."""
    wanted = select(pairs).where(where).order_by(pairs.c.id)
    return _with_questions(connection, connection.execute(wanted.with_for_update() if lock else wanted).all())


def _with_questions(connection: Connection, rows: Sequence[Any]) -> list[Relationship]:
    asked: dict[str, dict[tuple[str, str], Question]] = {row.id: {} for row in rows}
    for row in connection.execute(ASKED, {"pairs": list(asked)}) if asked else ():
        question = Question(**{name: getattr(row, name) for name in ANSWERS})
        asked[row.relationship][row.attendee, row.question] = question
    return [_pair_of(row, asked[row.id]) for row in rows]


def _pair_of(row: Any, asked: dict[tuple[str, str], Question]) -> Relationship:
    return Relationship(
        id=row.id,
        revision=row.revision,
        contacted={question: datetime.fromisoformat(at) for question, at in row.contacted.items()},
        left_by=tuple(row.left_by or ()),
        questions=asked,
        **{name: getattr(row, name) for name in STATE},
    )


def pair(connection: Connection, relationship: str) -> Relationship | None:
    """A pair by its id, for the service's own doings."""
    rows = connection.execute(PAIR, {"pair": relationship}).all()
    return next(iter(_with_questions(connection, rows)), None)


def pair_in_scope(connection: Connection, scope: Scope, relationship: str) -> Relationship:
    """A pair that the caller may see. Raises NotFound."""
    row = connection.execute(PLACE_OF_PAIR, {"pair": relationship}).first()
    found = None if row is None or not scope.covers(row.account, row.slug) else pair(connection, relationship)
    if found is None:
        raise NotFound
    return found


def pair_of(connection: Connection, attendee: str, relationship: str) -> Relationship:
    """A pair of this attendee, for her page. Raises NotFound."""
    found = pair(connection, relationship)
    if found is None or attendee not in found.people:
        raise NotFound
    return found


def pairs_by_id(connection: Connection, relationships: Collection[str], *, lock: bool = True) -> list[Relationship]:
    """Several pairs at once; without a lock where they are only shown."""
    return _loaded(connection, pairs.c.id.in_(list(relationships)), lock) if relationships else []


def pairs_of(connection: Connection, attendee: str) -> list[Relationship]:
    """All pairs of an attendee."""
    return _loaded(connection, or_(pairs.c.mentor == attendee, pairs.c.mentee == attendee))


def ids_of_person(connection: Connection, person: str) -> Sequence[str]:
    """The ids of all pairs of a person, at whatever conference; they are locked, as by whoever writes about them."""
    known = select(known_attendees.c.attendee).where(known_attendees.c.person == person)
    hers = connection.execute(known).scalars().all()  # apart from the next one, which finds them by two indexes
    query = select(pairs.c.id).where(or_(pairs.c.mentor.in_(hers), pairs.c.mentee.in_(hers)))
    return connection.execute(query.order_by(pairs.c.id).with_for_update()).scalars().all()


def pairs_at(connection: Connection, conference: str) -> list[Relationship]:
    """All pairs of a conference for which something may still be due."""
    open_ones = (pairs.c.ended_at.is_(None), pairs.c.lapsed_at.is_(None))
    ids = connection.execute(select(pairs.c.id).where(pairs.c.conference == conference, *open_ones)).scalars().all()
    return [found for start in range(0, len(ids), 500) for found in pairs_by_id(connection, ids[start : start + 500])]


def add(pair: Relationship, work: Work) -> None:
    """A new pair."""
    note_pair(pair.id, work)
    work.connection.execute(NEW_PAIR, {"id": pair.id, "revision": 1, **_values(pair)})
    _save_questions({}, pair, work)


def save(before: Relationship, after: Relationship, work: Work) -> None:
    """The pair as it now is. Raises LostRace when somebody else changed it in between."""
    if after == before:
        return
    row = {"old_id": before.id, "old_revision": before.revision}
    changed = work.connection.execute(SAVE_PAIR, {**row, "revision": before.revision + 1, **_values(after)})
    if changed.rowcount != 1:
        raise LostRace
    note_pair(after.id, work)
    _save_questions(before.questions, after, work)


def _values(pair: Relationship) -> dict[str, Any]:
    contacted = {question: at.isoformat() for question, at in pair.contacted.items()}
    return {**{name: getattr(pair, name) for name in STATE}, "contacted": contacted, "left_by": list(pair.left_by)}


def _save_questions(before: Any, after: Relationship, work: Work) -> None:
    for key, question in after.questions.items():
        values = {name: getattr(question, name) for name in ANSWERS}
        if key not in before:
            attendee, name = key
            row = {"relationship": after.id, "attendee": attendee, "question": name}
            work.connection.execute(NEW_QUESTION, {**row, **values})
        elif question != before[key]:
            place = {"of_pair": after.id, "of_attendee": key[0], "which": key[1]}
            work.connection.execute(SAVE_QUESTION, {**place, **values})


# People, as far as asking needs to know them


@dataclass(frozen=True, kw_only=True)
class Who:
    """An attendee as her newest event has her: enough for asking, and quicker to read than the whole."""

    attendee: str
    person: str
    conference: str
    withdrawn: bool
    follow_up: bool
    statistics: bool
    next_year: bool
    """She wants to be kept, and asked after a year what came of it."""


def who(connection: Connection, ids: Collection[str]) -> dict[str, Who]:
    """Those of these attendees who are known, by id."""
    return {row.attendee: _who_of(row) for row in connection.execute(WHO, {"attendees": list(ids)})}


def _who_of(row: Any) -> Who:
    return Who(
        attendee=row.attendee,
        person=row.person,
        conference=row.conference,
        withdrawn=row.state["status"] == "withdrawn",
        follow_up=row.state["consents"]["follow_up"],
        statistics=row.state["consents"]["statistics"],
        next_year=row.state["consents"]["next_year"],
    )


# What is due


def plan(relationship: str, agenda: Agenda, work: Work) -> None:
    """Make what is due for a pair what the agenda says; what was done stays done."""
    rows = work.connection.execute(STEPS, {"pair": relationship}).all()
    known = {(row.attendee, row.step): row.at for row in rows}
    new = [(key, at) for key, at in agenda.items() if key not in known]
    if new:
        values = [{"relationship": relationship, "attendee": key[0], "step": key[1], "at": at} for key, at in new]
        work.connection.execute(NEW_STEP, values)
    for key, at in known.items():
        if at is not None and agenda.get(key) != at:
            place = steps.c.relationship == relationship, steps.c.attendee == key[0], steps.c.step == key[1]
            change = update(steps).values(at=agenda[key]) if key in agenda else delete(steps)
            work.connection.execute(change.where(*place))


def count_due(connection: Connection, names: Collection[str], now: datetime) -> int:
    """How many of these steps are due."""
    return connection.execute(DUE, {"names": list(names), "now": now}).scalar_one()


def whose_turn(connection: Connection, names: Collection[str], now: datetime, limit: int) -> Sequence[str]:
    """Attendees for whom one of these steps is due."""
    due = steps.c.step.in_(list(names)), steps.c.at <= now
    query = select(steps.c.attendee).where(*due).distinct().order_by(steps.c.attendee).limit(limit)
    return connection.execute(query).scalars().all()


def take(
    attendee: str, names: Collection[str], work: Work, limit: int | None = None
) -> list[tuple[str, str, datetime]]:
    """(relationship, step, when it was due) of what is due for her (or for pairs themselves, ""), marked as done. Whoever
    comes second waits for the lock, and finds nothing."""
    due = steps.c.attendee == attendee, steps.c.at <= work.now, steps.c.step.in_(list(names))
    query = select(steps).where(*due).order_by(steps.c.relationship, steps.c.step).limit(limit).with_for_update()
    taken = [(row.relationship, row.step, row.at) for row in work.connection.execute(query)]
    if taken:
        ids = {relationship for relationship, _step, _at in taken}
        mine = steps.c.relationship.in_(list(ids)), *due
        work.connection.execute(update(steps).where(*mine).values(at=None))
    return taken


def postpone(attendee: str, names: Collection[str], until: datetime, work: Work) -> None:
    """Look again later."""
    due = steps.c.attendee == attendee, steps.c.at <= work.now, steps.c.step.in_(list(names))
    work.connection.execute(update(steps).where(*due).values(at=until))


def do_once(relationship: str, attendee: str, step: str, work: Work) -> bool:
    """Note something that is done at once and never again; False where it was done before."""
    row = {"relationship": relationship, "attendee": attendee, "step": step, "at": None}
    return work.connection.execute(ONCE[work.dialect], row).rowcount == 1


# Who stopped the mails


def stop(attendee: str, work: Work) -> None:
    """No follow-up mails for her any more; those that wait are dropped."""
    if not stopped(work.connection, attendee):
        work.connection.execute(insert(stops).values(attendee=attendee, at=work.now))


def unstop(attendee: str, work: Work) -> None:
    """She wants them again."""
    work.connection.execute(delete(stops).where(stops.c.attendee == attendee))


def stopped(connection: Connection, attendee: str) -> bool:
    """Whether she stopped them."""
    return connection.execute(STOPPED, {"attendee": attendee}).first() is not None


def drop_mails(person: str, conference: str, kinds: Collection[str], work: Work) -> None:
    """Mails about one conference that wait for somebody and are no longer wanted."""
    waiting = mails.c.status == "waiting", mails.c.person == person, mails.c.conference == conference
    work.connection.execute(update(mails).where(*waiting, mails.c.kind.in_(list(kinds))).values(status="skipped"))
