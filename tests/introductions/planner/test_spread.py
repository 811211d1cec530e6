"""Load is spread over mentors without taking anything from anybody."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.introductions.planner.engine import measure, model_of, wrong_with
from services.introductions.planner.engine.model import Integers, Model, room_of
from services.introductions.planner.engine.pairs import Columns, all_mentors_for
from services.introductions.planner.engine.spread import spread
from services.introductions.planner.engine.timetable import place_all
from services.introductions.planner.engine.whole import with_tables
from tests.introductions.planner.small import a_mentee, a_mentor, an_instance


@st.composite
def alike(draw: st.DrawFn) -> dict[str, Any]:
    """Mentors who are worth the same, so that there is much to hand on."""
    capacities = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    mentors = [a_mentor(mentor={"cap": cap, "offers": [[0, 3]], "helps": [0]}) for cap in capacities]
    wishes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    mentees = [a_mentee(mentee={"want": want, "wants": [[0, 2]], "goals": [0]}) for want in wishes]
    return an_instance([*mentors, *mentees], tables=[4, 4, 4])


def plan_of(model: Model, columns: Columns, slot: Integers) -> Integers:
    """The meetings of columns in slots."""
    meet = np.flatnonzero(slot >= 0)
    return with_tables(model, np.stack([columns.mentor[meet], columns.mentee[meet], slot[meet]], axis=1))


@settings(max_examples=150, deadline=None)
@given(alike(), st.randoms(use_true_random=False))
def test_spreading_keeps_meetings_and_points_and_makes_load_no_less_even(instance: dict[str, Any], chance: Any) -> None:
    model = model_of(instance)
    room = room_of(model)
    columns = all_mentors_for(model, room, np.arange(len(model.mentees)))
    some = sorted(chance.sample(range(len(columns.mentee)), len(columns.mentee) // 2))
    fitting: list[int] = []
    for column in some:
        more = np.array([*fitting, column])
        load, wish = (np.bincount(rows[more]) for rows in (columns.mentor, columns.mentee))
        if (load <= room.capacity[: len(load)]).all() and (wish <= room.wish[: len(wish)]).all():
            fitting.append(column)
    slot = np.full(len(columns.mentee), -1, np.int64)
    slot[fitting] = place_all(model, room, columns.mentor[fitting], columns.mentee[fitting])
    before = plan_of(model, columns, slot)
    after = plan_of(model, columns, spread(model, room, columns, slot))
    was, now = measure(model, before), measure(model, after)
    assert (wrong_with(model, before), wrong_with(model, after)) == ((), ())
    assert (now.meetings, now.served, now.value) == (was.meetings, was.served, was.value)
    assert now.jain >= was.jain - 1e-9
    assert sorted(after[:, [1, 2]].tolist()) == sorted(before[:, [1, 2]].tolist())


def test_a_mentor_who_has_all_hands_on_to_one_who_has_nothing() -> None:
    model = model_of(an_instance([a_mentor(), a_mentor(), a_mentee(), a_mentee(company=3)], tables=[4, 4, 4]))
    room = room_of(model)
    columns = all_mentors_for(model, room, np.arange(2))
    slot = np.where(columns.mentor == 0, columns.mentee, -1)
    assert sorted(columns.mentor[spread(model, room, columns, slot) >= 0].tolist()) == [0, 1]
