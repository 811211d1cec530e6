"""Pairs whom an organizer wants to meet: all are held, with the fewest idle slots, before anybody else is planned. What an
organizer wants does not overrule blocks, consents, loads, times or tables; it overrules topics and employers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from services.introductions.planner import agreed
from services.introductions.planner.board import Board
from services.introductions.planner.problem import Meeting

EFFORT = 500_000
"""Moves: about a second."""
Pair = tuple[str, str]


def place_pins(board: Board) -> tuple[tuple[Meeting, ...], tuple[Pair, ...]]:
    """(meetings of those who must meet, pairs for whom there is no way)."""
    wanted = [pair for pair in board.problem.pins if not _met(board, pair)]
    possible = [pair for pair in wanted if _may(board, pair)]
    meetings, missing = [], [pair for pair in wanted if pair not in possible]
    for pair, number in _scheduled(board, possible):
        mentor, mentee = (board.seats[name] for name in pair)
        if frozenset(pair) in board.placed:
            continue  # two who can both give and ask, named either way: one meeting is what is wanted
        times = list(board.times(mentor, mentee)) if mentee.wishes > 0 else []
        at = number if number in times else next(iter(times), None)
        if at is None:
            missing.append(pair)
        else:
            meetings.append(board.place(mentor, mentee, at, board.free_place(mentor, mentee, at)))
    return tuple(meetings), tuple(missing)


def _met(board: Board, pair: Pair) -> bool:
    """Whether they were introduced already, or take no part (yet)."""
    mentor, mentee = (board.seats.get(name) for name in pair)
    return mentor is None or mentee is None or pair[1] in mentor.who.known or pair[0] in mentee.who.known


def _may(board: Board, pair: Pair) -> bool:
    mentor, mentee = (board.seats[name] for name in pair)
    return board.may_meet(mentor, mentee) and mentee.wishes > 0 and bool(board.common(mentor, mentee))


def _scheduled(board: Board, pairs: list[Pair]) -> Iterator[tuple[Pair, int | None]]:
    """Each pair with a slot in the best timetable of all; without one where they cannot all be held."""
    names = sorted(set(chain.from_iterable(pairs)))
    number = {name: at for at, name in enumerate(names)}
    places, every = len(board.problem.places), (1 << len(board.problem.times)) - 1
    wishes = agreed.Agreed(
        people=len(names),
        tables=tuple(places - len(taken) for taken in board.taken),
        pairs=tuple((number[mentor], number[mentee]) for mentor, mentee in pairs),
        allowed=tuple(board.common(board.seats[mentor], board.seats[mentee]) for mentor, mentee in pairs),
        forbidden=tuple(every & ~board.seats[name].free for name in names),
    )
    try:
        slots = dict(agreed.solve(wishes, effort=EFFORT).meetings) if pairs else {}
    except agreed.UnreadableSchedule:
        slots = {}
    yield from ((pair, slots.get(at)) for at, pair in enumerate(pairs))
