"""Reads a day as the planner needs it, and who was introduced to whom before."""

from services.introductions.queries.allowance import mails_left
from services.introductions.queries.day import day_of, has_open_slots
from services.introductions.queries.lessons import lesson
from services.introductions.queries.live_board import LiveBoard, live_board, mark_of_board
from services.introductions.queries.looking import board, only_soon
from services.introductions.queries.mark import mark_of
from services.introductions.queries.paper import paper
from services.introductions.queries.problem import problem, problem_of_now, problem_of_two, whole_problem
from services.introductions.queries.wanted import Wanted, wanted

__all__ = [
    "LiveBoard",
    "Wanted",
    "board",
    "day_of",
    "has_open_slots",
    "lesson",
    "live_board",
    "mails_left",
    "mark_of",
    "mark_of_board",
    "only_soon",
    "paper",
    "problem",
    "problem_of_now",
    "problem_of_two",
    "wanted",
    "whole_problem",
]
