"""Meetings that people already agreed on: all are held, with the fewest idle slots. Pure: knows no file and no clock."""

from services.introductions.planner.agreed.check import idle_slots, wrong_with
from services.introductions.planner.agreed.dzn import read
from services.introductions.planner.agreed.solve import EFFORT, Progress, Schedule, solve
from services.introductions.planner.agreed.wishes import Agreed, UnreadableSchedule, impossible

__all__ = [
    "EFFORT",
    "Agreed",
    "Progress",
    "Schedule",
    "UnreadableSchedule",
    "idle_slots",
    "impossible",
    "read",
    "solve",
    "wrong_with",
]
