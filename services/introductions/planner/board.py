"""The state of a plan while it is made: who is free when, which tables are left, what mentors can still take. It knows
what may not be, never what would be best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.introductions import policies
from services.introductions.planner.hall import Hall, needs_of
from services.introductions.planner.problem import Meeting, Person, Problem
from shared.contracts.introduction import Reason


def lot(who: str) -> str:
    """What decides between equals. An id begins with the time at which it was made, and nobody is to be served before
    others for having registered before them; its end is random."""
    return who[::-1]


class Seat:
    """One person on the board; changes as meetings are placed."""

    __slots__ = ("at", "busy", "free", "gives", "halves", "has", "load", "person", "proposals", "who", "wishes")

    def __init__(self, person: Person) -> None:
        self.person, self.who, self.gives = person, person.who, person.gives
        self.free, self.busy = person.free, person.busy
        self.has, self.wishes = person.has, person.wishes
        self.load, self.halves, self.proposals = person.load, list(person.halves), person.proposals
        self.at = dict(person.at)


class Board:
    """A day with its people."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.seats = {person.who.id: Seat(person) for person in problem.people}
        self.givers = tuple(seat for seat in self.seats.values() if seat.gives)
        self.taken = [set(places) for places in problem.taken]
        self.pins = frozenset(problem.pins)
        self.hall = Hall(problem) if problem.points else None
        self.placed: set[frozenset[str]] = set()
        self.half_masks = tuple(
            sum(1 << number for number, time in enumerate(problem.times) if time.half == half)
            for half in range(1 + max((time.half for time in problem.times), default=0))
        )
        self.at_position = {time.position: number for number, time in enumerate(problem.times)}
        self.with_tables = sum(
            1 << number for number in range(len(problem.times)) if len(self.taken[number]) < len(problem.places)
        )

    def may_meet(self, mentor: Seat, mentee: Seat) -> bool:
        """Whether the rules allow it, and this plan does not introduce them already."""
        if frozenset((mentor.who.id, mentee.who.id)) in self.placed:
            return False
        if (mentor.who.id, mentee.who.id) in self.pins:
            known = mentor.who.id in mentee.who.known or mentee.who.id in mentor.who.known
            return not known and policies.why_not(mentor.who, mentee.who, policies.PINNED) is None
        return policies.why_not(mentor.who, mentee.who) is None

    def open_to(self, seat: Seat) -> int:
        """The slots in which a mentor can still take a meeting, by her load and her time."""
        if seat.proposals <= 0 or not seat.gives:
            return 0
        if seat.load is not None:
            return seat.free if seat.load > 0 else 0
        return sum(seat.free & mask for mask, left in zip(self.half_masks, seat.halves, strict=False) if left > 0)

    def spare(self, seat: Seat) -> int:
        """How many more meetings a mentor can take."""
        free = self.open_to(seat)
        if seat.load is not None:
            return min(seat.load, free.bit_count(), seat.proposals)
        halves = sum(
            min(left, (free & mask).bit_count())
            for mask, left in zip(self.half_masks, seat.halves, strict=False)
            if left > 0
        )
        return min(halves, seat.proposals)

    def common(self, mentor: Seat, mentee: Seat) -> int:
        """The slots in which both could meet at a table, in-a-row aside."""
        return self.open_to(mentor) & mentee.free & self.with_tables

    def times(self, mentor: Seat, mentee: Seat) -> Iterator[int]:
        """The slots in which both could meet, the emptiest first, the earlier on ties."""
        mask = self.common(mentor, mentee)
        numbers = [number for number in range(len(self.problem.times)) if mask >> number & 1]
        for number in sorted(numbers, key=lambda number: (len(self.taken[number]), number)):
            if self.not_too_many_in_a_row(mentor, number) and self.has_place(mentor, mentee, number):
                yield number

    def has_place(self, mentor: Seat, mentee: Seat, number: int) -> bool:
        """Whether a slot in which there is a free table has one that suits both."""
        return self.hall is None or self.place_for(mentor, mentee, number) is not None

    def not_too_many_in_a_row(self, mentor: Seat, number: int) -> bool:
        """Whether a mentor has a break soon enough when she takes this slot, too."""
        position, row = self.problem.times[number].position, 1
        for step in (-1, 1):
            at = position + step
            while at in self.at_position and mentor.busy >> self.at_position[at] & 1:
                row, at = row + 1, at + step
        return row <= self.problem.in_a_row

    def place_for(self, mentor: Seat, mentee: Seat, number: int, wanted: tuple[str, int] | None = None) -> int | None:
        """A free table of a slot that suits both, the wanted one where it is free and does; None = there is none."""
        places, taken = self.problem.places, self.taken[number]
        wish = places.index(wanted) if wanted in places else None
        if self.hall is not None:
            return self.hall.place_for(needs_of(mentor.who, mentee.who), number, taken, (mentor.at, mentee.at), wish)
        if wish is not None and wish not in taken:
            return wish
        return next((place for place in range(len(places)) if place not in taken), None)

    def free_place(self, mentor: Seat, mentee: Seat, number: int, wanted: tuple[str, int] | None = None) -> int:
        """The same, of a slot of which it is known that there is one."""
        place = self.place_for(mentor, mentee, number, wanted)
        if place is None:
            raise LookupError("no table suits both")
        return place

    def lift(self, mentor: Seat, mentee: Seat, number: int, place: int) -> None:
        """Take a meeting off the board; that it was proposed stays counted."""
        bit = 1 << number
        for seat in (mentor, mentee):
            seat.free |= bit
            seat.busy &= ~bit
            seat.at.pop(number, None)
        mentee.has, mentee.wishes = mentee.has - 1, mentee.wishes + 1
        if mentor.load is not None:
            mentor.load += 1
        else:
            mentor.halves[self.problem.times[number].half] += 1
        self.taken[number].discard(place)
        self.with_tables |= bit

    def put_back(self, mentor: Seat, mentee: Seat, number: int, place: int) -> None:
        """The reverse of `lift`."""
        self.occupy(mentor, mentee, number, place)
        mentor.proposals += 1
        self.placed.discard(frozenset((mentor.who.id, mentee.who.id)))

    def take_back(self, mentor: Seat, mentee: Seat, number: int, place: int) -> None:
        """The reverse of `place`."""
        self.lift(mentor, mentee, number, place)
        mentor.proposals += 1
        self.placed.discard(frozenset((mentor.who.id, mentee.who.id)))

    def left(self) -> Problem:
        """What is still to be planned, with everybody as she is now."""
        partners = self._partners()
        people = tuple(
            replace(
                seat.person,
                who=replace(seat.who, known=seat.who.known | partners[seat.who.id]),
                free=seat.free,
                busy=seat.busy,
                has=seat.has,
                wishes=seat.wishes,
                load=seat.load,
                halves=tuple(seat.halves),
                proposals=seat.proposals,
                at=tuple(seat.at.items()) if self.hall is not None else (),
            )
            for seat in self.seats.values()
        )
        return replace(self.problem, people=people, taken=tuple(map(frozenset, self.taken)), pins=())

    def _partners(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {name: set() for name in self.seats}
        for one, other in map(tuple, self.placed):
            found[one].add(other)
            found[other].add(one)
        return {name: frozenset(others) for name, others in found.items()}

    def place(self, mentor: Seat, mentee: Seat, number: int, place: int) -> Meeting:
        """Put a meeting on the board; what is to be proposed."""
        self.occupy(mentor, mentee, number, place)
        terms, reasons = policies.account_for(mentor.who, mentee.who)
        if (mentor.who.id, mentee.who.id) in self.pins:
            reasons = (*reasons, Reason(kind="organizer"))
        point, table = self.problem.places[place]
        return Meeting(
            mentor=mentor.who.id,
            mentee=mentee.who.id,
            slot=self.problem.times[number].id,
            meeting_point=point,
            table=table,
            reasons=reasons,
            terms=terms,
        )

    def occupy(self, mentor: Seat, mentee: Seat, number: int, place: int) -> None:
        """What a meeting takes from both and from its slot."""
        self.placed.add(frozenset((mentor.who.id, mentee.who.id)))
        bit = 1 << number
        for seat in (mentor, mentee):
            seat.free &= ~bit
            seat.busy |= bit
            seat.at[number] = place
        mentee.has, mentee.wishes, mentor.proposals = mentee.has + 1, mentee.wishes - 1, mentor.proposals - 1
        if mentor.load is not None:
            mentor.load -= 1
        else:
            mentor.halves[self.problem.times[number].half] -= 1
        self.taken[number].add(place)
        if len(self.taken[number]) >= len(self.problem.places):
            self.with_tables &= ~bit
