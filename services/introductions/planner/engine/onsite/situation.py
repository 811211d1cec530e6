"""The conference as a model again: with those who walked in, and as it is at this moment, for whoever plans or judges it
as a whole. It changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from services.introductions.planner.engine.model import Integers, Model
from services.introductions.planner.engine.onsite.state import State, Status
from services.introductions.planner.engine.utility import Utility


def grown(model: Model, one: Model) -> Model:
    """The conference with one person more, at the end of all rows that are hers; `one` is a conference of her alone."""
    return replace(
        model,
        available=np.append(model.available, one.available),
        mentors=np.append(model.mentors, one.mentors + model.people),
        mentees=np.append(model.mentees, one.mentees + model.people),
        capacity=np.append(model.capacity, one.capacity),
        wish=np.append(model.wish, one.wish),
        utility=_with(model.utility, one.utility),
    )


ROWS = (
    "helps",
    "goals",
    "mentor_years",
    "mentee_years",
    "mentor_field",
    "mentee_field",
    "mentor_company",
    "mentee_company",
    "mentor_languages",
    "mentee_languages",
    "first_language",
    "mentor_available",
    "mentee_available",
)
"""What the utility knows of each mentor or mentee as one number."""


def _with(many: Utility, one: Utility) -> Utility:
    before, after = many.mentors, many.mentors + one.mentors
    changes: dict[str, Any] = {
        name: getattr(many, name) // max(1, before) * after + getattr(many, name) % max(1, before)
        for name in ("requested", "referred", "forbidden", "welcome")
    }
    if len(one.forbidden):  # she is both, and never meets herself
        changes["forbidden"] = np.append(changes["forbidden"], many.mentees * after + before)
    changes |= {name: np.append(getattr(many, name), getattr(one, name)) for name in ROWS}
    changes |= {name: _stacked(getattr(many, name), getattr(one, name)) for name in ("wants_topic", "wants_weight")}
    return replace(many, offers=np.concatenate([many.offers, one.offers]), **changes)


def _stacked(many: Integers, one: Integers) -> Integers:
    width = max(many.shape[1], one.shape[1])
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in (many, one)])


def situation(model: Model, state: State) -> Model:
    """The conference (walk-ins included) as it is now: what is agreed or over is fixed, slots that are over are closed for
    people and tables, declined pairs never meet."""
    available, busy = np.array(state.there, np.int64), np.array(state.busy, np.int64)
    over = np.int64((1 << state.now) - 1)
    available = (available & ~over) | (busy & over)
    rows = sorted(
        (held.slot, held.table, *pair)
        for pair, held in state.meetings.items()
        if held.status == Status.AGREED or held.slot < state.now
    )
    fixed = np.array(rows, np.int64).reshape(len(rows), 4)[:, [2, 3, 0, 1]]
    tables = np.array(state.tables, np.int64)
    tables[: state.now] = 0
    past = fixed[:, 2] < state.now
    np.maximum.at(tables, fixed[past, 2], fixed[past, 3] + 1)
    declined = np.array(sorted(state.declined), np.int64).reshape(-1, 2)
    utility = replace(
        model.utility,
        mentor_available=available[model.mentors],
        mentee_available=available[model.mentees],
        forbidden=np.union1d(model.utility.forbidden, declined[:, 1] * len(model.mentors) + declined[:, 0]),
    )
    return replace(model, available=available, tables=tables, fixed=fixed, utility=utility)


def meetings_of(state: State) -> Integers:
    """[n, 4] mentor row, mentee row, slot, table, by slot and table."""
    rows = sorted((held.slot, held.table, *pair) for pair, held in state.meetings.items())
    return np.array(rows, np.int64).reshape(len(rows), 4)[:, [2, 3, 0, 1]]
