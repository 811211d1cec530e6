"""A whole plan: pairs, times, better times and pairs, load spread, fewer gaps, tables. Effort is counted in work, so the
same model and seed give the same plan; a clock may only end it earlier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.introductions.planner.engine import gaps
from services.introductions.planner.engine.measures import worth
from services.introductions.planner.engine.model import Integers, Model, Room, room_of
from services.introductions.planner.engine.pairs import MOST_ROUNDS as SELECTING
from services.introductions.planner.engine.pairs import SERVED, Columns, Selection, all_mentors_for, select
from services.introductions.planner.engine.pricing import Pricer
from services.introductions.planner.engine.search import Search
from services.introductions.planner.engine.spread import spread
from services.introductions.planner.engine.timetable import place_all

WORK = 110_000
"""Columns looked at in all rounds of the search together, within the bounds on rounds."""
ROUNDS = 8
MOST_ROUNDS = 60
ROUNDS_OF_MANY = ((1_000_000, 3), (100_000, 6))
"""From so many columns on, so many rounds must do."""
MANY, ENOUGH = 100_000, 2e-5
"""With so many columns a round that adds less than this share of the value is the last one, once all are served who can be."""
LEAST_ROUNDS, LEAST_SELECTING = 3, 6
"""Of whatever effort: the third round is the first in which everybody is offered all there is."""
ROUNDS_BEFORE_MORE = 2
"""After so many rounds whoever has no meeting is offered every mentor there is."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where planning is: a step, how much of the search is done (0..1), and the best plan so far."""

    step: Literal["pairs", "times", "search", "gaps", "proof"]
    share: float
    served: int = 0
    value: int = 0
    bound: int | None = None
    """What `value` cannot exceed with as many served as can be."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan and what is proved about it."""

    meetings: Integers
    """[n, 4] mentor row, mentee row, slot, table; fixed ones first, then by slot and table."""
    most_served: int
    """No plan serves more."""
    bound: int | None
    """No plan that serves `most_served` has more value; None where time ended too early."""
    proven: bool = False
    """Whether this plan serves `most_served` and has the value of `bound` (`proof.prove`)."""


def plan(
    model: Model,
    *,
    seed: int = 0,
    effort: float = 1.0,
    go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Planned:
    """The best plan that this much work finds; with less `effort` (0..1) sooner, and nearly as good."""
    room = room_of(model)
    progress(Progress(step="pairs", share=0))
    selection = select(model, room, Pricer(model), go_on, max(LEAST_SELECTING, round(effort * SELECTING)))
    most_served, bound = _limits(model, room, selection)
    slot = _placed(model, room, selection)

    def tell(step: Literal["times", "search", "gaps"], share: float) -> None:
        served, value = _worth(model, search.columns, slot)
        progress(Progress(step=step, share=share, served=served, value=value, bound=bound))

    search = Search(model, room, selection.columns, seed)
    tell("times", 0)
    rounds = max(LEAST_ROUNDS, round(effort * rounds_for(len(selection.columns.mentee))))
    for number in range(rounds):
        if not go_on() or _worth(model, search.columns, slot) == (most_served, bound):
            break
        if number == ROUNDS_BEFORE_MORE:
            slot = search.add(all_mentors_for(model, room, search.unserved(slot)), slot)
        before = _worth(model, search.columns, slot)
        slot = _better(model, search, slot, to_give=before[0] < most_served and number % 2 == 1)
        tell("search", (number + 1) / rounds)
        if _is_enough(model, search, before, slot, most_served):
            break
    slot = spread(model, room, search.columns, slot)
    meet = np.flatnonzero(slot >= 0)
    mentor, mentee = search.columns.mentor[meet], search.columns.mentee[meet]
    times = gaps.close(model, room, mentor, mentee, slot[meet], go_on)
    tell("gaps", 1)
    return Planned(
        meetings=with_tables(model, np.stack([mentor, mentee, times], axis=1)), most_served=most_served, bound=bound
    )


def _better(model: Model, search: Search, slot: Integers, *, to_give: bool) -> Integers:
    """One round, from the plan with a slot freed for whoever gives in all of hers, or could give instead of asking, if that
    leads to a better one."""
    freed, giving = search.with_slots_to_give(slot) if to_give else (search.with_a_slot_for_askers(slot), None)
    found = search.round(search.shaken(freed), giving)
    if (freed == slot).all() or _worth(model, search.columns, found) >= _worth(model, search.columns, slot):
        return found
    return search.round(search.shaken(slot))


def _is_enough(model: Model, search: Search, before: tuple[int, int], slot: Integers, most_served: int) -> bool:
    """Whether another round would take long and add hardly anything."""
    served, value = _worth(model, search.columns, slot)
    return len(slot) >= MANY and before[0] == served == most_served and value - before[1] < ENOUGH * value


def rounds_for(columns: int) -> int:
    """How many rounds of search a plan of this size gets."""
    for many, rounds in ROUNDS_OF_MANY:
        if columns >= many:
            return rounds
    return min(MOST_ROUNDS, max(ROUNDS, WORK // max(1, columns)))


def _placed(model: Model, room: Room, selection: Selection) -> Integers:
    columns, chosen = selection.columns, selection.chosen
    slot = np.full(len(columns.mentee), -1, np.int64)
    slot[chosen] = place_all(model, room, columns.mentor[chosen], columns.mentee[chosen])
    return slot


def _worth(model: Model, columns: Columns, slot: Integers) -> tuple[int, int]:
    """(served, value) with the fixed meetings."""
    meet = np.flatnonzero(slot >= 0)
    mentor = np.concatenate([model.fixed[:, 0], columns.mentor[meet]])
    mentee = np.concatenate([model.fixed[:, 1], columns.mentee[meet]])
    return worth(model, mentor, mentee)


def _limits(model: Model, room: Room, selection: Selection) -> tuple[int, int | None]:
    """(most served, most value with as many served) of any plan, fixed meetings included."""
    fixed_served, fixed_value = worth(model, model.fixed[:, 0], model.fixed[:, 1])
    if not selection.exact or selection.bound is None:
        return int(((room.has > 0) | (model.wish > 0)).sum()), None
    chosen = np.unique(selection.columns.mentee[selection.chosen])
    more = int((room.has[chosen] == 0).sum())
    return fixed_served + more, fixed_value + selection.bound - SERVED * more


def with_tables(model: Model, meetings: Integers) -> Integers:
    """[n, 3] new meetings -> [n, 4] all meetings: the fixed ones as they are, the others at the first free tables."""
    order = np.lexsort((meetings[:, 1], meetings[:, 0], meetings[:, 2]))
    rows = []
    for slot in range(model.slots):
        here = meetings[order][meetings[order][:, 2] == slot]
        taken = model.fixed[model.fixed[:, 2] == slot, 3]
        free = np.setdiff1d(np.arange(int(model.tables[slot])), taken)[: len(here)]
        rows.append(np.column_stack([here, free]))
    return np.concatenate([model.fixed, *rows]).astype(np.int64)
