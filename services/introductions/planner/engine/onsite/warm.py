"""A plan that was repaired is improved as a whole: which pairs would be best by an exact flow that leaves slots aside, as
many of them in time as fit beside what stays, then rounds of the planner's flow over slots. A proposal that people have
been told of is worth more than another. It changes no agreed meeting."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.introductions.planner.engine.model import Integers, Model, Room, room_of
from services.introductions.planner.engine.onsite.candidates import Candidates
from services.introductions.planner.engine.onsite.mixing import Mixing
from services.introductions.planner.engine.onsite.situation import situation
from services.introductions.planner.engine.onsite.state import FEW, State
from services.introductions.planner.engine.pairs import Columns, Network
from services.introductions.planner.engine.search import SERVED, Search
from services.introductions.planner.engine.timetable import place_all
from services.introductions.planner.engine.utility import among


class Effort(NamedTuple):
    """Which pairs are considered: those that lack at most so many points to be chosen, and so many of each mentee."""

    near: int
    floor: int
    tight: int
    least: int
    """The same two for the rounds over slots, which take longer."""
    rounds: int


SOME = 6_000
OF_FEW, OF_SOME, OF_MANY = Effort(150, 10, 30, 2, 4), Effort(60, 4, 0, 0, 2), Effort(30, 2, 0, 0, 1)
"""Up to `FEW` and `SOME` mentees, and beyond."""
FEW_SLOTS, WORK, MORE_WORK, MOST_ROUNDS = 12, 3_000, 4_000, 12
"""Among few people there are so many rounds times mentees; with so few slots a round takes less time, and so there are more."""


def improve(state: State, candidates: Candidates, seed: int, go_on: Callable[[], bool]) -> None:
    """Change proposals to a plan that is better, having been told of them considered."""
    warm = Warm(state, candidates)
    slot = warm.slot
    if go_on():
        slot = warm.rounds(warm.chosen_anew(slot), seed, go_on)
    warm.take_over(slot)


class Warm:
    """One improvement of one state."""

    def __init__(self, state: State, candidates: Candidates) -> None:
        self.state = state
        self.model = situation(candidates.model, state)
        self.room = room_of(self.model)
        count = len(state.mentees)
        effort = self.effort = OF_FEW if count <= FEW else OF_SOME if count <= SOME else OF_MANY
        if effort is OF_FEW:
            work = MORE_WORK if state.slots <= FEW_SLOTS else WORK
            effort = self.effort = effort._replace(rounds=min(MOST_ROUNDS, max(effort.rounds, work // max(1, count))))
        near = candidates.near(effort.near, effort.floor, sorted(state.waiting))
        self.columns, self.slot, self.stay = _with_proposals(_possible(near, self.model, self.room), state)
        """Pairs to choose from, with what staying is worth; the slot of each or -1; what staying is worth."""
        self.tight = self._among(candidates.near(effort.tight, effort.least, sorted(state.waiting)))
        self.best = self.slot >= 0
        """Which columns would be best if there were no slots."""

    def _among(self, some: Columns) -> npt.NDArray[np.bool_]:
        count = len(self.model.mentors)
        return among(some.mentee * count + some.mentor, self.columns.mentee * count + self.columns.mentor)

    def rounds(self, slot: Integers, seed: int, go_on: Callable[[], bool]) -> Integers:
        """Rounds over slots among what is there, what would be best, and what is nearest to it."""
        some = np.flatnonzero(self.tight | self.best | (slot >= 0) | (self.slot >= 0))
        of = self.columns
        columns = Columns(mentee=of.mentee[some], mentor=of.mentor[some], points=of.points[some])
        search, found = Search(self.model, self.room, columns, seed), slot[some]
        for number in range(self.effort.rounds):
            if go_on():
                # Freeing slots may take a second flow; whom the first one did not help the others hardly ever do.
                found = search.round(found) if number else self._round(search, found)
        result = np.full(len(slot), -1, np.int64)
        result[some] = found
        return result

    def _round(self, search: Search, slot: Integers) -> Integers:
        """One round, from the plan with a slot freed for whoever gives in all of hers if that leads to a better one."""
        freed = search.with_a_slot_for_askers(slot)
        found = search.round(freed)
        if (freed == slot).all() or self._worth(search.columns, found) > self._worth(search.columns, slot):
            return found
        return search.round(slot)

    def chosen_anew(self, slot: Integers) -> Integers:
        """The plan with the best pairs of all in place of others, where they found a time and it is worth more."""
        self.best = np.zeros(len(slot), bool)
        self.best[Network(self.model, self.room, self.columns).choose()] = True
        result = np.where(self.best, slot, -1)
        self._placed(result, np.flatnonzero(self.best & (slot < 0)))
        result = Mixing(self.model, self.room, self.columns, slot, result).all_served()
        return result if self._worth(self.columns, result) > self._worth(self.columns, slot) else slot

    def _placed(self, slot: Integers, fresh: Integers) -> None:
        """Give new pairs a time beside what is there."""
        columns, there = self.columns, np.flatnonzero(slot >= 0)
        kept = np.stack([columns.mentor[there], columns.mentee[there], slot[there], slot[there]], axis=1)
        model = self.model.with_fixed(np.concatenate([self.model.fixed, kept]))
        slot[fresh] = place_all(model, room_of(model), columns.mentor[fresh], columns.mentee[fresh])

    def _worth(self, columns: Columns, slot: Integers) -> int:
        """Points with what staying is worth, less attention, and much for everybody who has a first meeting."""
        meet = np.flatnonzero(slot >= 0)
        more = np.bincount(columns.mentee[meet], minlength=len(self.room.has))
        cost = np.concatenate([[0], np.cumsum(self.model.attention)])
        first = (more > 0) & (self.room.has == 0)
        attention = cost[self.room.has + more] - cost[self.room.has]
        return int(columns.points[meet].sum() - attention.sum() + SERVED * first.sum())

    def take_over(self, slot: Integers) -> None:
        """Let the state be so."""
        state, columns, meet = self.state, self.columns, np.flatnonzero(slot >= 0)
        points = columns.points - self.stay
        found = zip(*(one[meet].tolist() for one in (columns.mentor, columns.mentee, slot, points)), strict=True)
        wanted = {(mentor, mentee): (at, worth) for mentor, mentee, at, worth in found}
        for pair in [pair for pair in state.meetings if state.loose(pair)]:
            if pair in wanted and wanted[pair][0] == state.meetings[pair].slot:
                del wanted[pair]
            else:
                state.take(pair)
        for pair, (at, worth) in wanted.items():
            state.put(pair, at, worth)


def _possible(columns: Columns, model: Model, room: Room) -> Columns:
    kept = room.allows(columns.mentee, columns.mentor, model)
    kept &= ~among(model.utility.forbidden, columns.mentee * len(model.mentors) + columns.mentor)
    return Columns(mentee=columns.mentee[kept], mentor=columns.mentor[kept], points=columns.points[kept])


def _with_proposals(near: Columns, state: State) -> tuple[Columns, Integers, Integers]:
    """(the columns and those of all proposals, with what staying is worth; the slot of each or -1; what staying is worth)."""
    held = [(*pair, one) for pair, one in state.meetings.items() if state.loose(pair)]
    rows = [(mentor, mentee, one.slot, one.points, state.stay[one.status]) for mentor, mentee, one in held]
    mentor, mentee, slots, points, bonus = np.array(rows, np.int64).reshape(-1, 5).T
    count = len(state.mentors)
    columns = near.joined(Columns(mentee=mentee, mentor=mentor, points=points), count)
    at = np.searchsorted(columns.mentee * count + columns.mentor, mentee * count + mentor)
    slot, stay = np.full(len(columns.mentee), -1, np.int64), np.zeros(len(columns.mentee), np.int64)
    slot[at], stay[at] = slots, bonus
    return Columns(mentee=columns.mentee, mentor=columns.mentor, points=columns.points + stay), slot, stay
