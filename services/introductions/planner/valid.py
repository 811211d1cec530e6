"""What of a plan is still possible when it is saved: things went on while it was made. Pure; plans nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.introductions.planner.board import Board
from services.introductions.planner.problem import Meeting, Problem


def still_valid(problem: Problem, meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
    """Those meetings of an older plan that are still possible as things are now, at another table that
    suits both where theirs is taken or does not."""
    board = Board(problem)
    numbers = {time.id: number for number, time in enumerate(problem.times)}
    kept = []
    for meeting in meetings:
        mentor, mentee = board.seats.get(meeting.mentor), board.seats.get(meeting.mentee)
        number = numbers.get(meeting.slot)
        if mentor is None or mentee is None or number is None or mentee.wishes <= 0:
            continue
        possible = board.common(mentor, mentee) >> number & 1 and board.not_too_many_in_a_row(mentor, number)
        if possible and board.may_meet(mentor, mentee) and board.has_place(mentor, mentee, number):
            place = board.free_place(mentor, mentee, number, (meeting.meeting_point, meeting.table))
            kept.append(replace(board.place(mentor, mentee, number, place), probability=meeting.probability))
    return tuple(kept)
