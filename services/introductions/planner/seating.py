"""A plan where not all tables are alike: the engine says who meets whom and when, and where no table suits somebody then,
she gets another time, and everybody else is planned anew around her. Nobody who can sit anywhere keeps a table from
somebody who cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from services.introductions import policies
from services.introductions.planner.bits import bits
from services.introductions.planner.board import Board, Seat, lot
from services.introductions.planner.hall import Hall, needs_of
from services.introductions.planner.problem import Person, Problem
from services.introductions.planner.stretches import Best, Chosen, best
from services.introductions.planner.tables import tables_for

IN_NEED, MOST_TURNS = 4, 7
"""So many plans are for who needs something first, so many in all: hardly any day needs more than two."""
MOST_WAITING, MOST_MENTORS = 200, 50
"""Who is looked at in the end, one by one."""
DEEP = 3
"""So many others change their time, one for the other, before there is none for somebody."""


@dataclass
class _Settled:
    """Meetings that stay as they are from now on, on a board with all of them; and pairs for whom there is no way."""

    board: Board
    tables: dict[Chosen, int] = field(default_factory=dict)
    of_slot: dict[int, set[Chosen]] = field(default_factory=lambda: defaultdict(set))
    apart: set[frozenset[str]] = field(default_factory=set)

    def pair(self, one: Chosen) -> tuple[Seat, Seat]:
        return self.board.seats[one[0]], self.board.seats[one[1]]

    def needs(self, one: Chosen) -> int:
        return needs_of(*(seat.who for seat in self.pair(one)))

    def sit(self, one: Chosen, place: int) -> None:
        self.board.occupy(*self.pair(one), one[2], place)
        self.tables[one] = place
        self.of_slot[one[2]].add(one)

    def rise(self, one: Chosen) -> int:
        place = self.tables.pop(one)
        self.of_slot[one[2]].discard(one)
        self.board.take_back(*self.pair(one), one[2], place)
        return place


def seated(problem: Problem) -> Best:
    """The meetings that the engine finds at tables that suit, and those instead for whom there is none."""
    settled = _Settled(Board(problem))
    first = _turns(settled)
    if _give_way(settled):
        _turns(settled, first=IN_NEED)
    chosen = tuple(sorted(settled.tables, key=lambda one: (one[2], settled.tables[one])))
    value = _value(problem, chosen)
    return Best(
        chosen=chosen, most_served=first.most_served, value=value, bound=first.bound, tables=dict(settled.tables)
    )


def _turns(settled: _Settled, first: int = 0) -> Best:
    """Plan until everybody has a table; what the first plan says of the best there could be."""
    board = settled.board
    found: Best | None = None
    for turn in range(first, MOST_TURNS):
        made = best(_narrowed(board.left(), settled.apart))
        found = found or made
        tables = tables_for(board, made.chosen)
        standing = [one for one in made.chosen if one not in tables]
        in_need = [one for one in standing if settled.needs(one)]
        others_wait = bool(in_need) and turn < IN_NEED
        if others_wait:
            tables = {one: place for one, place in tables.items() if settled.needs(one)}
            standing = in_need
        for one, place in tables.items():
            settled.sit(one, place)
        if not _elsewhere(settled, standing) and not others_wait:
            break
    return found or best(board.left())


def _narrowed(problem: Problem, apart: set[frozenset[str]]) -> Problem:
    """The same, in which nobody is free where no table is for her, and without pairs for whom there is no way."""
    hall = Hall(problem)
    open_points = [hall.open_points(taken) for taken in problem.taken]
    never: dict[str, set[str]] = {}
    for one, other in map(tuple, apart):
        never.setdefault(one, set()).add(other)
        never.setdefault(other, set()).add(one)

    def narrowed(person: Person) -> Person:
        needs, where = needs_of(person.who), dict(person.at)
        if needs or (where and hall.is_wide):
            free = sum(
                1 << number
                for number in bits(person.free)
                if any(hall.suits(at, needs) and hall.in_reach(number, at, where) for at in open_points[number])
            )
            person = replace(person, free=free)
        if person.who.id in never:
            person = replace(person, who=replace(person.who, apart=person.who.apart | never[person.who.id]))
        return person

    return replace(problem, people=tuple(map(narrowed, problem.people)))


def _elsewhere(settled: _Settled, standing: Sequence[Chosen]) -> int:
    """Another time for each, firsts first, by moving others where it must be; for how many there is none: they are not
    planned again."""
    lost = 0

    def rank(one: Chosen) -> tuple[bool, str, str]:
        return settled.board.seats[one[1]].has > 0, lot(one[1]), lot(one[0])

    for one in sorted(standing, key=rank):
        mentor, mentee = settled.pair(one)
        if mentee.wishes <= 0 or not settled.board.may_meet(mentor, mentee) or not _fit(settled, one, DEEP):
            settled.apart.add(frozenset(one[:2]))
            lost += 1
    return lost


def _fit(settled: _Settled, one: Chosen, deep: int, seen: frozenset[int] = frozenset()) -> bool:
    """Seat two in any slot, where there is a table or somebody who has one can change her time."""
    board, (mentor, mentee) = settled.board, settled.pair(one)
    number = next((number for number in board.times(mentor, mentee) if number not in seen), None)
    if number is not None:
        settled.sit((*one[:2], number), board.free_place(mentor, mentee, number))
        return True
    if not deep:
        return False
    for number in bits(board.open_to(mentor) & mentee.free):
        if number in seen or not board.not_too_many_in_a_row(mentor, number):
            continue
        for other in _who_would_make_room(settled, one, number):
            place = settled.rise(other)
            table = board.place_for(mentor, mentee, number)
            if table is not None:
                here = (*one[:2], number)
                settled.sit(here, table)
                if _at_another_table(settled, other) or _fit(settled, other, deep - 1, seen | {number}):
                    return True
                settled.rise(here)
            settled.sit(other, place)
    return False


def _at_another_table(settled: _Settled, one: Chosen) -> bool:
    """The same slot again, where there is one for these two."""
    place = settled.board.place_for(*settled.pair(one), one[2])
    if place is not None:
        settled.sit(one, place)
    return place is not None


def _who_would_make_room(settled: _Settled, one: Chosen, number: int) -> list[Chosen]:
    """Those in a slot at a table that would suit these two; who needs nothing first."""
    hall, needs = settled.board.hall, settled.needs(one)
    where = [seat.at for seat in settled.pair(one)]
    found = [
        other
        for other in settled.of_slot[number]
        if hall is not None and hall.may_be(settled.tables[other], needs, number, where)
    ]
    return sorted(found, key=lambda other: (settled.needs(other), lot(other[1]), lot(other[0])))


def _give_way(settled: _Settled) -> bool:
    """Whoever needs something and has nothing gets what others could do without; whether somebody gave something up."""
    gave = False
    board = settled.board
    waiting = [seat for seat in board.seats.values() if needs_of(seat.who) and seat.wishes > 0 and not seat.has]
    for mentee in sorted(waiting, key=lambda seat: lot(seat.who.id))[:MOST_WAITING]:
        for mentor in islice(_mentors_of(board, mentee), MOST_MENTORS):
            one = (mentor.who.id, mentee.who.id, 0)
            if _fit(settled, one, 1):
                break
            if _take(settled, one):
                gave = True
                break
    return gave


def _mentors_of(board: Board, mentee: Seat) -> Iterator[Seat]:
    """Who could meet her, the best fit first, tables aside."""
    fitting = [seat for seat in board.givers if board.open_to(seat) & mentee.free and board.may_meet(seat, mentee)]
    weights = board.problem.weights
    yield from sorted(fitting, key=lambda seat: (-policies.score(seat.who, mentee.who, weights), lot(seat.who.id)))


def _take(settled: _Settled, one: Chosen) -> bool:
    """Seat two at the table of somebody who needs nothing and has no other time: a second introduction before a first."""
    board, (mentor, mentee) = settled.board, settled.pair(one)
    found = [
        other
        for number in bits(board.open_to(mentor) & mentee.free)
        if board.not_too_many_in_a_row(mentor, number)
        for other in _who_would_make_room(settled, one, number)
        if not settled.needs(other)
    ]
    for other in sorted(found, key=lambda other: board.seats[other[1]].has < 2):
        place = settled.rise(other)
        table = board.place_for(mentor, mentee, other[2])
        if table is not None and board.open_to(mentor) >> other[2] & 1:
            settled.sit((*one[:2], other[2]), table)
            return True
        settled.sit(other, place)
    return False


def _value(problem: Problem, chosen: Sequence[Chosen]) -> int:
    """Points of all pairs less what a mentee's second, third ... introduction costs."""
    people = {person.who.id: person for person in problem.people}
    has = {name: person.has for name, person in people.items()}
    value = 0
    for mentor, mentee, _number in chosen:
        value += policies.score(people[mentor].who, people[mentee].who, problem.weights) - problem.another * has[mentee]
        has[mentee] += 1
    return value
