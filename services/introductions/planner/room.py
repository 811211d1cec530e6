"""Room for somebody who is here and would have nothing: a proposal that nobody has answered moves to another time, or goes
to a mentor who has something left, so that its mentor or its time is free. Nobody loses her only introduction by it, who
must meet still meets, and what somebody has answered never changes. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from services.introductions import policies
from services.introductions.planner.board import Board, Seat, lot
from services.introductions.planner.problem import Change, Meeting, Proposal

MOST_WAITING = 12
"""So many people are looked at in one plan; the next one looks at others."""
MOST_MENTORS = 25
MOST_CHANGES = 4
"""What changes is looked at again one by one when it is saved; the next plan follows at once."""


def make_room(board: Board) -> tuple[Change, ...]:
    """Changes that give people their first introduction, on a board on which everything else is."""
    open_of: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in board.problem.open:
        open_of[proposal.mentor].append(proposal)
    waiting = [seat for seat in board.seats.values() if seat.wishes > 0 and not seat.has and seat.free]
    changes: list[Change] = []
    left = _with_something_left(board)
    for mentee in _some(sorted(waiting, key=lambda seat: lot(seat.who.id)), board.problem.turn):
        change = next(_for(board, mentee, open_of, left), None)
        if change is None:
            continue
        changes.append(change)
        left = _with_something_left(board)
        open_of[change.proposal.mentor].remove(change.proposal)
        if len(changes) == MOST_CHANGES:
            break
    return tuple(changes)


def _some(waiting: list[Seat], turn: int) -> list[Seat]:
    """Others in every plan."""
    if len(waiting) <= MOST_WAITING:
        return waiting
    first = turn * MOST_WAITING % len(waiting)
    return (waiting[first:] + waiting[:first])[:MOST_WAITING]


def _with_something_left(board: Board) -> list[Seat]:
    """Mentors who could take one more: of thousands, mostly few."""
    return [seat for seat in board.givers if board.open_to(seat)]


def _for(board: Board, mentee: Seat, open_of: dict[str, list[Proposal]], left: Sequence[Seat]) -> Iterator[Change]:
    """What would give her a meeting: a table that others could leave, then what changes times, the best fit first."""
    weights = board.problem.weights
    if board.hall is not None:
        every = (proposal for proposals in open_of.values() for proposal in proposals)
        changes = (_another_table(board, proposal, mentee) for proposal in every)
        yield from (change for change in changes if change is not None)
    fitting = [
        board.seats[name]
        for name, proposals in open_of.items()
        if proposals and name in board.seats and board.may_meet(board.seats[name], mentee)
    ]
    ranked = sorted(fitting, key=lambda mentor: (-policies.score(mentor.who, mentee.who, weights), lot(mentor.who.id)))
    for mentor in ranked[:MOST_MENTORS]:
        for proposal in open_of[mentor.who.id]:
            change = try_change(board, proposal, mentee, left)
            if change is not None:
                yield change


def try_change(board: Board, proposal: Proposal, mentee: Seat, left: Sequence[Seat] | None = None) -> Change | None:
    """Give the table of the proposal to this mentee, where it has another one in its slot; else lift the proposal, give its
    mentor to this mentee, and find its own mentee another time or another mentor. The board is as before where none can be.
    `left`: who could take one more on the board as it is, where that is known."""
    change = _another_table(board, proposal, mentee)
    if change is not None:
        return change
    mentor, other = board.seats.get(proposal.mentor), board.seats.get(proposal.mentee)
    if mentor is None or other is None or other is mentee:
        return None
    if mentee.wishes <= 0 or not board.may_meet(mentor, mentee):
        return None
    board.lift(mentor, other, proposal.number, proposal.place)
    first = next(board.times(mentor, mentee), None)
    if first is not None:
        place = board.free_place(mentor, mentee, first)
        new = board.place(mentor, mentee, first, place)
        moved = _elsewhere(board, mentor, other, proposal)
        if moved is not None:
            return Change(proposal=proposal, moved_to=moved, meetings=(new,))
        if (proposal.mentor, proposal.mentee) not in board.pins:
            replaced = () if other.has else _with_another(board, other, [*left, mentor] if left is not None else None)
            if other.has or replaced:
                return Change(proposal=proposal, moved_to=None, meetings=(new, *replaced))
        board.take_back(mentor, mentee, first, place)
    board.put_back(mentor, other, proposal.number, proposal.place)
    return None


def _another_table(board: Board, proposal: Proposal, mentee: Seat) -> Change | None:
    """The same two at the same time at a table that suits only them, so that theirs is free for who needs it."""
    mentor, other, number = board.seats.get(proposal.mentor), board.seats.get(proposal.mentee), proposal.number
    if board.hall is None or mentor is None or other is None or mentee.wishes <= 0 or not mentee.free >> number & 1:
        return None
    for giver in _who_could_meet(board, mentee, number):
        board.lift(mentor, other, number, proposal.place)
        place = board.place_for(giver, mentee, number)
        if place is not None:
            new = board.place(giver, mentee, number, place)
            table = board.place_for(mentor, other, number)
            if table is not None:
                moved = board.place(mentor, other, number, table)
                mentor.proposals += 1  # it was counted when it was proposed
                return Change(proposal=proposal, moved_to=moved, meetings=(new,))
            board.take_back(giver, mentee, number, place)
        board.put_back(mentor, other, number, proposal.place)
    return None


def _who_could_meet(board: Board, mentee: Seat, number: int) -> list[Seat]:
    """Mentors who could meet her in a slot if only there were a table, the best fit first."""
    found = [
        seat
        for seat in board.givers
        if board.open_to(seat) >> number & 1
        and board.place_for(seat, mentee, number) is None
        and board.not_too_many_in_a_row(seat, number)
        and board.may_meet(seat, mentee)
    ]
    weights = board.problem.weights
    return sorted(found, key=lambda seat: (-policies.score(seat.who, mentee.who, weights), lot(seat.who.id)))[
        :MOST_MENTORS
    ]


def _elsewhere(board: Board, mentor: Seat, mentee: Seat, proposal: Proposal) -> Meeting | None:
    """The same two at another time."""
    number = next((number for number in board.times(mentor, mentee) if number != proposal.number), None)
    if number is None:
        return None
    moved = board.place(mentor, mentee, number, board.free_place(mentor, mentee, number))
    mentor.proposals += 1  # it was counted when it was proposed
    return moved


def _with_another(board: Board, mentee: Seat, among: Sequence[Seat] | None) -> Sequence[Meeting]:
    """She with the best other mentor who has something left; `among` these, where it is known who has."""
    weights = board.problem.weights
    best = None
    for mentor in board.givers if among is None else among:
        if not board.common(mentor, mentee) or not board.may_meet(mentor, mentee):
            continue
        number = next(board.times(mentor, mentee), None)
        rank = -policies.score(mentor.who, mentee.who, weights), lot(mentor.who.id)
        if number is not None and (best is None or rank < best[0]):
            best = (rank, mentor, number)
    if best is None:
        return ()
    _rank, mentor, number = best
    return (board.place(mentor, mentee, number, board.free_place(mentor, mentee, number)),)
