"""When and where two given people could meet instead: for "another time" and for a no that becomes a yes. Pure."""

from __future__ import annotations

from services.introductions.planner.board import Board
from services.introductions.planner.problem import Problem


def times_for(
    problem: Problem, mentor: str, mentee: str, wanted: tuple[str, int] | None = None
) -> dict[str, tuple[str, int]]:
    """Slot id -> (meeting point, table) for every slot in which both are free, in order of time; `wanted` is the table
    that is kept where it is free."""
    board = Board(problem)
    giver, asker = board.seats.get(mentor), board.seats.get(mentee)
    if giver is None or asker is None:
        return {}
    return {
        problem.times[number].id: problem.places[board.free_place(giver, asker, number, wanted)]
        for number in sorted(board.times(giver, asker))
    }
