"""Who meets whom, when and where: one function from a problem to a plan. Pure and picklable; knows no database."""

from services.introductions.planner.board import Board
from services.introductions.planner.hall import walks_are_long
from services.introductions.planner.problem import (
    Change,
    Draft,
    Fairness,
    Meeting,
    Person,
    Plan,
    Point,
    Problem,
    Proposal,
    Time,
    Why,
)
from services.introductions.planner.rescue import beside
from services.introductions.planner.room import try_change
from services.introductions.planner.times import times_for
from services.introductions.planner.valid import still_valid
from services.introductions.planner.why import why_unplaced

__all__ = [
    "Board",
    "Change",
    "Draft",
    "Fairness",
    "Meeting",
    "Person",
    "Plan",
    "Point",
    "Problem",
    "Proposal",
    "Time",
    "Why",
    "beside",
    "draft",
    "plan",
    "still_valid",
    "times_for",
    "try_change",
    "walks_are_long",
    "why_unplaced",
]


def plan(problem: Problem) -> Plan:
    """The meetings to propose now."""
    from services.introductions.planner.making import make  # noqa: PLC0415 - solvers, for the computing process alone

    return make(problem)


def draft(problem: Problem) -> Draft:
    """A plan before it is published, and what there is to know of it."""
    from services.introductions.planner.drafting import drafted  # noqa: PLC0415 - as above

    return drafted(problem)
