"""Who should meet whom when slots are left aside: an exact minimum-cost flow on a few columns, and column generation
over all eligible pairs until no other column can help (Ahuja, Magnanti, Orlin 1993; certified by weak duality). It
places nothing in time.

Attention costs do not fall with the number of meetings, so a mentee's value is concave and her meetings are parallel
unit arcs: the selection is a flow, and its optimum is integral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from services.introductions.planner.engine.flows import send
from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.prices import guess
from services.introductions.planner.engine.pricing import Pricer
from services.introductions.planner.engine.utility import starts_of_runs

SERVED = 10**6
"""Points for a mentee's first meeting: more than a chain of a thousand exchanges can be worth, and small enough that 32-bit
floats still tell half a point. That no plan serves more is proved where no longer chain pays."""
FIRST_COLUMNS = 14
NEW_COLUMNS = 24
MOST_ROUNDS = 30
MANY_COLUMNS = 500_000
"""From so many first columns on a flow, and a look at all pairs, takes seconds."""
NEAR, SLACK = 60, 10
"""Then only columns near to being chosen, in points, go on (what is left out and helps after all is found again by the next
look), and a look also takes pairs that are not worth it yet by so little, since prices still move."""
MOST_PAIRS_AT_ONCE = 1 << 21


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Pairs that are considered, sorted by mentee row and mentor row."""

    mentee: Integers
    mentor: Integers
    points: Integers

    def joined(self, more: Columns, mentors: int) -> Columns:
        """Both, each pair once."""
        mentee = np.concatenate([self.mentee, more.mentee])
        mentor = np.concatenate([self.mentor, more.mentor])
        points = np.concatenate([self.points, more.points])
        _keys, first = np.unique(mentee * mentors + mentor, return_index=True)
        return Columns(mentee=mentee[first], mentor=mentor[first], points=points[first])


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The best pairs, the prices that prove it, and what no plan can exceed."""

    columns: Columns
    chosen: Integers
    """Which columns meet."""
    alpha: Integers
    """[ne] price of a mentee's next meeting; may be negative (she waits for one)."""
    beta: Integers
    """[nm] price of a mentor's meeting."""
    gamma: int
    """Price of a table."""
    bound: int | None
    """SERVED * mentees served + value: no plan of what is not fixed has more, slots considered or not;
    None where time ended before anything was proved."""
    exact: bool
    """Whether the selection reaches the bound."""

    def near(self) -> Selection:
        """The same selection with only those other columns that would be chosen if they had a few points more."""
        of = self.columns
        kept = self.alpha[of.mentee] + self.beta[of.mentor] + self.gamma - of.points <= NEAR
        kept[self.chosen] = True
        columns = Columns(mentee=of.mentee[kept], mentor=of.mentor[kept], points=of.points[kept])
        return replace(self, columns=columns, chosen=(np.cumsum(kept) - 1)[self.chosen])


def select(
    model: Model,
    room: Room,
    pricer: Pricer,
    go_on: Callable[[], bool],
    rounds: int = MOST_ROUNDS,
    many: int = MANY_COLUMNS,
) -> Selection:
    """The best pairs of all eligible ones, or the best found in so many rounds or until `go_on` says no."""
    prices = guess(model, room)
    columns = _new(room, model, pricer.best(prices, FIRST_COLUMNS), None)
    potential = np.zeros(len(model.mentees) + len(model.mentors) + 2, np.int64)
    slack = SLACK if len(model.mentees) * FIRST_COLUMNS >= many else 0
    bound: int | None = None
    while True:
        network = Network(model, room, columns)
        chosen, worth, potential = network.solve(potential)
        alpha, beta, gamma = network.prices(potential)
        threshold = (alpha + gamma - slack).astype(np.float32)
        mentee, mentor, points, all_of_them = pricer.above(beta.astype(np.float32), threshold, NEW_COLUMNS)
        gain = points - alpha[mentee] - beta[mentor] - gamma
        fresh = (gain > -slack) & room.allows(mentee, mentor, model)
        if all_of_them:
            limit = int(np.maximum(0, gain[fresh]).sum()) + network.limit(alpha, beta, gamma)
            bound = limit if bound is None else min(bound, limit)
        exact = bound is not None and bound <= worth
        selection = Selection(
            columns=columns, chosen=chosen, alpha=alpha, beta=beta, gamma=gamma, bound=bound, exact=exact
        )
        selection = selection.near() if slack else selection
        rounds -= 1
        if exact or rounds <= 0 or not go_on():
            return selection
        best = _best_of_each(mentee[fresh], gain[fresh], NEW_COLUMNS)
        found = tuple(values[fresh][best] for values in (mentee, mentor, points))
        columns = _new(room, model, found, selection.columns)


