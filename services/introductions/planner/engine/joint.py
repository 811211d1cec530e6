"""Who meets whom and when as one linear program: pairs and slots together. It solves nothing and proves nothing.

One variable for each pair and slot in which both are free, and one for each unit step of a mentee. Rows: everybody once in a
slot (somebody with both roles is one person), capacities, the tables of each slot, each pair once, and each mentee has as
many meetings as unit steps, whose gains do not rise. What a model asks for beyond these rows is relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from services.introductions.planner.engine.model import Integers, Model, Room
from services.introductions.planner.engine.pairs import Columns
from services.introductions.planner.highs import Program


@dataclass(frozen=True, kw_only=True)
class Joint:
    """Maximise the points of pairs and the gains of unit steps, with at least so many first meetings."""

    model: Model
    room: Room
    pairs: Columns
    """All pairs that may meet, with their points here."""
    unit_mentee: Integers
    """[units] whose."""
    unit_gain: Integers
    """[units] points; a mentee's do not rise in their order."""
    unit_first: npt.NDArray[np.bool_]
    """[units] whether she is served by it and not otherwise."""
    least_first: int

    def common(self, pairs: Integers) -> Integers:
        """[n] slots in which both of these pairs are free, as bits."""
        free, model = self.room.free, self.model
        found: Integers = free[model.mentors[self.pairs.mentor[pairs]]] & free[model.mentees[self.pairs.mentee[pairs]]]
        return found

    def meetings(self, pairs: Integers) -> tuple[Integers, Integers]:
        """(pair, slot) of all meetings that these pairs can have."""
        row, slot = np.nonzero(self.common(pairs)[:, None] >> np.arange(self.model.slots) & 1)
        return pairs[row], slot

    def worth(self, pairs: Integers) -> int:
        """Points of pairs that meet, with the first unit steps of each mentee."""
        count = np.bincount(self.pairs.mentee[pairs], minlength=len(self.model.mentees))
        number = np.arange(len(self.unit_mentee)) - np.searchsorted(self.unit_mentee, self.unit_mentee)
        taken = number < count[self.unit_mentee]
        return int(self.pairs.points[pairs].sum() + self.unit_gain[taken].sum())

    def rows(self, pair: Integers, slot: Integers) -> tuple[tuple[Integers, Integers], ...]:
        """Of each kind (which row every meeting is in, how much each row allows): slots of people, mentors, slots,
        pairs. Both sides of a meeting are in the first kind, one after the other."""
        model = self.model
        people = (model.mentors[self.pairs.mentor[pair]], model.mentees[self.pairs.mentee[pair]])
        person = np.concatenate([one * model.slots + slot for one in people])
        return (
            (person, np.ones(model.people * model.slots, np.int64)),
            (self.pairs.mentor[pair], self.room.capacity),
            (slot, self.room.tables),
            (pair, np.ones(len(self.pairs.mentee), np.int64)),
        )

    def program(self, pair: Integers, slot: Integers, *, more_than: int | None = None, nodes: int = 0) -> Program:
        """Over these meetings; with `nodes` in whole numbers, and with `more_than` only what is worth more."""
        count, units = len(pair), len(self.unit_mentee)
        gain = np.concatenate([self.pairs.points[pair], self.unit_gain]).astype(np.float64)
        first = np.concatenate([np.zeros(count), -self.unit_first.astype(np.float64)])
        parts, most = [csr_matrix(first[None, :])], [np.array([-float(self.least_first)])]
        for key, allowed in self.rows(pair, slot):
            used, row = np.unique(key, return_inverse=True)
            variable = np.tile(np.arange(count), len(key) // count)
            parts.append(csr_matrix((np.ones(len(key)), (row, variable)), shape=(len(used), count + units)))
            most.append(allowed[used].astype(np.float64))
        if more_than is not None:
            parts.append(csr_matrix(-gain[None, :]))
            most.append(np.array([-more_than - 0.5]))  # as far from the one answer as from the other
        mentees = len(self.model.mentees)
        mentee = np.concatenate([self.pairs.mentee[pair], self.unit_mentee])
        sign = np.repeat([1.0, -1.0], [count, units])
        parts.append(csr_matrix((sign, (mentee, np.arange(count + units))), shape=(mentees, count + units)))
        most.append(np.zeros(mentees))
        return Program(
            gain=gain,
            rows=vstack(parts, format="csr"),
            most=np.concatenate(most),
            equal=mentees,
            whole=count if nodes else 0,
            nodes=nodes,
        )


def value_of(model: Model, room: Room, pairs: Columns, least_first: int) -> Joint:
    """Most value with at least so many new people served."""
    mentee, has = room.units()
    return Joint(
        model=model,
        room=room,
        pairs=pairs,
        unit_mentee=mentee,
        unit_gain=-model.attention[has],
        unit_first=has == 0,
        least_first=least_first,
    )


def served_of(model: Model, room: Room, pairs: Columns) -> Joint:
    """Most new people served: one meeting each is enough, and what it is worth does not matter."""
    new = np.flatnonzero((room.wish > 0) & (room.has == 0))
    some = np.isin(pairs.mentee, new)
    none = np.zeros(int(some.sum()), np.int64)
    return Joint(
        model=model,
        room=room,
        pairs=Columns(mentee=pairs.mentee[some], mentor=pairs.mentor[some], points=none),
        unit_mentee=new,
        unit_gain=np.ones(len(new), np.int64),
        unit_first=np.ones(len(new), bool),
        least_first=0,
    )
