"""A plan that was repaired is improved as a whole: rounds of the planner's exact flow over pairs that are near to being
chosen, in which a proposal people have been told of is worth more than another. It changes no agreed meeting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.introductions.planner.engine.model import Integers, Model, Room, room_of
from services.introductions.planner.engine.onsite.candidates import Candidates
from services.introductions.planner.engine.onsite.situation import situation
from services.introductions.planner.engine.onsite.state import STAY, State
from services.introductions.planner.engine.pairs import Columns
from services.introductions.planner.engine.search import Search
from services.introductions.planner.engine.utility import among

NEAR, FLOOR = 60, 4
ROUNDS_OF = ((60_000, 1), (12_000, 2))
"""From so many columns on, so many rounds must do."""
MOST_ROUNDS = 3


def improve(state: State, candidates: Candidates, seed: int, go_on: Callable[[], bool]) -> None:
    """Change proposals to a plan that is better, having been told of them considered."""
    model = situation(candidates.model, state)
    room = room_of(model)
    columns, slot, stay = _columns(model, room, state, candidates)
    search = Search(model, room, columns, seed)
    for _ in range(_rounds(len(columns.mentee))):
        if not go_on():
            break
        slot = search.round(slot)
    _take_over(state, columns, slot, columns.points - stay)


def _rounds(columns: int) -> int:
    return next((rounds for many, rounds in ROUNDS_OF if columns >= many), MOST_ROUNDS)


def _columns(model: Model, room: Room, state: State, candidates: Candidates) -> tuple[Columns, Integers, Integers]:
    """(pairs to choose from with what staying is worth, the slot of each or -1, what staying is worth)."""
    loose = [(mentor, mentee, state.meetings[mentor, mentee]) for mentor, mentee in state.meetings]
    rows = [(m, e, held.slot, held.points, STAY[held.status]) for m, e, held in loose if state.loose((m, e))]
    mentor, mentee, slots, points, bonus = np.array(rows, np.int64).reshape(-1, 5).T
    near = candidates.near(NEAR, FLOOR, sorted(state.waiting))
    kept = room.allows(near.mentee, near.mentor, model)
    kept &= ~among(model.utility.forbidden, near.mentee * len(model.mentors) + near.mentor)
    near = Columns(mentee=near.mentee[kept], mentor=near.mentor[kept], points=near.points[kept])
    columns = near.joined(Columns(mentee=mentee, mentor=mentor, points=points), len(model.mentors))
    at = np.searchsorted(
        columns.mentee * len(model.mentors) + columns.mentor, mentee * len(model.mentors) + mentor
    )
    slot, stay = np.full(len(columns.mentee), -1, np.int64), np.zeros(len(columns.mentee), np.int64)
    slot[at], stay[at] = slots, bonus
    return Columns(mentee=columns.mentee, mentor=columns.mentor, points=columns.points + stay), slot, stay


def _take_over(state: State, columns: Columns, slot: Integers, points: Integers) -> None:
    meet = np.flatnonzero(slot >= 0)
    found = zip(*(one[meet].tolist() for one in (columns.mentor, columns.mentee, slot, points)), strict=True)
    wanted = {(mentor, mentee): (at, worth) for mentor, mentee, at, worth in found}
    for pair in [pair for pair in state.meetings if state.loose(pair)]:
        if pair in wanted and wanted[pair][0] == state.meetings[pair].slot:
            del wanted[pair]
        else:
            state.take(pair)
    for pair, (at, worth) in wanted.items():
        state.put(pair, at, worth)
