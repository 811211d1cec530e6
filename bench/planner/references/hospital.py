"""Hospital/Residents by PyPI `matching`: mentees are residents, mentors hospitals, both prefer whoever scores more. One
stable matching for everybody's first introduction, one for the second, one for the third; after each the pairs are
placed into slots. Preferences know what a pair is worth, not how many have nobody."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.planner.environments import call
from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

ROUNDS = 3


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    worth = scores.whole()
    for _ in range(ROUNDS):
        preferences = _preferences(worth, scores, table)
        if not preferences["residents"]:
            break
        pairs = [(int(column), int(row)) for column, row in call("hospital", preferences)]
        for column, row in sorted(pairs, key=lambda pair: -worth[pair[1], pair[0]]):
            table.offer(int(scores.mentors[column]), int(scores.mentees[row]), int(worth[row, column]))
    return table.meetings


def _preferences(worth: np.ndarray, scores: Scores, table: Timetable) -> dict[str, Any]:
    """Who could still meet whom and would be worth it, best first on both sides."""
    mentees, mentors = scores.mentees.tolist(), scores.mentors.tolist()
    possible = np.zeros(worth.shape, bool)
    for row, column in np.argwhere(worth).tolist():
        useful = table.worth_it(mentees[row], int(worth[row, column]))
        possible[row, column] = useful and table.slots(mentors[column], mentees[row])
    ranked = np.where(possible, worth, 0)
    return {
        "residents": _orders(ranked),
        "hospitals": (hospitals := _orders(ranked.T)),
        "capacities": {column: table.room[mentors[int(column)]] for column in hospitals},
    }


def _orders(ranked: np.ndarray) -> dict[str, list[str]]:
    """Row -> the columns that it accepts, best first; rows that accept none are left out."""
    order = np.argsort(-ranked, axis=1, kind="stable")
    counts = np.count_nonzero(ranked, axis=1)
    return {
        str(row): [str(column) for column in order[row, :count].tolist()] for row, count in enumerate(counts) if count
    }
