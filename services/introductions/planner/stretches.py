"""The best meetings of days that are longer than the engine can tell apart: a stretch of slots after the other, everybody's
first introduction before anybody's second. A usual day is one stretch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.introductions.planner import engine
from services.introductions.planner.arrays import arrays_of
from services.introductions.planner.board import Board
from services.introductions.planner.engine.model import MOST_SLOTS
from services.introductions.planner.problem import Person, Problem, Time

LIVE = 0.3
"""Of the effort, where people stand and wait; what it gives away is made good by the next plan."""
Chosen = tuple[str, str, int]
"""Mentor, mentee, number of the slot."""


@dataclass(frozen=True, kw_only=True)
class Best:
    """What was found, and how good anything could be."""

    chosen: tuple[Chosen, ...]
    most_served: int
    """No choice gives more mentees their first introduction."""
    value: int
    bound: int | None
    """No choice has more; None = not known."""
    tables: Mapping[Chosen, int] = field(default_factory=dict)
    """The table of each, by index, where it matters which."""


def best(problem: Problem) -> Best:
    """The meetings that the engine finds."""
    stretches = tuple(_stretches(problem.times, problem.in_a_row))
    if len(stretches) <= 1:
        return _of_stretch(problem, *(stretches or ((0, 0),))[0])
    board = Board(problem)
    chosen: list[Chosen] = []
    value = 0
    for only_firsts in (True, False):
        for first, count in stretches:
            left = board.left()
            part = _of_stretch(_with_firsts_alone(left) if only_firsts else left, first, count)
            value += part.value
            chosen.extend(_placed(board, part.chosen))
    waiting = sum(person.wishes > 0 and not person.has for person in problem.people)
    return Best(chosen=tuple(chosen), most_served=waiting, value=value, bound=None)


def _stretches(times: Sequence[Time], in_a_row: int) -> Iterator[tuple[int, int]]:
    """(first slot, how many) of each. They end at a break wherever there is one; where there is none, the next one sees
    the end of the row."""
    first = 0
    while first < len(times):
        most = min(len(times), first + MOST_SLOTS)
        if most < len(times):
            most = next((at for at in range(most, first, -1) if _is_after_a_break(times, at)), most)
        yield first, most - first
        if most == len(times) or _is_after_a_break(times, most):
            first = most
        else:
            first = most - min(in_a_row, MOST_SLOTS // 2)


def _is_after_a_break(times: Sequence[Time], at: int) -> bool:
    return times[at].position - times[at - 1].position > 1


def _with_firsts_alone(problem: Problem) -> Problem:
    return replace(problem, people=tuple(map(_with_her_first_alone, problem.people)))


def _with_her_first_alone(person: Person) -> Person:
    return replace(person, wishes=0 if person.has else min(1, person.wishes))


def _placed(board: Board, chosen: Sequence[Chosen]) -> Iterator[Chosen]:
    """Those that keep a mentor's break; a row that goes on in the next stretch is known to the board alone."""
    for mentor, mentee, number in chosen:
        pair = board.seats[mentor], board.seats[mentee]
        if board.not_too_many_in_a_row(pair[0], number) and board.has_place(*pair, number):
            board.place(*pair, number, board.free_place(*pair, number))
            yield mentor, mentee, number


def _of_stretch(problem: Problem, first: int, count: int) -> Best:
    arrays = arrays_of(problem, first, count)
    planned = engine.plan(arrays.model, effort=1.0 if problem.thorough else LIVE)
    had = 0 if arrays.model.had is None else int((arrays.model.had > 0).sum())
    return Best(
        chosen=tuple(arrays.meetings_of(planned)),
        most_served=planned.most_served - had,
        value=engine.measure(arrays.model, planned.meetings).value,
        bound=planned.bound,
    )
