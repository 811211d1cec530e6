"""Exploration: a share of second introductions goes to a mentor whom chance chooses among all who fit, so that it can be
known what choosing brings. With the probability kept, outcomes can be compared fairly (Horvitz, Thompson 1952). Never
somebody's first introduction, never a mentor who offers two meetings or is there in two slots only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.introductions.planner.board import Board, Seat, lot

FEW = 2


class Drawn(NamedTuple):
    """Who was drawn for whom, in which slot and at which table (by number), and how likely that was."""

    mentor: str
    mentee: str
    number: int
    place: int
    probability: float


def draw(board: Board, seconds: Sequence[tuple[str, str, int]]) -> tuple[Drawn, ...]:
    """Of the second introductions of a plan (mentor, mentee, slot), on a board on which all firsts are, those that chance
    chooses, with mentors that chance chooses; all others are placed as planned, so that they keep their room."""
    random = np.random.default_rng(board.problem.seed)
    lots = (random.random(len(seconds)) < board.problem.exploration).tolist()
    asking = []
    for (mentor, mentee, number), is_drawn in zip(seconds, lots, strict=True):
        if is_drawn:
            asking.append(board.seats[mentee])
        else:
            pair = board.seats[mentor], board.seats[mentee]
            if board.has_place(*pair, number):
                board.occupy(*pair, number, board.free_place(*pair, number))
    mentors = _with_enough(board)
    return tuple(one for mentee in asking if (one := _one_for(board, mentee, mentors, random)) is not None)


def _one_for(board: Board, mentee: Seat, mentors: list[Seat], random: np.random.Generator) -> Drawn | None:
    """Any of those with whom she could have another introduction now; None where there is no choice."""
    fitting = []
    for mentor in mentors:
        if board.common(mentor, mentee) and board.may_meet(mentor, mentee):
            number = next(board.times(mentor, mentee), None)
            if number is not None:
                fitting.append((mentor, number))
    if len(fitting) < 2:
        return None
    mentor, number = fitting[int(random.integers(len(fitting)))]
    place = board.free_place(mentor, mentee, number)
    board.occupy(mentor, mentee, number, place)
    return Drawn(mentor.who.id, mentee.who.id, number, place, 1 / len(fitting))


def _with_enough(board: Board) -> list[Seat]:
    """Mentors who offer so much, and are there so long, that chance may use some of it up."""
    given = Counter(mentor for mentor, _mentee in board.problem.held)
    found = []
    for seat in board.seats.values():
        person = seat.person
        there = (person.free | person.busy).bit_count()
        if person.gives and person.left + given[seat.who.id] > FEW and there > FEW:
            found.append(seat)
    return sorted(found, key=lambda seat: lot(seat.who.id))
