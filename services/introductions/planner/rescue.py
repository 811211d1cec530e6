"""Somebody for who sits alone at a table: the best fit of those who are here and free right now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from services.introductions import policies
from services.introductions.planner.board import Board, Seat, lot
from services.introductions.planner.hall import needs_of
from services.introductions.planner.problem import Meeting, Problem

Pair = tuple[Seat, Seat]
"""(who gives, who asks)."""


def beside(
    problem: Problem,
    waiting: str,
    slot: str,
    place: tuple[str, int],
    *,
    ready: Collection[str] = (),
    without: Collection[str] = (),
) -> Meeting | None:
    """Who can be asked to come to this table at once: first of those who said that they are `ready`, then of the others,
    the best fit; never one of `without`."""
    board = Board(problem)
    seat = board.seats.get(waiting)
    number = next((number for number, time in enumerate(problem.times) if time.id == slot), None)
    if seat is None or number is None or place not in problem.places:
        return None
    if problem.places.index(place) in board.taken[number]:  # it was given to others while she had nobody
        return None
    seat.proposals = max(1, seat.proposals)  # she is here; how often she was asked today is no matter
    table = problem.places.index(place)
    found = [
        pair
        for pair in _pairs(board, seat, number)
        if _other(pair, seat).who.id not in without and _can_come(board, _other(pair, seat), number, table)
    ]
    if not found:
        return None

    def rank(pair: Pair) -> tuple[bool, int, str]:
        other = _other(pair, seat).who.id
        return other not in ready, -policies.score(pair[0].who, pair[1].who, problem.weights), lot(other)

    mentor, mentee = min(found, key=rank)
    return board.place(mentor, mentee, number, table)


def _pairs(board: Board, seat: Seat, number: int) -> Iterator[Pair]:
    """She with everybody whom she could meet in this slot, in either role."""
    for other in board.seats.values():
        if other is seat:
            continue
        for mentor, mentee in ((seat, other), (other, seat)):
            if _could(board, mentor, mentee, number) and board.may_meet(mentor, mentee):
                yield mentor, mentee


def _can_come(board: Board, other: Seat, number: int, table: int) -> bool:
    """Whether that table suits who would come; the one who waits sits there already."""
    return board.hall is None or board.hall.may_be(table, needs_of(other.who), number, (other.at,))


def _could(board: Board, mentor: Seat, mentee: Seat, number: int) -> bool:
    if mentee.wishes <= 0 or not mentee.free >> number & 1 or not board.open_to(mentor) >> number & 1:
        return False
    return board.not_too_many_in_a_row(mentor, number)


def _other(pair: Pair, seat: Seat) -> Seat:
    return pair[1] if pair[0] is seat else pair[0]
