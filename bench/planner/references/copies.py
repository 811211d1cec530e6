"""SciPy's assignment on copies: a row for each introduction that a mentee wants, a column for each that a mentor takes,
then the pairs into slots. The assignment knows neither slots nor that a pair must not meet twice."""

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
    mentees, mentors = scores.mentees, scores.mentors
    rows = np.repeat(np.arange(len(mentees)), [table.wishes[i] for i in mentees])
    columns = np.repeat(np.arange(len(mentors)), [table.room[i] for i in mentors])
    counts = [count for i in mentees for count in range(table.has[i], table.has[i] + table.wishes[i])]
    bonus = np.array([-table.cost(count) if count else FIRST for count in counts], int)
    worth = scores.whole()[np.ix_(rows, columns)].astype(np.int32)
    gain = np.where(worth > 0, np.maximum(0, worth + bonus[:, None]), 0)
    chosen = linear_sum_assignment(gain, maximize=True)
    order = np.argsort(-gain[chosen], kind="stable")
    for n, at in zip(chosen[0][order].tolist(), chosen[1][order].tolist(), strict=True):
        if worth[n, at]:
            table.offer(int(mentors[columns[at]]), int(mentees[rows[n]]), int(worth[n, at]))
    return table.meetings
