"""What is wrong with meetings that are said to be fixed, in sentences that name the place. It repairs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from services.introductions.planner.engine.model import Integers, Model


def clashes(model: Model, fixed: Integers) -> Iterator[str]:
    """What is wrong with fixed meetings, each with the place."""
    seen: dict[tuple[Any, ...], int] = {}
    points = model.utility.of_pairs(fixed[:, 1], fixed[:, 0])
    for at, (mentor, mentee, slot, table) in enumerate(fixed.tolist()):
        giver, asker = int(model.mentors[mentor]), int(model.mentees[mentee])
        for person in (giver, asker):
            if not int(model.available[person]) >> slot & 1:
                yield f"fixed[{at}]: people[{person}] is not available in slot {slot}."
        for what, key in (
            ("the same person in the same slot", ("person", giver, slot)),
            ("the same person in the same slot", ("person", asker, slot)),
            ("the same table in the same slot", ("table", table, slot)),
            ("the same pair", ("pair", *sorted((giver, asker)))),
        ):
            if key in seen:
                yield f"fixed[{at}]: {what} as fixed[{seen[key]}]."
            seen[key] = at
        if points[at] == 0:
            yield f"fixed[{at}]: people[{giver}] and people[{asker}] may not be introduced."
    yield from _too_many(model, fixed)


def _too_many(model: Model, fixed: Integers) -> Iterator[str]:
    sides = (("mentor", 0, model.mentors, model.capacity), ("mentee", 1, model.mentees, model.wish))
    for side, column, people, most in sides:
        count = np.bincount(fixed[:, column], minlength=len(people))
        for row in np.flatnonzero(count > most).tolist():
            yield f"fixed: people[{people[row]}] has {count[row]} meetings as a {side}, more than the {most[row]} allowed."
