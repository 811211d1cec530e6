"""First come, first served: mentees in the order in which they registered, each with all the introductions that she
wants, best mentor first, as early as the two can. Nobody looks at who comes after."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    mentors = scores.mentors.tolist()
    for rows, worth in scores.blocks():
        for row, values in zip(rows, worth, strict=True):
            _serve(table, int(scores.mentees[row]), mentors, values)
    return table.meetings


def _serve(table: Timetable, mentee: int, mentors: list[int], values: np.ndarray) -> None:
    for column in np.argsort(-values, kind="stable")[: np.count_nonzero(values)].tolist():
        if not table.wishes[mentee] or not table.worth_it(mentee, int(values[column])):
            return
        if slots := table.slots(mentors[column], mentee):
            table.place(mentors[column], mentee, table.earliest(slots))
