"""Exploration: a share of second introductions goes to a mentor whom chance chooses among all who fit, so that it can be
known what choosing brings. With the probability kept, outcomes can be compared fairly (Horvitz, Thompson 1952). Never
somebody's first introduction, never a mentor who offers two meetings or is there in two slots only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.introductions.planner.board import Board, Seat
from services.introductions.planner.problem import Meeting

FEW = 2

Drawn = tuple[Meeting, int, int]
"""A meeting, the number of its slot, the index of its table."""


def draw(board: Board, seconds: Sequence[tuple[str, str, int]]) -> tuple[Drawn, ...]:
    """Of the second introductions of a plan (mentor, mentee, slot), on a board on which all firsts are, those that chance
    chooses, with mentors that chance chooses; all others are placed as planned, so that they keep their room."""
    random = np.random.default_rng(board.problem.seed)
    lots = random.random(len(seconds)) < board.problem.exploration
    for (mentor, mentee, number), is_drawn in zip(seconds, lots.tolist(), strict=True):
        if not is_drawn:
            board.place(board.seats[mentor], board.seats[mentee], number, board.free_place(number))
    found = []
    for (_mentor, mentee, _number), is_drawn in zip(seconds, lots.tolist(), strict=True):
        if is_drawn:
            fitting = _fitting(board, board.seats[mentee])
            if len(fitting) > 1:
                found.append(_one_of(board, board.seats[mentee], fitting, random))
    return tuple(found)


def _one_of(board: Board, mentee: Seat, fitting: list[tuple[Seat, int]], random: np.random.Generator) -> Drawn:
    mentor, number = fitting[int(random.integers(len(fitting)))]
    place = board.free_place(number)
    return replace(board.place(mentor, mentee, number, place), probability=1 / len(fitting)), number, place


def _fitting(board: Board, mentee: Seat) -> list[tuple[Seat, int]]:
    """(mentor, a slot for both) of all with whom she could have another introduction now."""
    found = []
    for name in sorted(board.seats, key=lambda name: name[::-1]):
        mentor = board.seats[name]
        if not board.common(mentor, mentee) or _has_little(board, mentor) or not board.may_meet(mentor, mentee):
            continue
        number = next(board.times(mentor, mentee), None)
        if number is not None:
            found.append((mentor, number))
    return found


def _has_little(board: Board, mentor: Seat) -> bool:
    """Whether a mentor offers so few meetings or slots that chance shall not use one up."""
    person = mentor.person
    offers = sum(person.halves) if person.load is None else person.load
    offers += sum(mentor.who.id == one for one, _mentee in board.problem.held)
    return offers <= FEW or (person.free | person.busy).bit_count() <= FEW
