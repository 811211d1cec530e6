"""Munkres by PyPI `mentor-match`: three rounds of one mentor to one mentee, as its documentation shows it, with its bonus
for whoever has nobody yet; then the pairs into slots."""

from __future__ import annotations

from typing import Any

from bench.planner.environments import call
from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

ROUNDS = 3
BONUS = 1000


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    scores, table = Scores(instance), Timetable(instance)
    mentees, mentors = scores.mentees.tolist(), scores.mentors.tolist()
    worth = scores.whole().tolist()
    task = {
        "utilities": worth,
        "attention": instance["attention"],
        "mentors": [[i, table.room[i], 0] for i in mentors],
        "mentees": [[i, table.wishes[i], table.has[i]] for i in mentees],
        "rounds": ROUNDS,
        "bonus": BONUS,
    }
    for column, row in call("munkres", task):
        table.offer(mentors[column], mentees[row], worth[row][column])
    return table.meetings
