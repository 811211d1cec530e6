"""Plain CP-SAT: one Boolean for each pair and slot, every rule as it stands, and a limit of time. What one writes first
when OR-tools is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

SECONDS = 60.0
WORKERS = 2
FIRST = 10_000
"""What a mentee who is served counts: more than all that her introductions can be worth."""
MOST = 2_000_000
"""Booleans beyond which an ordinary machine's memory does not suffice: 5.6 GB for a million."""


def plan(instance: dict[str, Any], seconds: float = SECONDS) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    choices = _choices(scores, table, instance["n_slots"])
    if len(choices) > MOST:
        raise MemoryError(f"{len(choices):,} Booleans need more memory than there is")
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(len(choices))]
    _rules(model, choices, chosen, table)
    _objective(model, choices, chosen, table)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.max_presolve_iterations = 1  # at 1,000 people presolve would take the whole minute otherwise
    solver.parameters.cp_model_probing_level = 0
    if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        for (mentor, mentee, slot, _utility), here in zip(choices.tolist(), chosen, strict=True):
            if solver.boolean_value(here):
                table.place(mentor, mentee, slot)
    return table.meetings


def _choices(scores: Scores, table: Timetable, slots: int) -> np.ndarray:
    """[mentor, mentee, slot, utility] of everything that may be."""
    found = []
    for rows, worth in scores.blocks():
        for n, column in np.argwhere(worth).tolist():
            mentor, mentee = int(scores.mentors[column]), int(scores.mentees[rows[n]])
            could = table.slots(mentor, mentee)
            found += [(mentor, mentee, slot, int(worth[n, column])) for slot in range(slots) if could >> slot & 1]
    return np.array(found, np.int64).reshape(-1, 4)


def _grouped(keys: np.ndarray, chosen: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """The Booleans of each key."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    for numbers in np.split(order, starts[1:]) if len(order) else ():
        yield int(keys[numbers[0]]), [chosen[n] for n in numbers.tolist()]


def _rules(model: cp_model.CpModel, choices: np.ndarray, chosen: list[Any], table: Timetable) -> None:
    mentor, mentee, slot, _utility = choices.T
    people, slots = len(table.free), len(table.tables)
    for _pair, those in _grouped(mentor * people + mentee, chosen):
        model.add_at_most_one(those)
    twice = np.concatenate([mentor * slots + slot, mentee * slots + slot])
    for _who_and_when, those in _grouped(twice, chosen + chosen):
        model.add_at_most_one(those)
    for who, those in _grouped(mentor, chosen):
        model.add(sum(those) <= table.room[who])
    for when, those in _grouped(slot, chosen):
        model.add(sum(those) <= len(table.tables[when]))


def _objective(model: cp_model.CpModel, choices: np.ndarray, chosen: list[Any], table: Timetable) -> None:
    """Whoever is served, then the value. Served is at most the count, and what the count exceeds one by is paid for in
    steps: equations instead would make presolve longer still."""
    gains: list[Any] = []
    weights: list[int] = []
    for who, those in _grouped(choices[:, 1], chosen):
        has, count = table.has[who], sum(those)
        costs = [table.cost(n) for n in range(max(1, has), has + table.wishes[who])]
        steps = [model.new_bool_var("") for _ in costs]
        model.add(count <= sum(steps) + (not has))
        gains += steps
        weights += [-cost for cost in costs]
        if not has:
            served = model.new_bool_var("")
            model.add(served <= count)
            gains.append(served)
            weights.append(FIRST)
    values = choices[:, 3].tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(chosen + gains, values + weights))
