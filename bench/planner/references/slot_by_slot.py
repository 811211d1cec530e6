"""Slot by slot: the best assignment of who is free then, then the next slot. Whoever has no introduction yet comes first;
nobody looks at who will be free later."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

FIRST = 1000
"""What somebody's first introduction counts more than any second."""


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    worth = scores.whole()
    for slot in _order(instance["slot_block"]):
        _fill(slot, worth, scores, table)
    return table.meetings


def _order(halves: list[int]) -> list[int]:
    """The first slot of every half-day, then the second, ...: who is there for one half-day only gets her turn early.
    By the clock 27 of 1,000 people go without who need not, and a tenth of the value is lost."""
    return sorted(range(len(halves)), key=lambda slot: (slot - halves.index(halves[slot]), slot))


def _fill(slot: int, worth: np.ndarray, scores: Scores, table: Timetable) -> None:
    """One slot; the tables go to the pairs that are worth most."""
    rows = np.array([n for n, i in enumerate(scores.mentees) if table.wishes[i] and table.free[i] >> slot & 1], int)
    columns = np.array([n for n, i in enumerate(scores.mentors) if table.room[i] and table.free[i] >> slot & 1], int)
    has = [table.has[i] for i in scores.mentees[rows]]
    bonus = np.array([-table.cost(count) if count else FIRST for count in has], int)
    here = worth[np.ix_(rows, columns)]
    gain = np.where(here > 0, np.maximum(0, here + bonus[:, None]), 0)
    for n, at in _best_first(gain):
        mentor, mentee = int(scores.mentors[columns[at]]), int(scores.mentees[rows[n]])
        if table.slots(mentor, mentee) >> slot & 1:
            table.place(mentor, mentee, slot)


def _best_first(gain: np.ndarray) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(gain, maximize=True)
    useful = gain[rows, columns] > 0
    rows, columns = rows[useful], columns[useful]
    order = np.argsort(-gain[rows, columns], kind="stable")
    return list(zip(rows[order].tolist(), columns[order].tolist(), strict=True))
