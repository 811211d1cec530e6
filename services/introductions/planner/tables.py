"""Tables for meetings whose times are known, where not all tables are alike: in each slot the cheapest flow from meetings to
points, what somebody needs first, then walks that are short enough, then short ones. It moves nothing to another time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from services.introductions.planner.board import Board, lot
from services.introductions.planner.engine.flows import send
from services.introductions.planner.hall import Hall, needs_of
from services.introductions.planner.stretches import Chosen

STANDING, STANDING_IN_NEED = 10**7, 10**9
"""What it costs to leave somebody without a table: more than whatever a table costs."""
TOO_FAR, WASTE, MINUTE = 10**6, 1_000, 10
MOST_SWEEPS = 8
"""Through all slots, to and fro, while somebody has too long a walk."""
NOWHERE = -1


@dataclass
class _Meeting:
    chosen: Chosen
    needs: int
    beside: list[tuple[int, int]] = field(default_factory=list)
    """(number of the meeting, minutes between) before and after it, of either of the two."""
    fixed: list[tuple[int, int]] = field(default_factory=list)
    """(point, minutes between) of meetings before and after it that stay where they are."""
    point: int = NOWHERE


def tables_for(board: Board, chosen: Sequence[Chosen]) -> dict[Chosen, int]:
    """The table of each meeting; without those for which there is none in their slot. The board stays as it is."""
    hall = board.hall
    if hall is None:
        raise LookupError("all tables are alike")
    meetings = [
        _Meeting(one, needs_of(board.seats[one[0]].who, board.seats[one[1]].who))
        for one in sorted(chosen, key=lambda one: (one[2], lot(one[0]), lot(one[1])))
    ]
    _know_each_other(board, hall, meetings)
    slots: dict[int, list[_Meeting]] = defaultdict(list)
    for meeting in meetings:
        slots[meeting.chosen[2]].append(meeting)
    for sweep in range(MOST_SWEEPS if hall.is_wide else 1):
        before = [meeting.point for meeting in meetings]
        for number in sorted(slots, reverse=bool(sweep % 2)):
            _sit_down(hall, slots[number], meetings, board.taken[number])
        if before == [meeting.point for meeting in meetings] or not any(
            _too_far(hall, one, meetings) for one in meetings
        ):
            break
    _stand_up_again(hall, meetings)
    return dict(_at_tables(board, hall, slots))


def _know_each_other(board: Board, hall: Hall, meetings: list[_Meeting]) -> None:
    """Who comes from which meeting, and goes to which."""
    whose: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, meeting in enumerate(meetings):
        for name in meeting.chosen[:2]:
            whose[name].append((meeting.chosen[2], at))
    for name, hers in whose.items():
        fixed = [(number, -1 - place) for number, place in board.seats[name].at.items()]
        day = sorted([*hers, *fixed])
        for (first, one), (then, other) in zip(day, day[1:], strict=False):
            gap = hall.gap(first, then)
            for at, beside in ((one, other), (other, one)):
                if at >= 0 and beside >= 0:
                    meetings[at].beside.append((beside, gap))
                elif at >= 0:
                    meetings[at].fixed.append((hall.point_of[-1 - beside], gap))


def _sit_down(hall: Hall, here: list[_Meeting], meetings: list[_Meeting], taken: set[int]) -> None:
    """The best points for all meetings of a slot at once, everything else as it is."""
    points = {point: sum(place not in taken for place in places) for point, places in hall.tables.items()}
    rows: list[tuple[int, int, int, int]] = []  # from, to, room, cost
    many, sink = len(here), len(here) + len(hall.points) + 2
    standing = sink - 1
    for row, meeting in enumerate(here, 1):
        rows.append((0, row, 1, 0))
        rows.append((row, standing, 1, STANDING_IN_NEED if meeting.needs else STANDING))
        for point in points:
            cost = _cost(hall, meeting, point, meetings)
            if cost is not None:
                rows.append((row, many + 1 + point, 1, cost))
    rows.extend((many + 1 + point, sink, room, 0) for point, room in points.items())
    rows.append((standing, sink, many, 0))
    table = np.array(rows, np.int64)
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(*(np.ascontiguousarray(table[:, at]) for at in range(4)))
    send(flow, 0, sink, many)
    for meeting in here:
        meeting.point = NOWHERE
    used = np.flatnonzero(flow.flows(arcs))
    for start, end in table[used, :2].tolist():
        if 1 <= start <= many and end != standing:
            here[start - 1].point = end - many - 1


def _cost(hall: Hall, meeting: _Meeting, point: int, meetings: list[_Meeting]) -> int | None:
    """None where it may not be."""
    if not hall.suits(point, meeting.needs):
        return None
    minutes = far = 0
    for other, gap in meeting.fixed:
        walk = hall.walk(point, other)
        if walk > gap:
            return None
        minutes += walk
    for beside, gap in meeting.beside:
        other = meetings[beside].point
        walk = 0 if other == NOWHERE else hall.walk(point, other)
        far += walk > gap
        minutes += walk
    return TOO_FAR * far + WASTE * hall.waste(point, meeting.needs) + MINUTE * minutes + min(point, MINUTE - 1)


def _too_far(hall: Hall, meeting: _Meeting, meetings: list[_Meeting]) -> int:
    """From how many meetings the walk is too long."""
    if meeting.point == NOWHERE or not hall.is_wide:
        return 0
    others = ((meetings[beside].point, gap) for beside, gap in meeting.beside)
    return sum(other != NOWHERE and hall.walk(meeting.point, other) > gap for other, gap in others)


def _stand_up_again(hall: Hall, meetings: list[_Meeting]) -> None:
    """Until nobody's walk is too long: who is too far from most, those without needs before others, the later before the
    earlier."""
    far = {at: count for at, one in enumerate(meetings) if (count := _too_far(hall, one, meetings))}
    while far:
        worst = max(far, key=lambda at: (not meetings[at].needs, far[at], at))
        meetings[worst].point = NOWHERE
        for at in (worst, *(beside for beside, _gap in meetings[worst].beside)):
            count = _too_far(hall, meetings[at], meetings)
            far.pop(at, None)
            if count:
                far[at] = count


def _at_tables(board: Board, hall: Hall, slots: dict[int, list[_Meeting]]) -> Iterator[tuple[Chosen, int]]:
    for number, here in slots.items():
        taken = set(board.taken[number])
        for meeting in here:
            place = None if meeting.point == NOWHERE else hall.free_at(meeting.point, taken)
            if place is not None:
                taken.add(place)
                yield meeting.chosen, place
