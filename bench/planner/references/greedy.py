"""Greedy by score: the best pair of all first, then the next best, as long as it is worth the attention that it costs."""

from __future__ import annotations

from typing import Any

from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

MOST = 256
"""Mentors looked at for each mentee."""


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    rows, columns, utilities = scores.best_pairs(MOST)
    mentees, mentors = scores.mentees[rows].tolist(), scores.mentors[columns].tolist()
    for mentor, mentee, utility in zip(mentors, mentees, utilities.tolist(), strict=True):
        if table.wishes[mentee] and table.room[mentor]:
            table.offer(mentor, mentee, utility)
    return table.meetings