def _new(room: Room, model: Model, found: tuple[Integers, ...], known: Columns | None) -> Columns:
    """The known columns and those found, sorted; pairs that cannot meet any more are left out."""
    mentee, mentor, points = found
    possible = room.allows(mentee, mentor, model)
    fresh = Columns(mentee=mentee[possible], mentor=mentor[possible], points=points[possible])
    none = np.zeros(0, np.int64)
    return (known or Columns(mentee=none, mentor=none, points=none)).joined(fresh, len(model.mentors))


def all_mentors_for(model: Model, room: Room, mentees: Integers) -> Columns:
    """Every pair that these mentees can be part of."""
    count = len(model.mentors)
    mentees = mentees[: max(1, MOST_PAIRS_AT_ONCE // max(1, count))]
    mentee, mentor = np.repeat(mentees, count), np.tile(np.arange(count), len(mentees))
    points = model.utility.of_pairs(mentee, mentor)
    eligible = points > 0
    return _new(room, model, (mentee[eligible], mentor[eligible], points[eligible]), None)


def _best_of_each(mentee: Integers, gain: Integers, count: int) -> Integers:
    """Which entries are among the `count` of the largest gain of their mentee."""
    order = np.lexsort((-gain, mentee))
    begins = starts_of_runs(mentee[order])
    lengths = np.diff(np.append(begins, len(order)))
    rank = np.arange(len(order)) - np.repeat(begins, lengths)
    return order[rank < count]


class Network:
    """source -> mentee (one arc a meeting, dearer each time) -> mentor -> sink, and a bypass; supply = tables."""

    def __init__(self, model: Model, room: Room, columns: Columns) -> None:
        self.mentees, self.mentors = len(model.mentees), len(model.mentors)
        self.source, self.sink = self.mentees + self.mentors, self.mentees + self.mentors + 1
        self.tables = room.most_meetings
        self.columns = len(columns.mentee)
        self.unit_mentee, has = room.units()
        self.unit_gain = np.where(has == 0, SERVED, 0) - model.attention[has]
        self.capacity, units = room.capacity, len(self.unit_mentee)
        source, sink = np.full(units, self.source), np.full(self.mentors, self.sink)
        at_mentor = self.mentees + np.arange(self.mentors)
        ones = np.ones(self.columns + units, np.int64)
        self.tail = np.concatenate([columns.mentee, source, at_mentor, [self.source]])
        self.head = np.concatenate([self.mentees + columns.mentor, self.unit_mentee, sink, [self.sink]])
        self.most = np.concatenate([ones, self.capacity, [self.tables]])
        self.cost = np.concatenate([-columns.points, -self.unit_gain, np.zeros(self.mentors + 1, np.int64)])

    def solve(self, potential: Integers) -> tuple[Integers, int, Integers]:
        """(chosen columns, their worth, potentials that prove it; the given ones are a start)."""
        flows, cost = self._sent()
        return np.flatnonzero(flows[: self.columns]), -cost, self._potential(flows, potential)

    def choose(self) -> Integers:
        """The chosen columns alone."""
        return np.flatnonzero(self._sent()[0][: self.columns])

    def _sent(self) -> tuple[Integers, int]:
        """(flow on each arc, its cost)."""
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.most, self.cost)
        send(flow, self.source, self.sink, self.tables)
        return flow.flows(np.arange(len(self.tail))), flow.optimal_cost()

    def _potential(self, flows: Integers, start: Integers) -> Integers:
        """Node potentials with no negative residual arc: Bellman-Ford, all arcs at once, from any start."""
        forward, back = flows < self.most, flows > 0
        tail = np.concatenate([self.tail[forward], self.head[back]])
        head = np.concatenate([self.head[forward], self.tail[back]])
        cost = np.concatenate([self.cost[forward], -self.cost[back]])
        order = np.argsort(head, kind="stable")
        tail, head, cost = tail[order], head[order], cost[order]
        begins = starts_of_runs(head)
        nodes = head[begins]
        potential = start.copy()
        while len(begins):
            nearer = np.minimum.reduceat(potential[tail] + cost, begins)
            changed = nearer < potential[nodes]
            if not changed.any():
                break
            potential[nodes[changed]] = nearer[changed]
        return potential

    def prices(self, potential: Integers) -> tuple[Integers, Integers, int]:
        """(alpha, beta, gamma) from potentials."""
        source, sink = potential[self.source], potential[self.sink]
        alpha = potential[: self.mentees] - source
        beta = np.maximum(0, sink - potential[self.mentees : self.mentees + self.mentors])
        return alpha, beta, int(max(0, source - sink))

    def limit(self, alpha: Integers, beta: Integers, gamma: int) -> int:
        """What these prices prove that nothing exceeds, but for what pairs are worth above their prices."""
        units = np.maximum(0, self.unit_gain + alpha[self.unit_mentee]).sum()
        return int(units + (self.capacity * beta).sum() + self.tables * gamma)
