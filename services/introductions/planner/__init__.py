"""Who meets whom, when and where: one function from a problem to a plan. Pure and picklable; knows no database."""

from services.introductions.planner.board import Board
from services.introductions.planner.problem import Meeting, Person, Plan, Problem, Time
from services.introductions.planner.times import times_for
from services.introductions.planner.valid import still_valid
from services.introductions.planner.why import Why, why_unplaced

__all__ = [
    "Board",
    "Meeting",
    "Person",
    "Plan",
    "Problem",
    "Time",
    "Why",
    "plan",
    "still_valid",
    "times_for",
    "why_unplaced",
]


def plan(problem: Problem) -> Plan:
    """The meetings to propose now."""
    from services.introductions.planner.making import make  # noqa: PLC0415 - solvers, for the computing process alone

    return make(problem)
