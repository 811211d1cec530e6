"""A draft: a plan of all days that are left, as if everybody came, with what an organizer wants to know of it before it is
published. Only `planner.draft` imports this module: it brings the solvers."""

from __future__ import annotations

from services.introductions.planner.fairness import fairness
from services.introductions.planner.making import on_a_board
from services.introductions.planner.problem import Draft, Problem, Why
from services.introductions.planner.why import why_unplaced

MOST_UNPLACED = 500


def drafted(problem: Problem) -> Draft:
    """The plan, who has none in it and why, and how fair it is."""
    plan, board = on_a_board(problem)
    waiting = [name for name, seat in board.seats.items() if seat.wishes > 0 and not seat.has]
    return Draft(
        plan=plan,
        waiting=len(waiting),
        unplaced=tuple((name, why_unplaced(board, name) or Why(kind="soon")) for name in waiting[:MOST_UNPLACED]),
        fairness=fairness(problem, [(meeting.mentor, meeting.mentee) for meeting in plan.meetings]),
    )
