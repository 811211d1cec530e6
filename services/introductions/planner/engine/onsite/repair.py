"""What is done at once for those who lost a meeting or came: a direct place, else a short chain of proposals that give
way, verified and taken back where it does not work out. It touches nothing that is agreed or over; what it leaves is for
`warm`. Effort is counted in tries, so that a moment is never long and never depends on a clock."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from services.introductions.planner.bits import bits
from services.introductions.planner.engine.onsite.candidates import Candidates
from services.introductions.planner.engine.onsite.state import Pair, State

TRIES = 120
"""Proposals that are asked to give way after one event."""
MOST_ASKED = 150
"""Mentors of a mentee who are asked for more than a free place."""
MOST_AT_TABLES = 30
"""Meetings of a full slot that are asked to move to another one."""
DEPTHS = (1, 2)
"""Mentees who take each other's mentors before the last finds a free place."""
HANDED_ON = 3
"""Mentors one after the other whose free place is offered, as each switch frees another one."""
OFFERS = 30
"""Free places that are offered after one event."""

NOBODY = -1


class _Chance(NamedTuple):
    """Somebody a mentor could meet instead of having a place free."""

    gain: int
    points: int
    mentee: int
    instead: int
    """The mentor she leaves for it, -1 = none."""


class Repair:
    """Over one state; `begin` before each event."""

    def __init__(self, state: State, candidates: Candidates) -> None:
        self.state, self.candidates = state, candidates
        self.tries = self.offers = 0

    def begin(self) -> None:
        """There is something to do."""
        self.tries, self.offers = TRIES, OFFERS

    def hold_again(self, pair: Pair, points: int) -> bool:
        """The same two at another time, if there is one."""
        state = self.state
        slots = state.common(pair)
        if not (slots and state.may(pair) and state.has_place(pair[0]) and state.wants_more(pair[1])):
            return False
        state.put(pair, state.best_slot(pair, slots), points)
        return True

    def look_after(self, mentee: int) -> None:
        """A first meeting, whoever must give way; further ones where there is a place."""
        if not self.state.wants_more(mentee):
            return
        if not self.state.takes[mentee] and not self._first(mentee):
            return
        while self.state.wants_more(mentee) and self._directly(mentee):
            pass

    def _first(self, mentee: int) -> bool:
        if not self.state.free(self.state.mentees[mentee]) and not self._gives_somewhere(mentee):
            return False
        if self._directly(mentee) or self._by_chain(mentee):
            return True
        return self.candidates.widen(mentee) and (self._directly(mentee) or self._by_chain(mentee))

    def _gives_somewhere(self, mentee: int) -> bool:
        return self.state.mentees[mentee] in self.state.mentor_row

    def _directly(self, mentee: int) -> bool:
        """The best mentor who has a place and a time for her."""
        state = self.state
        least = -state.next_cost(mentee) if state.takes[mentee] else 1
        for worth, mentor in self.candidates.of_mentee(mentee):
            if worth >= least:
                return False
            if state.has_place(mentor) and (slots := state.common((mentor, mentee))) and state.may((mentor, mentee)):
                state.put((mentor, mentee), state.best_slot((mentor, mentee), slots), -worth)
                return True
        return False

    def _by_chain(self, mentee: int) -> bool:
        if self._by_another_time(mentee):
            return True
        return any(self._instead(mentee, depth, {mentee}) for depth in DEPTHS)

    # --- another meeting moves in time

    def _by_another_time(self, mentee: int) -> bool:
        """Meet a mentor who has a place but no time that suits, by moving one meeting."""
        return any(
            self._at_another_time((mentor, mentee), -worth)
            for worth, mentor in self.candidates.of_mentee(mentee)[:MOST_ASKED]
            if self.state.has_place(mentor) and self.state.may((mentor, mentee))
        )

    def _at_another_time(self, pair: Pair, points: int) -> bool:
        state = self.state
        there = state.there[state.mentors[pair[0]]] & state.there[state.mentees[pair[1]]] & (-1 << state.now)
        return any(self.tries > 0 and self._in(pair, slot, points) for slot in bits(there))

    def _in(self, pair: Pair, slot: int, points: int) -> bool:
        """Whether one meeting could leave the slot so that these two meet in it, and did."""
        state = self.state
        persons = (state.mentors[pair[0]], state.mentees[pair[1]])
        blocking = [one for person in persons if (one := state.at.get(person * state.slots + slot)) is not None]
        if len(blocking) > 1:
            return False
        moving = blocking or list(islice(state.seats[slot].values(), MOST_AT_TABLES))
        if not any(self._moved(one, slot) for one in moving):
            return bool(blocking) and self._ousted(blocking[0], pair, slot, points)
        state.put(pair, slot, points)
        return True

    def _ousted(self, gone: Pair, pair: Pair, slot: int, points: int) -> bool:
        """Whether a meeting could end for this one because its mentee has another, or finds one. So somebody with both
        roles who gives in all her slots gets a meeting of her own."""
        state = self.state
        if not state.loose(gone):
            return False
        mark = len(state.journal)
        state.take(gone)
        state.put(pair, slot, points)
        if state.takes[gone[1]] or self._directly(gone[1]):
            return True
        state.undo(mark)
        return False

    def _moved(self, pair: Pair, slot: int) -> bool:
        """Whether this proposal could go to another slot, and did."""
        state = self.state
        self.tries -= 1
        slots = state.common(pair) & ~(1 << slot)
        if not slots or not state.loose(pair):
            return False
        held = state.take(pair)
        state.put(pair, state.best_slot(pair, slots), held.points)
        return True

    # --- another mentee gives her place

    def _instead(self, mentee: int, depth: int, asked: set[int]) -> bool:
        """Take the place of a mentee who finds another one (along at most `depth` mentees), else of one who has a second
        meeting; the mentee must be without a meeting."""
        costs: list[tuple[int, int, Pair, int]] = []
        for worth, mentor in self.candidates.of_mentee(mentee)[:MOST_ASKED]:
            if not self.state.may((mentor, mentee)):
                continue
            for other in list(self.state.gives[mentor]):
                if other in asked or self.tries <= 0 or not self._could_take(mentor, other, mentee):
                    continue
                if len(self.state.takes[other]) > 1:
                    costs.append((self.state.loss((mentor, other)) + worth, mentor, (mentor, other), -worth))
                elif self._handed(mentor, other, mentee, -worth, depth, asked):
                    return True
        if not costs:
            return False
        _cost, mentor, pair, points = min(costs)
        self._take_place(mentor, pair[1], mentee, points)
        return True

    def _handed(self, mentor: int, other: int, mentee: int, points: int, depth: int, asked: set[int]) -> bool:
        """Whether `other` could be served elsewhere once her place is taken; nothing changes where not."""
        asked.add(other)
        self.tries -= 1
        mark = len(self.state.journal)
        self._take_place(mentor, other, mentee, points)
        if self._directly(other) or (depth > 1 and self._instead(other, depth - 1, asked)):
            return True
        self.state.undo(mark)
        return False

    def _could_take(self, mentor: int, other: int, mentee: int) -> bool:
        """Whether the meeting of the two may change and leaves a time for the mentee."""
        return self.state.loose((mentor, other)) and self._slots_without((mentor, other), (mentor, mentee)) != 0

    def _take_place(self, mentor: int, other: int, mentee: int, points: int) -> None:
        state, pair = self.state, (mentor, mentee)
        state.take((mentor, other))
        state.put(pair, state.best_slot(pair, state.common(pair)), points)

    def _slots_without(self, gone: Pair, pair: Pair) -> int:
        """Slots in which a pair could meet if another pair with one of them did not."""
        state = self.state
        bit = 1 << state.meetings[gone].slot
        one, other = state.mentors[pair[0]], state.mentees[pair[1]]
        mine = (state.mentors[gone[0]], state.mentees[gone[1]])
        free = [~state.busy[person] | (bit if person in mine else 0) for person in (one, other)]
        return state.there[one] & state.there[other] & free[0] & free[1] & (state.open | bit)

    # --- a mentor's place is free

    def offer(self, mentor: int, again: int = HANDED_ON) -> None:
        """Give her free places to who gains most: who has no meeting first."""
        while self.offers > 0 and self.state.has_place(mentor) and self.state.free(self.state.mentors[mentor]):
            self.offers -= 1
            if self._to_who_has_none(mentor):
                continue
            chance = self._best_chance(mentor)
            if chance is None:
                return
            if chance.instead != NOBODY:
                self.state.take((chance.instead, chance.mentee))
            pair = (mentor, chance.mentee)
            self.state.put(pair, self.state.best_slot(pair, self.state.common(pair)), chance.points)
            if chance.instead != NOBODY and again > 0:
                self.offer(chance.instead, again - 1)

    def _to_who_has_none(self, mentor: int) -> bool:
        state = self.state
        there = state.there[state.mentors[mentor]] & (-1 << state.now)
        waiting = [one for one in sorted(state.waiting) if there & state.there[state.mentees[one]]]
        ranked = self.candidates.among(mentor, waiting) if waiting else []
        pairs = [((mentor, mentee), -worth) for worth, mentee in ranked if state.may((mentor, mentee))]
        return any(self.hold_again(*one) for one in pairs) or any(self._at_another_time(*one) for one in pairs)

    def _best_chance(self, mentor: int) -> _Chance | None:
        best: _Chance | None = None
        for worth, mentee in self.candidates.of_mentor(mentor):
            least = best.gain if best else 0
            if -worth <= least:
                break
            best = self._chance(mentor, mentee, -worth, least) or best
        return best

    def _chance(self, mentor: int, mentee: int, points: int, least: int) -> _Chance | None:
        """What she could be for this mentee, if it gains more than `least`: another meeting, or one instead of another."""
        state, found = self.state, None
        taken = state.takes[mentee]
        if not taken or not state.may((mentor, mentee)):
            return None
        if len(taken) < state.wish[mentee]:
            gain = points - state.attention[len(taken)]
            if gain > least and state.common((mentor, mentee)):
                found, least = _Chance(gain, points, mentee, NOBODY), gain
        for other in taken:
            held = state.meetings[other, mentee]
            gain = points - held.points - state.stay.get(held.status, 0)
            if gain > least and state.loose((other, mentee)) and self._slots_without((other, mentee), (mentor, mentee)):
                found, least = _Chance(gain, points, mentee, other), gain
        return found
