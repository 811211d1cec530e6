"""What each pair of an instance is worth, exactly and in blocks. It knows neither slots nor plans, and shares nothing
with the engine: a mistake in one of the two shows in the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LEVEL_POINTS = {1: 55, 2: 80, 3: 100}
SAME_GROUP_POINTS = 30
ENOUGH_TOPIC_POINTS = 90
SAME_FIELD, OWN_LANGUAGE, REQUESTED, REFERRED = 50, 50, 250, 120
MOST = 1000


def _years_points() -> np.ndarray:
    """Points for 0, 1, 2, ... years between the two."""
    gap = np.arange(256)
    return np.where(gap <= 4, gap * 30, np.where(gap <= 15, 150, np.maximum(50, 150 - 8 * (gap - 15)))).astype(np.int16)


YEARS_POINTS = _years_points()


class Scores:
    """The utilities of an instance, 0 = not eligible. Rows are mentees and columns mentors, by their number on that side;
    `mentees` and `mentors` say which person that is."""

    def __init__(self, instance: dict[str, Any]) -> None:
        self._people = people = instance["people"]
        self.mentors = np.array([i for i, person in enumerate(people) if "mentor" in person], int)
        self.mentees = np.array([i for i, person in enumerate(people) if "mentee" in person], int)
        self._topics_and_goals(instance)
        self._company, self._field, self._years = (self._both(key) for key in ("company", "field", "years"))
        spoken = np.array([sum(1 << language for language in person["langs"]) for person in people], np.int32)
        preferred = np.array([1 << person["langs"][0] for person in people], np.int32)
        there = np.array([int(person["avail"], 16) for person in people], np.uint64)
        self._spoken, self._there = self._sides(spoken), self._sides(there)
        self._preferred = preferred[self.mentees]
        self._extra, self._barred = self._special(instance)

    def _both(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        return self._sides(np.array([person[key] for person in self._people], np.int32))

    def _sides(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return values[self.mentees], values[self.mentors]

    def _topics_and_goals(self, instance: dict[str, Any]) -> None:
        """Matrices whose product are the points; sums of small integers, so that float32 is exact."""
        group = np.array(instance["topic_group"])
        shape = (instance["n_topics"], len(self.mentors))
        self._offered, self._helps = np.zeros(shape, np.float32), np.zeros((instance["n_goals"], shape[1]), np.float32)
        for column, i in enumerate(self.mentors):
            mentor = self._people[i]["mentor"]
            topics = [topic for topic, _level in mentor["offers"]]
            self._offered[np.isin(group, group[topics]), column] = SAME_GROUP_POINTS
            self._offered[topics, column] = [LEVEL_POINTS[level] for _topic, level in mentor["offers"]]
            self._helps[mentor["helps"], column] = 1
        self._wanted = np.zeros((len(self.mentees), instance["n_topics"]), np.float32)
        self._goals = np.zeros((len(self.mentees), instance["n_goals"]), np.float32)
        for row, i in enumerate(self.mentees):
            mentee = self._people[i]["mentee"]
            self._wanted[row, [topic for topic, _weight in mentee["wants"]]] = [w for _topic, w in mentee["wants"]]
            self._goals[row, mentee["goals"]] = 1

    def _special(self, instance: dict[str, Any]) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[int]]]:
        """By row: (column, points of a request or a referral), and columns that must not be."""
        row = {int(i): n for n, i in enumerate(self.mentees)}
        column = {int(i): n for n, i in enumerate(self.mentors)}
        extra: dict[int, list[tuple[int, int]]] = {}
        barred: dict[int, list[int]] = {}
        for points, pairs in ((REQUESTED, instance["requests"]), (REFERRED, instance["referrals"])):
            for mentee, mentor in {tuple(pair) for pair in pairs}:
                if mentee in row and mentor in column:
                    extra.setdefault(row[mentee], []).append((column[mentor], points))
        both_ways = [(a, b) for one, other in instance["blocks"] for a, b in ((one, other), (other, one))]
        for mentee, mentor in both_ways + [(i, i) for i in row]:
            if mentee in row and mentor in column:
                barred.setdefault(row[mentee], []).append(column[mentor])
        return extra, barred

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The utilities of these mentees with all mentors."""
        wanted, goals = self._wanted[rows], self._goals[rows]
        topic = (6 * (wanted @ self._offered)).astype(np.int32) // wanted.sum(1).astype(np.int32)[:, None]
        worth = topic + (150 * (goals @ self._helps)).astype(np.int32) // goals.sum(1).astype(np.int32)[:, None]
        years = self._years[1] - self._years[0][rows, None]
        worth += YEARS_POINTS[years.clip(0, 255)]
        worth += SAME_FIELD * (self._field[1] == self._field[0][rows, None])
        worth += OWN_LANGUAGE * ((self._spoken[1] & self._preferred[rows, None]) != 0)
        may = topic >= ENOUGH_TOPIC_POINTS
        for n, row in enumerate(rows):
            for column, points in self._extra.get(int(row), ()):
                worth[n, column] += points
                may[n, column] |= points == REQUESTED
            may[n, self._barred.get(int(row), [])] = False
        may &= (years >= 1) & (self._company[1] != self._company[0][rows, None])
        may &= (self._spoken[1] & self._spoken[0][rows, None]) != 0
        may &= (self._there[1] & self._there[0][rows, None]) != 0
        return np.where(may, worth.clip(1, MOST), 0).astype(np.int16)

    def blocks(self, cells: int = 1_000_000) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(rows, their utilities) of everybody, a block after the other, so that no whole matrix has to be held."""
        size = max(1, cells // max(1, len(self.mentors)))
        for first in range(0, len(self.mentees), size):
            rows = np.arange(first, min(first + size, len(self.mentees)))
            yield rows, self.of(rows)

    def whole(self) -> np.ndarray:
        """All utilities at once: for methods that cannot do with less."""
        return np.vstack([worth for _rows, worth in self.blocks()] or [np.zeros((0, len(self.mentors)), np.int16)])

    def best_pairs(self, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, columns, utilities) of each mentee's `most` best mentors, the best pair of all first; ties by number."""
        found = []
        for rows, worth in self.blocks():
            if most < worth.shape[1]:
                columns = np.sort(np.argpartition(-worth, most - 1, axis=1)[:, :most], axis=1)
                values = np.take_along_axis(worth, columns, 1)
                n, at = np.nonzero(values)
                found.append((rows[n], columns[n, at], values[n, at]))
            else:
                n, columns = np.nonzero(worth)
                found.append((rows[n], columns, worth[n, columns]))
        row, column, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(-value, kind="stable")
        return row[order], column[order], value[order]
