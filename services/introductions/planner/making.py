"""A day's plan: the best meetings that the engine finds, as proposals with places and reasons. The same problem always
gives the same plan. Only `planner.plan` imports this module, when there is something to compute: it brings the solvers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.introductions import policies
from services.introductions.planner import engine
from services.introductions.planner.arrays import arrays_of, lot
from services.introductions.planner.board import Board
from services.introductions.planner.problem import Meeting, Plan, Problem
from services.introductions.planner.reserve import Reserve

Chosen = tuple[str, str, int]
"""Mentor, mentee, number of the slot."""


def make(problem: Problem) -> Plan:
    """The meetings to propose now."""
    arrays, board = arrays_of(problem), Board(problem)
    chosen = list(arrays.meetings_of(engine.plan(arrays.model)))
    if not problem.reserve:
        return Plan(meetings=tuple(_placed(board, chosen)))
    firsts, others = _firsts(board, chosen)
    meetings = list(_placed(board, firsts))
    reserve = Reserve(board)
    for one in others:
        mentor = board.seats[one[0]]
        if reserve.lets(mentor):
            reserve.took(mentor)
            meetings.extend(_placed(board, [one]))
    return Plan(meetings=tuple(meetings), held_back=len(meetings) < len(chosen))


def _firsts(board: Board, chosen: list[Chosen]) -> tuple[list[Chosen], list[Chosen]]:
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


def _placed(board: Board, chosen: Iterable[Chosen]) -> Iterator[Meeting]:
    for mentor, mentee, number in chosen:
        yield board.place(board.seats[mentor], board.seats[mentee], number, board.free_place(number))
