"""What can be proved, by CP-SAT: how few idle slots there must be whoever meets whom, and, where there are few meetings,
the very best schedule. Import this module when it is needed: loading the solver takes longer than most searches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar, LinearExprT

from services.introductions.planner.agreed.waits import IDLE, Proof
from services.introductions.planner.agreed.wishes import Agreed
from services.introductions.planner.bits import bits

EVER = 1e9


def least(agreed: Agreed, work: float, seconds: float) -> Proof:
    """A bound from counting alone: how people's days can lie so that no slot has more of them than its tables seat.

    Who meets whom is left out, so people with as many meetings in the same slots are one kind, and a kind's days are a
    flow. That is small, and where tables are scarce it is often the truth.
    """
    model = CpModel()
    days = Days(model, agreed)
    for kind, number in Counter(day_of(agreed, person) for person in range(agreed.people)).items():
        days.add(kind, number)
    for slot, tables in enumerate(agreed.tables):
        model.add(sum(days.busy[slot]) == 2 * model.new_int_var(0, tables, ""))
    model.minimize(sum(days.costs))
    solver = _solver(work, seconds)
    solver.solve(model)
    return Proof(bound=max(0, round(solver.best_objective_bound)))


def best(agreed: Agreed, hint: Sequence[int], work: float, seconds: float) -> Proof:
    """The best schedule, as far as it is found; begins with the hinted one."""
    model, held = _holding(agreed)
    days = Days(model, agreed)
    for person in range(agreed.people):
        busy = days.add(day_of(agreed, person), 1)
        for choices, ways in zip(_seats(agreed, held, person), busy, strict=True):
            model.add(sum(choices) == sum(ways))
    for slots, hinted in zip(held, hint, strict=True):
        for slot, variable in slots.items():
            model.add_hint(variable, slot == hinted)
    model.minimize(sum(days.costs))
    solver = _solver(work, seconds)
    slot_of = _found(solver, solver.solve(model), held)
    return Proof(bound=max(0, round(solver.best_objective_bound)), slot_of=slot_of)


def any_at_all(agreed: Agreed, work: float, seconds: float) -> Proof:
    """Some schedule, or that there is none."""
    model, held = _holding(agreed)
    for person in range(agreed.people):
        for choices in _seats(agreed, held, person):
            model.add_at_most_one(choices)
    solver = _solver(work, seconds)
    status = solver.solve(model)
    return Proof(slot_of=_found(solver, status, held), none=status == cp_model.INFEASIBLE)


Held = list[dict[int, IntVar]]
"""For each meeting and slot that is open to it, whether it is held there."""


def _holding(agreed: Agreed) -> tuple[CpModel, Held]:
    """Every meeting in one slot, no slot with more than its tables."""
    model = CpModel()
    held = [{slot: model.new_bool_var("") for slot in bits(open_)} for open_ in agreed.open]
    for slots in held:
        model.add_exactly_one(slots.values())
    for slot, tables in enumerate(agreed.tables):
        model.add(sum(slots[slot] for slots in held if slot in slots) <= tables)
    return model, held


def _seats(agreed: Agreed, held: Held, person: int) -> list[list[IntVar]]:
    """For each slot, the meetings that somebody may have in it."""
    mine = [held[meeting] for meeting in agreed.meetings_of[person]]
    return [[slots[slot] for slots in mine if slot in slots] for slot in range(agreed.slots)]


def _found(solver: CpSolver, status: cp_model.CpSolverStatus, held: Held) -> tuple[int, ...] | None:
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return tuple(next(slot for slot, variable in slots.items() if solver.boolean_value(variable)) for slots in held)


def _solver(work: float, seconds: float) -> CpSolver:
    """One worker, stopped by its own count of work: the same input gives the same answer; the clock only ends it."""
    solver = CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = min(EVER, max(0.0, seconds))
    # Who interrupts is answered by whoever called, with the best so far.
    solver.parameters.catch_sigint_signal = False
    return solver


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of somebody's day before it is planned."""

    reach: int
    least: tuple[int, ...]
    """For each slot, how many of her meetings can only be in it or before it."""
    most: tuple[int, ...]
    """For each slot, how many can be in it or before it."""


def day_of(agreed: Agreed, person: int) -> Day:
    """Somebody's day."""
    opens = [agreed.open[meeting] for meeting in agreed.meetings_of[person]]
    until = [(2 << slot) - 1 for slot in range(agreed.slots)]
    return Day(
        agreed.reach[person],
        tuple(sum(not slots & ~before for slots in opens) for before in until),
        tuple(sum(bool(slots & before) for slots in opens) for before in until),
    )


class Days:
    """Days as flows through (meetings so far, whether in one right now), slot by slot."""

    def __init__(self, model: CpModel, agreed: Agreed) -> None:
        self.model, self.slots = model, agreed.slots
        self.busy: list[list[IntVar]] = [[] for _ in range(agreed.slots)]
        """For each slot, how many people are in a meeting."""
        self.costs: list[LinearExprT] = []

    def add(self, day: Day, number: int) -> list[list[IntVar]]:
        """So many people with such a day; returns what is busy in each slot."""
        busy: list[list[IntVar]] = []
        at: dict[tuple[int, bool], Iterable[IntVar] | Iterable[int]] = {(0, False): (number,)}
        for slot in range(self.slots):
            into: defaultdict[tuple[int, bool], list[IntVar]] = defaultdict(list)
            for node, inflow in at.items():
                ways = []
                for after, cost in _ways(day, slot, node):
                    way = self.model.new_int_var(0, number, "")
                    ways.append(way)
                    into[after].append(way)
                    if cost:
                        self.costs.append(cost * way)
                self.model.add(sum(ways) == sum(inflow))
            busy.append([way for (_count, meets), ways in into.items() if meets for way in ways])
            self.busy[slot].extend(busy[-1])
            at = dict(into)
        return busy


def _ways(day: Day, slot: int, node: tuple[int, bool]) -> Iterator[tuple[tuple[int, bool], int]]:
    """Where a day can go on in this slot, and what it costs."""
    count, meets = node
    if day.reach >> slot & 1 and day.least[slot] <= count + 1 <= day.most[slot]:
        yield (count + 1, True), 0
    if day.least[slot] <= count <= day.most[slot]:
        waits = 0 < count < day.most[-1]
        yield (count, False), IDLE + meets if waits else 0
