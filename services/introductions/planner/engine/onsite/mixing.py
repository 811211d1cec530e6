"""Makes one plan of two: of a new one that lost some mentees' only meetings, and the one before in which they had them. It
brings back old meetings in place of new ones, and looks for no others."""

from __future__ import annotations

import numpy as np

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns


class Mixing:
    """Slots of columns, -1 where a pair does not meet; old meetings never stand in each other's way."""

    def __init__(self, model: Model, room: Room, columns: Columns, before: Integers, after: Integers) -> None:
        self.before, self.after = before, after.copy()
        self.mentor: list[int] = columns.mentor.tolist()
        self.mentee: list[int] = columns.mentee.tolist()
        self.points: list[int] = columns.points.tolist()
        self.has: list[int] = room.has.tolist()
        self.persons = (model.mentors[columns.mentor].tolist(), model.mentees[columns.mentee].tolist())
        self.places: list[int] = room.capacity.tolist()
        self.wishes: list[int] = room.wish.tolist()
        self.tables: list[int] = room.tables.tolist()
        """What is left of each."""
        self.at: dict[tuple[int, int], int] = {}
        """(person, slot) -> column."""
        self.there: dict[tuple[str, int], set[int]] = {}
        """("mentor", row), ("mentee", row) or ("slot", number) -> columns that meet."""
        for column in np.flatnonzero(after >= 0).tolist():
            self._put(column, int(after[column]))

    def all_served(self) -> Integers:
        """The new plan, in which everybody has a meeting who had one before, and further old ones where nothing is in their
        way."""
        gone = np.flatnonzero((self.after < 0) & (self.before >= 0))
        gone = gone[np.argsort(-np.array(self.points, np.int64)[gone], kind="stable")]
        first: dict[int, int] = {}
        for column in np.flatnonzero(self.before >= 0).tolist():
            first.setdefault(self.mentee[column], column)
        waiting = [column for column in first.values() if self._alone(column)]
        while waiting:
            waiting += [first[mentee] for mentee in self._restored(waiting.pop()) if mentee in first]
        for column in gone.tolist():
            if self.after[column] < 0 and self._in_the_way(column) is None:
                self._put(column, int(self.before[column]))
        return self.after

    def _alone(self, column: int) -> bool:
        """Whether the mentee of a column has no meeting."""
        mentee = self.mentee[column]
        return self.has[mentee] == 0 and not self.there.get(("mentee", mentee))

    def _restored(self, column: int) -> list[int]:
        """Bring back an old meeting of a mentee without one; the mentees who have none now for it."""
        if not self._alone(column):
            return []
        alone = []
        while (other := self._in_the_way(column)) is not None:
            self._end(other)
            if self._alone(other):
                alone.append(self.mentee[other])
        self._put(column, int(self.before[column]))
        return alone

    def _in_the_way(self, column: int) -> int | None:
        """A new meeting that keeps an old one from coming back; None = nothing does."""
        slot = int(self.before[column])
        for people in self.persons:
            other = self.at.get((people[column], slot))
            if other is not None:
                return other
        if self.places[self.mentor[column]] <= 0:
            return self._least("mentor", self.mentor[column])
        if self.wishes[self.mentee[column]] <= 0:
            return self._least("mentee", self.mentee[column])
        return self._least("slot", slot) if self.tables[slot] <= 0 else None

    def _least(self, of: str, number: int) -> int:
        """The new meeting that is worth least, not the only one of its mentee if possible. There is one: all old ones
        together are within every limit."""
        new = [one for one in self.there[of, number] if self.before[one] != self.after[one]]
        return min(new, key=lambda one: (len(self.there["mentee", self.mentee[one]]) == 1, self.points[one], one))

    def _put(self, column: int, slot: int) -> None:
        self.after[column] = slot
        self._count(column, slot, -1)
        for people in self.persons:
            self.at[people[column], slot] = column
        for key in self._keys(column, slot):
            self.there.setdefault(key, set()).add(column)

    def _end(self, column: int) -> None:
        slot = int(self.after[column])
        self.after[column] = -1
        self._count(column, slot, 1)
        for people in self.persons:
            del self.at[people[column], slot]
        for key in self._keys(column, slot):
            self.there[key].discard(column)

    def _keys(self, column: int, slot: int) -> tuple[tuple[str, int], ...]:
        return ("mentor", self.mentor[column]), ("mentee", self.mentee[column]), ("slot", slot)

    def _count(self, column: int, slot: int, by: int) -> None:
        self.places[self.mentor[column]] += by
        self.wishes[self.mentee[column]] += by
        self.tables[slot] += by
