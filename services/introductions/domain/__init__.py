"""What exists and what may happen to it: introductions, how long a proposal is held, what happens
at the table, and what there is to see of a whole venue. Pure."""

from services.introductions.domain import at_the_table, floor, following, goal
from services.introductions.domain.holding import hold_until
from services.introductions.domain.introduction import ACTIVE, OPEN, Goal, Introduction, Place, shown, status_of

__all__ = [
    "ACTIVE",
    "OPEN",
    "Goal",
    "Introduction",
    "Place",
    "at_the_table",
    "floor",
    "following",
    "goal",
    "hold_until",
    "shown",
    "status_of",
]
