"""A day's plan: the best meetings that the engine finds, as proposals with places and reasons. The same problem always
gives the same plan. Only `planner.plan` imports this module, when there is something to compute: it brings the solvers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.introductions import policies
from services.introductions.planner.board import Board, lot
from services.introductions.planner.exploring import draw
from services.introductions.planner.pinned import place_pins
from services.introductions.planner.problem import Found, Meeting, Plan, Problem
from services.introductions.planner.reserve import Reserve
from services.introductions.planner.room import make_room
from services.introductions.planner.seating import seated
from services.introductions.planner.stretches import Best, Chosen, best


def make(problem: Problem) -> Plan:
    """The meetings to propose now."""
    return on_a_board(problem)[0]


def on_a_board(problem: Problem) -> tuple[Plan, Board]:
    """(those of people who must meet, what chance chooses, then the best of all others; the board with all of them)."""
    board = Board(problem)
    pinned, not_pinned = place_pins(board) if problem.pins else ((), ())
    drawn = _drawn(board, board.left() if pinned else problem) if problem.exploration else ()
    first = (*pinned, *drawn)
    made = _best(board.left() if first else problem)
    meetings = tuple(_with_a_reserve(board, made) if problem.reserve else _placed(board, made, made.chosen))
    plan = Plan(
        meetings=(*first, *meetings),
        changes=make_room(board) if problem.open else (),
        held_back=len(meetings) < len(made.chosen),
        not_pinned=not_pinned,
        found=_found(problem, first, meetings, made),
    )
    return plan, board


def _best(problem: Problem) -> Best:
    """The meetings that the engine finds, at tables that suit where not all tables are alike."""
    return seated(problem) if problem.points else best(problem)


def _drawn(board: Board, problem: Problem) -> tuple[Meeting, ...]:
    """Some second introductions with mentors whom chance chose, placed on the board; the rest is planned around them."""
    trial, seats = Board(problem), board.seats
    made = _best(problem)
    firsts, others = _firsts(trial, made.chosen)
    for one in firsts:
        trial.occupy(trial.seats[one[0]], trial.seats[one[1]], one[2], _table(trial, made, one))
    return tuple(
        replace(board.place(seats[one.mentor], seats[one.mentee], one.number, one.place), probability=one.probability)
        for one in draw(trial, others)
    )


def _found(problem: Problem, pinned: tuple[Meeting, ...], meetings: tuple[Meeting, ...], made: Best) -> Found:
    new = {person.who.id for person in problem.people if not person.has}
    firsts = new & {meeting.mentee for meeting in pinned}
    return Found(
        served=len(firsts | new & {meeting.mentee for meeting in meetings}),
        most_served=made.most_served + len(firsts),
        value=made.value,
        bound=made.bound,
    )


def _with_a_reserve(board: Board, made: Best) -> Iterator[Meeting]:
    """Firsts; then others, the best first, as long as enough is left for the firsts of who is still to come."""
    firsts, others = _firsts(board, made.chosen)
    yield from _placed(board, made, firsts)
    reserve = Reserve(board)
    for one in others:
        mentor = board.seats[one[0]]
        if reserve.lets(mentor):
            reserve.took(mentor)
            yield from _placed(board, made, [one])


def _firsts(board: Board, chosen: Sequence[Chosen]) -> tuple[list[Chosen], list[Chosen]]:
    """(the best meeting of each who has none yet, the others, the best first)."""

    def worst_last(one: Chosen) -> tuple[int, str, int]:
        mentor, mentee = board.seats[one[0]].who, board.seats[one[1]].who
        return -policies.score(mentor, mentee, board.problem.weights), lot(mentee.id), one[2]

    firsts: list[Chosen] = []
    others: list[Chosen] = []
    served = {name for name, seat in board.seats.items() if seat.has}
    for one in sorted(chosen, key=worst_last):
        (others if one[1] in served else firsts).append(one)
        served.add(one[1])
    return firsts, others


def _placed(board: Board, made: Best, chosen: Iterable[Chosen]) -> Iterator[Meeting]:
    for one in chosen:
        yield board.place(board.seats[one[0]], board.seats[one[1]], one[2], _table(board, made, one))


def _table(board: Board, made: Best, one: Chosen) -> int:
    if made.tables:
        return made.tables[one]
    return board.free_place(board.seats[one[0]], board.seats[one[1]], one[2])
