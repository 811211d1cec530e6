"""What each event makes impossible or possible at once, before anything is repaired. It refuses what cannot have happened,
and never looks for another meeting."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.introductions.planner.bits import bits
from services.introductions.planner.engine.onsite.candidates import Candidates
from services.introductions.planner.engine.onsite.events import (
    Answer,
    Event,
    OfAPerson,
    SlotPassed,
    TablesLost,
    WalkIn,
    refuse,
)
from services.introductions.planner.engine.onsite.state import Held, Pair, State, Status


@dataclass(kw_only=True)
class Left:
    """What there is to do after an event, in the order in which it came."""

    lost: list[tuple[Pair, int]] = field(default_factory=list)
    """Meetings that cannot be where they were, with their points: the pair may meet at another time."""
    mentees: list[int] = field(default_factory=list)
    mentors: list[int] = field(default_factory=list)


class Happening:
    """Events, applied to a state."""

    def __init__(self, state: State, candidates: Candidates) -> None:
        self.state, self.candidates = state, candidates
        self.proposed = set(state.meetings)
        """Everybody who was ever proposed to each other."""
        self.agreed = {pair: held.slot for pair, held in state.meetings.items() if held.status == Status.AGREED}
        self.void: list[Pair] = []
        """Agreed meetings that could not be kept: somebody is not there, or no table is."""
        self.too_late = 0
        """Answers about proposals that had been withdrawn, or were over."""

    def of(self, event: Event) -> Left:
        """Apply one event. Raises BadEvents, and then has changed nothing."""
        if isinstance(event, OfAPerson):
            return {"check-in": self._check_in, "leave": self._leave, "late": self._late}[event.kind](event)
        if isinstance(event, Answer):
            return self._answer(event)
        if isinstance(event, WalkIn):
            return self._walk_in(event)
        return self._tables_lost(event) if isinstance(event, TablesLost) else self._slot_passed(event)

    def _check_in(self, event: OfAPerson) -> Left:
        """She is there: what `late` or `leave` took of the time to come is hers again."""
        self.state.there[event.person] |= self.state.registered[event.person] & (-1 << self.state.now)
        return self._roles(event.person)

    def _roles(self, person: int) -> Left:
        asks, gives = self.state.mentee_row.get(person), self.state.mentor_row.get(person)
        return Left(mentees=[] if asks is None else [asks], mentors=[] if gives is None else [gives])

    def _walk_in(self, event: WalkIn) -> Left:
        one = event.arrival
        capacity = int(one.capacity[0]) if len(one.mentors) else None
        wish = int(one.wish[0]) if len(one.mentees) else None
        person = self.state.add(int(one.available[0]), capacity, wish)
        self.candidates.add(one)
        return self._roles(person)

    def _leave(self, event: OfAPerson) -> Left:
        return self._away(event.person, -1 << max(self.state.now, event.slot or 0))

    def _late(self, event: OfAPerson) -> Left:
        return self._away(event.person, (-1 << self.state.now) & ((1 << (event.slot or 0)) - 1))

    def _away(self, person: int, slots: int) -> Left:
        state, left = self.state, Left()
        state.there[person] &= ~slots
        for slot in bits(state.busy[person] & slots & ((1 << state.slots) - 1)):
            self._lose(state.at[person * state.slots + slot], left)
        return left

    def _lose(self, pair: Pair, left: Left) -> None:
        self._is_lost(pair, self.state.take(pair), left)

    def _is_lost(self, pair: Pair, held: Held, left: Left) -> None:
        if held.status == Status.AGREED:
            self.void.append(pair)
            del self.agreed[pair]
        left.lost.append((pair, held.points))

    def _answer(self, event: Answer) -> Left:
        pair = (self.state.mentor_row[event.mentor], self.state.mentee_row[event.mentee])
        held = self.state.meetings.get(pair)
        if held is None and pair not in self.proposed:
            refuse(event.place, "these two were never proposed to each other.")
        if held is None or held.slot < self.state.now:
            self.too_late += 1
            if held is None and event.kind == "decline":
                self.state.declined.add(pair)
            return Left()
        if event.kind == "decline":
            return self._decline(event, pair, held)
        if held.status < (status := Status.AGREED if event.kind == "accept" else Status.SEEN):
            self.state.answered(pair, status)
            if status == Status.AGREED:
                self.agreed[pair] = held.slot
        return Left()

    def _decline(self, event: Answer, pair: Pair, held: Held) -> Left:
        if held.status == Status.AGREED:
            refuse(event.place, "this meeting is agreed; who cannot come leaves or is late.")
        self.state.take(pair)
        self.state.declined.add(pair)
        return Left(mentees=[pair[1]], mentors=[pair[0]])

    def _tables_lost(self, event: TablesLost) -> Left:
        state, left = self.state, Left()
        if event.slot is not None and event.slot < state.now:
            refuse(f"{event.place}.slot", f"slot {event.slot} is over.")
        slots = range(state.now, state.slots) if event.slot is None else [event.slot]
        if event.slot is not None and event.tables > state.tables[event.slot]:
            refuse(f"{event.place}.tables", f"slot {event.slot} has only {state.tables[event.slot]}.")
        for slot in slots:
            self._fewer(slot, max(0, state.tables[slot] - event.tables), left)
        return left

    def _fewer(self, slot: int, count: int, left: Left) -> None:
        """Who sits at a table that is gone takes a free one; then proposals make room, the least worth first."""
        state = self.state
        homeless = [(pair, state.take(pair)) for pair in state.in_slot(slot) if state.meetings[pair].table >= count]
        state.set_tables(slot, count)
        seated = [(*self._worth(pair, state.meetings[pair], 1), pair) for pair in state.in_slot(slot)]
        least = sorted((one for one in seated if state.loose(one[-1])), reverse=True)
        homeless.sort(key=lambda one: (one[1].status == Status.AGREED, self._worth(*one)))
        for pair, held in reversed(homeless):
            worth = self._worth(pair, held)
            if not state.vacant[slot] and least and (held.status == Status.AGREED or least[-1][:2] < worth):
                self._lose(least.pop()[-1], left)
            if state.vacant[slot]:
                state.put(pair, slot, held.points, held.status)
            else:
                self._is_lost(pair, held, left)

    def _worth(self, pair: Pair, held: Held, itself: int = 0) -> tuple[bool, int]:
        """Whether the mentee has no other meeting (`itself` = 1 while it is counted), and its points."""
        return len(self.state.takes[pair[1]]) == itself, held.points

    def _slot_passed(self, event: SlotPassed) -> Left:
        if event.slot >= self.state.now:
            self.state.close_before(event.slot + 1)
        return Left()
