"""How far a plan is from the best, slots considered, and the best plan where that can be found: first that nobody more can
be served, then that no plan with as many has more value. Idle slots and fairness come afterwards and are not proved.

It knows no clock and starts no process: whoever calls gives the solver, and stops it. Rules that the joint program does
not know are relaxed in every bound, and a plan that breaks one is never taken (`validity` has them all), so that a plan is
called proven only where it reaches the bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from services.introductions.planner.engine import gaps
from services.introductions.planner.engine.climb import Climb, Found, Solve
from services.introductions.planner.engine.joint import Joint, served_of, value_of
from services.introductions.planner.engine.measures import worth
from services.introductions.planner.engine.model import Integers, Model, room_of
from services.introductions.planner.engine.pairs import all_mentors_for, select
from services.introductions.planner.engine.pricing import Pricer
from services.introductions.planner.engine.utility import starts_of_runs
from services.introductions.planner.engine.validity import wrong_with
from services.introductions.planner.engine.whole import Planned, Progress, with_tables
from services.introductions.planner.highs import Answer, Program
from services.introductions.planner.highs import solve as solve_here

MOST_PEOPLE = 1_500
"""With more the joint program takes minutes and gigabytes: the bound from pairs stands."""
NEAR = 40
"""The first linear program has the pairs that would be chosen if they had so many points more."""


def prove(
    model: Model,
    planned: Planned,
    *,
    solve: Solve = solve_here,
    go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Planned:
    """The best plan where it can be found, never a worse one, and what is proved about it. Stopped by `go_on` or by a
    solver that answers None, it has the best so far."""
    if model.people > MOST_PEOPLE or not go_on():
        return planned
    proof = _Proof(model, planned, solve, go_on, progress)
    if proof.served():
        proof.value()
    return proof.planned()


class _Proof:
    def __init__(
        self,
        model: Model,
        planned: Planned,
        solve: Solve,
        go_on: Callable[[], bool],
        progress: Callable[[Progress], None],
    ) -> None:
        self.model, self.room, self.before = model, room_of(model), planned
        self.solver, self.go_on, self.progress = solve, go_on, progress
        self.meetings: Integers = planned.meetings[len(model.fixed) :, :3]
        """[n, 3] mentor row, mentee row, slot: the plan at hand without what is fixed."""
        self.now = self._worth(self.meetings)
        self.fixed = self._worth(self.meetings[:0])
        self.most_served, self.bound = planned.most_served, planned.bound
        self.sure = False
        """Whether it is proved that nobody more can be served than by the plan at hand."""
        self.pairs = all_mentors_for(model, self.room, np.arange(len(model.mentees)))
        self.selection = select(model, self.room, Pricer(model), go_on)

    def planned(self) -> Planned:
        """What came out; the plan of before where it is still the best."""
        meetings = self.before.meetings
        if self.now > self._worth(meetings[len(self.model.fixed) :, :3]):
            meetings = self._with_fewer_gaps()
        proven = self.sure and self.now[1] == self.bound
        return replace(self.before, meetings=meetings, most_served=self.most_served, bound=self.bound, proven=proven)

    def served(self) -> bool:
        """Whether nobody more can be served than by the plan at hand, or by a better one that is found now."""
        joint = served_of(self.model, self.room, self.pairs)
        most = most_new(joint)
        self._at_most(most)
        if self.most_served > self.now[0]:
            climb = Climb(joint, self.now[0] - self.fixed[0], self._solve, lambda found: self._served_by(joint, found))
            climb.run(self._start(joint))
            if climb.limit is not None:
                self._at_most(min(most, climb.limit))
        self.sure = self.most_served == self.now[0]
        return self.sure

    def _at_most(self, new: int) -> None:
        """No plan serves more than so many besides the fixed ones. What pairs prove about the value holds for plans that
        serve as many as was thought possible before."""
        most = self.fixed[0] + new
        if most != self.most_served:
            self.most_served, self.bound = most, None

    def value(self) -> None:
        """The most value with as many served."""
        if self.bound == self.now[1]:
            return
        joint = value_of(self.model, self.room, self.pairs, self.now[0] - self.fixed[0])
        climb = Climb(joint, self.now[1] - self.fixed[1], self._solve, lambda found: self._value_by(joint, found))
        climb.run(self._start(joint))
        if climb.limit is not None:
            limit = self.fixed[1] + climb.limit
            self.bound = limit if self.bound is None else min(self.bound, limit)

    def _served_by(self, joint: Joint, found: Found) -> int:
        self._take(joint, found)
        return self.now[0] - self.fixed[0]

    def _value_by(self, joint: Joint, found: Found) -> int:
        self._take(joint, found)
        return self.now[1] - self.fixed[1]

    def _take(self, joint: Joint, found: Found) -> None:
        """A better plan, if it is one by the letter of every rule, whatever the solver says."""
        mentor, mentee = joint.pairs.mentor[found.pair], joint.pairs.mentee[found.pair]
        meetings = np.stack([mentor, mentee, found.slot], axis=1)
        if (np.bincount(found.slot, minlength=self.model.slots) > self.room.tables).any():
            return  # before tables are given to it
        if self._worth(meetings) > self.now and not wrong_with(self.model, with_tables(self.model, meetings)):
            self.meetings, self.now = meetings, self._worth(meetings)

    def _solve(self, program: Program) -> Answer | None:
        served, value = self.now
        self.progress(Progress(step="proof", share=0, served=served, value=value, bound=self.bound))
        return self.solver(program) if self.go_on() else None

    def _start(self, joint: Joint) -> Integers:
        """The first pairs of a joint program: those near to being chosen, the nearest of every mentee, the plan's."""
        pairs, prices, count = self.pairs, self.selection, len(self.model.mentors)
        slack = prices.alpha[pairs.mentee] + prices.beta[pairs.mentor] - pairs.points
        order = np.lexsort((slack, pairs.mentee))
        near = slack + prices.gamma <= NEAR
        near[order[starts_of_runs(pairs.mentee[order])]] = True
        keys = pairs.mentee * count + pairs.mentor
        near |= np.isin(keys, self.meetings[:, 1] * count + self.meetings[:, 0])
        return np.flatnonzero(np.isin(joint.pairs.mentee * count + joint.pairs.mentor, keys[near]))

    def _worth(self, meetings: Integers) -> tuple[int, int]:
        """(served, value) with what is fixed."""
        both = np.concatenate([self.model.fixed[:, :2], meetings[:, :2]])
        return worth(self.model, both[:, 0], both[:, 1])

    def _with_fewer_gaps(self) -> Integers:
        mentor, mentee, slot = self.meetings.T
        times = gaps.close(self.model, self.room, mentor, mentee, slot, self.go_on)
        return with_tables(self.model, np.stack([mentor, mentee, times], axis=1))


def most_new(joint: Joint) -> int:
    """How many people can be served by these pairs, slots left aside: a maximum flow (Ford, Fulkerson 1956) from tables
    through mentees and pairs to what mentors take."""
    mentees, room, pairs = len(joint.model.mentees), joint.room, joint.pairs
    tables, sink = mentees + len(room.capacity), mentees + len(room.capacity) + 1
    source = sink + 1
    new, mentors = joint.unit_mentee, np.arange(mentees, tables)
    arcs = (
        (np.array([source]), np.array([tables]), np.array([room.tables.sum()])),
        (np.full(len(new), tables), new, np.ones(len(new), np.int64)),
        (pairs.mentee, mentees + pairs.mentor, np.ones(len(pairs.mentee), np.int64)),
        (mentors, np.full(len(mentors), sink), room.capacity),
    )
    tail, head, most = (np.concatenate(part) for part in zip(*arcs, strict=True))
    network = csr_matrix((most.astype(np.int32), (tail, head)), shape=(source + 1, source + 1))
    return int(maximum_flow(network, source, sink).flow_value)
