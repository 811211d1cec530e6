"""The smart greedy: everybody's first introduction before anybody's second, the best pair first, in the emptiest slot.
All times of the table are compared with its time in the same run."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.planner.scoring import Scores
from bench.planner.timetable import Meeting, Timetable

MOST = 256
"""Mentors looked at for each mentee; who finds none among them looks at all."""
AT_ONCE = 4096
"""Pairs that are looked at before those are dropped that have become pointless in the meantime."""


def plan(instance: dict[str, Any]) -> list[Meeting]:
    """The meetings."""
    return Greedy(instance).meetings()


class Greedy:
    """Goes through the pairs, best first, once for everybody's first introduction, once for everybody's second, ..."""

    def __init__(self, instance: dict[str, Any]) -> None:
        self.scores, self.table = Scores(instance), Timetable(instance)
        self.pairs = self.scores.best_pairs(MOST)

    def meetings(self) -> list[Meeting]:
        """The plan."""
        table, mentees = self.table, self.scores.mentees.tolist()
        for turn in range(max((table.has[i] + table.wishes[i] for i in mentees), default=0)):
            self._give(turn, *self.pairs)
            if turn == 0 and MOST < len(self.scores.mentors):
                self._give(turn, *self._missed())
        return table.meetings

    def _missed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All pairs of those who found nobody, with mentors who still have room; the best first."""
        mentees, mentors = self.scores.mentees, self.scores.mentors
        rows = np.array([row for row, i in enumerate(mentees) if not self.table.has[i]], int)
        room = np.array([self.table.room[i] > 0 for i in mentors])
        worth = self.scores.of(rows) * room
        n, columns = np.nonzero(worth)
        order = np.argsort(-worth[n, columns], kind="stable")
        return rows[n][order], columns[order], worth[n, columns][order]

    def _give(self, turn: int, rows: np.ndarray, columns: np.ndarray, utilities: np.ndarray) -> None:
        """One introduction more to those who have `turn` of them."""
        table, mentees, mentors = self.table, self.scores.mentees, self.scores.mentors
        waits = np.array([table.has[i] == turn and table.wishes[i] > 0 for i in mentees])
        room = np.array([table.room[i] > 0 for i in mentors])
        for first in range(0, len(rows), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            useful = waits[rows[part]] & room[columns[part]]
            for row, column, utility in zip(
                rows[part][useful].tolist(),
                columns[part][useful].tolist(),
                utilities[part][useful].tolist(),
                strict=True,
            ):
                if waits[row] and room[column] and table.offer(int(mentors[column]), int(mentees[row]), utility):
                    waits[row] = False
                    room[column] = table.room[mentors[column]] > 0
