"""Reads "rapport-plan/1" for a conference, by rows instead of people, and refuses a plan that breaks a rule with a sentence
that names the meeting. It opens no file."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from services.introductions.planner.engine.instance import MOST_PEOPLE, MOST_TABLES, BadInstance, whole
from services.introductions.planner.engine.model import Integers, Model
from services.introductions.planner.engine.validity import wrong_with

FORMAT = "rapport-plan/1"
NUMBERS = 4


class BadPlan(ValueError):
    """No plan of this conference; the message names the place."""


def plan_of(data: Any, model: Model) -> Integers:
    """[n, 4] mentor row, mentee row, slot, table. Raises BadPlan."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadPlan(f'format: this is not a "{FORMAT}".')
    listed = data.get("meetings")
    if not isinstance(listed, list) or len(listed) > 20 * MOST_PEOPLE:
        raise BadPlan("meetings: a list of meetings is needed.")
    rows = [_row(one, f"meetings[{at}]", model) for at, one in enumerate(_numbers(listed))]
    sides = [{person: row for row, person in enumerate(people.tolist())} for people in (model.mentors, model.mentees)]
    for at, (mentor, mentee, _slot, _table) in enumerate(rows):
        if mentor not in sides[0] or mentee not in sides[1]:
            raise BadPlan(f"meetings[{at}]: people[{mentor}] and people[{mentee}] are no mentor and mentee.")
    found: list[tuple[int, ...]] = [
        (sides[0][mentor], sides[1][mentee], slot, table) for mentor, mentee, slot, table in rows
    ]
    meetings = np.array(found, np.int64).reshape(len(found), NUMBERS)
    for sentence in wrong_with(model, meetings):
        raise BadPlan(_with_places(sentence, found, model))
    return meetings


def _numbers(listed: list[Any]) -> list[list[Any]]:
    for at, one in enumerate(listed):
        if not isinstance(one, list) or len(one) != NUMBERS:
            raise BadPlan(f"meetings[{at}]: this is not [mentor, mentee, slot, table].")
    return listed


def _row(one: list[Any], place: str, model: Model) -> tuple[int, ...]:
    most = (model.people - 1, model.people - 1, model.slots - 1, MOST_TABLES)
    try:
        return tuple(whole(value, place, 0, largest) for value, largest in zip(one, most, strict=True))
    except BadInstance as why:
        raise BadPlan(str(why)) from None


def _with_places(sentence: str, rows: list[tuple[int, ...]], model: Model) -> str:
    """The sentence about rows as one about places of the documents."""
    places = {str(row): f"meetings[{at}]" for at, row in reversed(list(enumerate(rows)))}
    places |= {
        str(tuple(row)): places.get(str(tuple(row)), f"fixed[{at}]") for at, row in enumerate(model.fixed.tolist())
    }
    told = re.sub(r"\(\d+, \d+, \d+, \d+\)", lambda found: places.get(found[0], found[0]), sentence)
    sides = {"mentor": model.mentors, "mentee": model.mentees}
    return re.sub(r"^(mentor|mentee) (\d+)", lambda found: f"people[{sides[found[1]][int(found[2])]}]", told)
