"""What is proved about plans: exactly the best of all for a handful of people, and nothing false whatever a solver says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.planner.instances import make
from services.introductions.planner.engine import Model, Planned, Progress, measure, model_of, plan, wrong_with
from services.introductions.planner.engine.climb import FEW_NODES, NODES, Solve
from services.introductions.planner.engine.duality import SCALE, Bound, Prices
from services.introductions.planner.engine.joint import Joint, served_of, value_of
from services.introductions.planner.engine.model import room_of
from services.introductions.planner.engine.pairs import all_mentors_for
from services.introductions.planner.engine.proof import MOST_PEOPLE, prove
from services.introductions.planner.highs import Answer, Program, solve
from tests.introductions.planner.checking import CHECKED, checked
from tests.introductions.planner.small import (
    a_mentee,
    a_mentor,
    an_instance,
    best_around,
    instances,
)


def nothing_yet(model: Model) -> Planned:
    """No meeting but the fixed ones, and the bounds of a plan that was made."""
    return replace(plan(model), meetings=model.fixed)


def told(model: Model, planned: Planned) -> tuple[int, int, int, int | None, bool, tuple[str, ...]]:
    """Served, value, what is proved of both, whether that is all, and what is wrong with the plan."""
    found = measure(model, planned.meetings)
    wrong = wrong_with(model, planned.meetings)
    return found.served, found.value, planned.most_served, planned.bound, planned.proven, wrong


@settings(max_examples=150, deadline=None)
@given(instances())
def test_from_no_meeting_at_all_the_proof_finds_the_best_plan_of_a_handful_of_people(instance: dict[str, Any]) -> None:
    model = model_of(instance)
    best = best_around(instance, [])
    assert told(model, prove(model, nothing_yet(model))) == (*best, *best, True, ())


@settings(max_examples=150, deadline=None)
@given(instances())
def test_a_plan_that_was_made_becomes_the_best_one_and_is_said_to_be_it(instance: dict[str, Any]) -> None:
    model = model_of(instance)
    best = best_around(instance, [])
    assert told(model, prove(model, plan(model))) == (*best, *best, True, ())


@settings(max_examples=100, deadline=None)
@given(instances(), st.integers(1, 3))
def test_around_meetings_that_are_agreed_the_best_of_the_rest_is_proved(instance: dict[str, Any], agreed: int) -> None:
    free = model_of(instance)
    model = free.with_fixed(plan(free).meetings[::-1][:agreed])
    fixed = [(int(free.mentors[one]), int(free.mentees[other]), slot) for one, other, slot, _t in model.fixed.tolist()]
    best = best_around(instance, fixed)
    assert told(model, prove(model, nothing_yet(model))) == (*best, *best, True, ())


def test_somebody_with_both_roles_is_one_person_in_a_slot() -> None:
    both = a_mentor(mentee={"want": 1, "wants": [[2, 1]], "goals": [0]}, years=15, avail="1")
    senior = a_mentor(mentor={"cap": 1, "offers": [[2, 3]], "helps": [0]}, years=30, company=7)
    model = model_of(an_instance([both, senior, a_mentee(avail="1")]))
    served, _value, *rest = told(model, prove(model, nothing_yet(model)))
    value = measure(model, plan(model).meetings).value
    assert (served, *rest) == (1, 1, value, True, ())


def test_nobody_or_no_tables_is_the_best_there_is() -> None:
    for instance in (
        an_instance([]),
        an_instance([a_mentor(), a_mentee()], tables=[0, 0, 0]),
        an_instance([a_mentee()]),
    ):
        model = model_of(instance)
        assert told(model, prove(model, plan(model))) == (0, 0, 0, 0, True, ())


@settings(max_examples=150, deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_whatever_the_prices_are_nothing_exceeds_what_they_prove(instance: dict[str, Any], random: Any) -> None:
    model = model_of(instance)
    served, value = best_around(instance, [])
    for joint, best in zip(joints(model, served), (served, value), strict=True):
        bound = Bound(joint, prices(joint, random))
        assert bound.scaled >= SCALE * best
        assert bound.points >= best


def joints(model: Model, served: int) -> tuple[Joint, Joint]:
    """The programs of who can be served and of the most value with so many served."""
    room = room_of(model)
    pairs = all_mentors_for(model, room, np.arange(len(model.mentees)))
    return served_of(model, room, pairs), value_of(model, room, pairs, served)


def prices(joint: Joint, random: Any) -> Prices:
    """Any."""
    model = joint.model

    def some(*shape: int, least: int = 0) -> Any:
        count = int(np.prod(shape))
        return np.array([random.randint(least, 400) * SCALE // 3 for _ in range(count)], np.int64).reshape(shape)

    return Prices(
        person=some(model.people, model.slots),
        mentor=some(len(model.mentors)),
        slot=some(model.slots),
        mentee=some(len(model.mentees), least=-400),
        first=random.randint(0, 400) * SCALE,
    )


@settings(max_examples=200, deadline=None)
@given(instances(), st.booleans(), st.randoms(use_true_random=False))
def test_a_solver_that_talks_nonsense_proves_nothing_false_and_spoils_no_plan(
    instance: dict[str, Any], planned_before: bool, random: Any
) -> None:
    def nonsense(program: Program) -> Answer:
        x = np.array([float(random.randint(0, 1)) for _ in program.gain])
        return Answer(x=x, prices=np.array([random.uniform(-1, 300) for _ in program.most]), complete=False)

    model = model_of(instance)
    before = plan(model) if planned_before else nothing_yet(model)
    planned = prove(model, before, solve=nonsense)
    found, best = measure(model, planned.meetings), best_around(instance, [])
    assert wrong_with(model, planned.meetings) == ()
    assert (found.served, found.value) >= told(model, before)[:2]
    assert best[0] <= planned.most_served
    assert planned.most_served > best[0] or planned.bound is None or best[1] <= planned.bound
    assert planned.proven in (False, (found.served, found.value) == best)


def with_trees(*nodes: int) -> Solve:
    """A solver that finds whole numbers in trees of these sizes alone: in linear programs it never happens to."""

    def solver(program: Program) -> Answer:
        if program.whole and program.nodes not in nodes:
            return Answer(x=None, prices=None, complete=False)
        found = solve(program)
        return found if program.whole or found.x is None else replace(found, x=found.x / 2)

    return solver


@pytest.mark.parametrize("trees", [(), (FEW_NODES,), (NODES,), (FEW_NODES, NODES)])
@settings(max_examples=50, deadline=None)
@given(instance=instances())
def test_a_plan_is_called_the_best_exactly_where_it_reaches_what_none_can_exceed(
    trees: tuple[int, ...], instance: dict[str, Any]
) -> None:
    model, best = model_of(instance), best_around(instance, [])
    planned = prove(model, nothing_yet(model), solve=with_trees(*trees))
    served, value, most_served, bound, proven, wrong = told(model, planned)
    assert (served, value) <= best <= (most_served, bound if bound is not None else best[1])
    assert (proven, wrong) == ((served, value) == (most_served, bound), ())
    # Over all that a better plan could have, the tree finds the best and proves it; without any tree there is no plan.
    assert proven == (best == (0, 0)) if not trees else proven or NODES not in trees


def test_a_tree_over_the_likely_meetings_may_find_the_best_plan_without_proving_it() -> None:
    # Three people of whom each two could meet, in one slot: half of each meeting would be one and a half, says the linear
    # program, and only whoever looks at all of them knows that one is the most.
    both = a_mentor(mentee={"want": 1, "wants": [[0, 1]], "goals": [0]}, years=6, avail="1")
    senior = a_mentor(years=7, avail="1", company=3)
    model = model_of(an_instance([both, senior, a_mentee(avail="1")], tables=[2, 0, 0]))
    some, all_of_them = (
        told(model, prove(model, nothing_yet(model), solve=with_trees(*trees)))
        for trees in ((FEW_NODES,), (FEW_NODES, NODES))
    )
    assert (some[:2], some[4:]) == (all_of_them[:2], (False, ()))
    assert all_of_them == (*all_of_them[:2], *all_of_them[:2], True, ())


@pytest.mark.parametrize("calls", range(4))
def test_a_proof_that_is_stopped_leaves_a_valid_plan_and_what_was_proved_by_then(calls: int) -> None:
    left = iter(range(calls))
    model = model_of(make(100, 1, "oneday"))
    best = told(model, prove(model, plan(model)))
    empty = nothing_yet(model)
    planned = prove(model, empty, solve=lambda program: None if next(left, None) is None else solve(program))
    served, value, most_served, bound, proven, wrong = told(model, planned)
    assert (proven, wrong) == (False, ())
    assert (served, value) <= best[:2] <= (most_served, bound or best[1])


def test_a_clock_that_ran_out_proves_nothing_and_changes_nothing() -> None:
    model = model_of(make(100, 1, "oneday"))
    planned = plan(model)
    assert prove(model, planned, go_on=lambda: False) is planned


def test_a_hundred_people_are_served_one_more_and_that_is_proved() -> None:
    model = model_of(make(100, 1, "oneday"))
    steps: list[Progress] = []
    planned = plan(model, effort=0)
    assert told(model, planned) == (73, 39_444, 74, 41_205, False, ())
    proved = prove(model, planned, progress=steps.append)
    assert told(model, proved) == (74, 40_680, 74, 40_680, True, ())
    assert {step.step for step in steps} == {"proof"}


@CHECKED
@pytest.mark.parametrize("profile", ["conference", "oneday", "evening"])
def test_the_independent_checker_has_the_same_bound_on_what_slots_allow(profile: str, tmp_path: Path) -> None:
    instance = make(150, 2, profile)
    model = model_of(instance)
    planned = prove(model, plan(model))
    verdict = checked(instance, model, planned.meetings, "slots", tmp_path)
    served, value, *_rest = told(model, planned)
    assert (verdict["valid"], verdict["served"], verdict["value"], planned.proven) == (True, served, value, True)
    assert value <= verdict["slot_lp_ub"] <= value + 1


def test_the_same_plan_is_proved_the_same_way_twice() -> None:
    model = model_of(make(120, 1, "evening"))
    first, again = (prove(model, plan(model)).meetings.tolist() for _ in range(2))
    assert first == again


def test_slots_are_left_aside_with_more_people_than_can_be_proved() -> None:
    model = model_of(make(MOST_PEOPLE + 1, 1, "oneday"))
    planned = plan(model, go_on=lambda: False)
    assert prove(model, planned) is planned
