"""Whether a plan may be: every kind of violation, in a sentence that names the meeting. It shares nothing with what
makes plans but the model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from services.introductions.planner.engine.model import Integers, Model

NUMBERS = 4


def wrong_with(model: Model, meetings: Integers) -> tuple[str, ...]:
    """Every sentence that speaks against a plan of [n, 4] meetings; none where it is valid."""
    rows = [tuple(row) for row in meetings.tolist()]
    inside = [row for row in rows if _exists(model, row)]
    outside = [f"{row}: there is no such mentor, mentee, slot or table." for row in rows if not _exists(model, row)]
    return (
        *outside,
        *_clashes(model, inside),
        *_loads(model, inside),
        *_spared(model, inside),
        *_pairs(model, inside),
        *_fixed(model, rows),
    )


def _exists(model: Model, row: tuple[int, ...]) -> bool:
    if len(row) != NUMBERS:
        return False
    mentor, mentee, slot, table = row
    people = 0 <= mentor < len(model.mentors) and 0 <= mentee < len(model.mentees)
    return people and 0 <= slot < model.slots and 0 <= table < int(model.tables[slot])


def _clashes(model: Model, rows: list[tuple[int, ...]]) -> Iterator[str]:
    """Nobody and no table is in two meetings at once, and everybody is there."""
    seen: dict[tuple[str, int, int], tuple[int, ...]] = {}
    open_to = (model.available if model.busy is None else model.available & ~model.busy).tolist()
    for row in rows:
        mentor, mentee, slot, table = row
        people = (int(model.mentors[mentor]), int(model.mentees[mentee]))
        for person in people:
            if not open_to[person] >> slot & 1:
                yield f"{row}: person {person} is not available in slot {slot}."
        for what, number in (("person", people[0]), ("person", people[1]), ("table", table)):
            before = seen.setdefault((what, number, slot), row)
            if before is not row:
                yield f"{row}: {what} {number} has {before} in the same slot."


def _loads(model: Model, rows: list[tuple[int, ...]]) -> Iterator[str]:
    """Nobody has more meetings than she takes or wishes."""
    for what, column, most in (("mentor", 0, model.capacity), ("mentee", 1, model.wish)):
        count: dict[int, int] = {}
        for row in rows:
            count[row[column]] = count.get(row[column], 0) + 1
        for number, meetings in sorted(count.items()):
            if meetings > most[number]:
                yield f"{what} {number}: {meetings} meetings are more than {most[number]}."


def _spared(model: Model, rows: list[tuple[int, ...]]) -> Iterator[str]:
    """No mentor has more in half a day, or more slots in a row, than she takes."""
    if model.limits is None:
        return
    before = [0] * model.people if model.busy is None else model.busy.tolist()
    gives, used = [0] * len(model.mentors), list(before)
    for mentor, mentee, slot, _table in rows:
        gives[mentor] |= 1 << slot
        for person in (model.mentors[mentor], model.mentees[mentee]):
            used[person] |= 1 << slot
    for mentor, person in enumerate(model.mentors.tolist()):
        if not model.limits.allow(mentor, gives[mentor], used[person], before[person]):
            yield f"mentor {mentor}: more in half a day, or more slots in a row, than she takes."


def _pairs(model: Model, rows: list[tuple[int, ...]]) -> Iterator[str]:
    """Two people meet once, and only where they may."""
    seen: dict[frozenset[int], tuple[int, ...]] = {}
    for row in rows:
        pair = frozenset((int(model.mentors[row[0]]), int(model.mentees[row[1]])))
        before = seen.setdefault(pair, row)
        if before is not row:
            yield f"{row}: the same two people have {before}."
    if rows:
        mentor, mentee = np.array(rows, np.int64).T[:2]
        for row, points in zip(rows, model.utility.of_pairs(mentee, mentor).tolist(), strict=True):
            if points == 0:
                yield f"{row}: these two may not be introduced."


def _fixed(model: Model, rows: list[tuple[int, ...]]) -> Iterator[str]:
    """Agreed meetings are as they were."""
    there = set(rows)
    for row in map(tuple, model.fixed.tolist()):
        if row not in there:
            yield f"{row}: this meeting is agreed and not in the plan."
