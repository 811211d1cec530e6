"""The best meetings there are: exact selection, plans that are valid and near the best, and a check that catches all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import sampled_from

from bench.planner.instances import make
from services.introductions.planner.engine import measure, model_of, plan, wrong_with
from services.introductions.planner.engine.model import room_of
from services.introductions.planner.engine.pairs import SERVED, select
from services.introductions.planner.engine.pricing import Pricer
from tests.introductions.planner.checking import CHECKED, checked
from tests.introductions.planner.small import (
    a_mentee,
    a_mentor,
    an_instance,
    can_be_timed,
    instances,
    pairs_of,
    selections,
    worth,
)


@settings(max_examples=150, deadline=None)
@given(instances())
def test_every_pair_has_the_points_of_the_formula(instance: dict[str, Any]) -> None:
    model = model_of(instance)
    mentee, mentor = np.divmod(np.arange(len(model.mentees) * len(model.mentors)), len(model.mentors))
    found = model.utility.of_pairs(mentee, mentor)
    by_person = {
        (int(model.mentors[one]), int(model.mentees[other])): int(points)
        for one, other, points in zip(mentor, mentee, found, strict=True)
        if points
    }
    assert by_person == pairs_of(instance)


@settings(max_examples=150, deadline=None)
@given(instances(), sampled_from([0, 2, 10**6]))
def test_the_selection_is_the_best_of_all_and_its_prices_prove_it(instance: dict[str, Any], many: int) -> None:
    model = model_of(instance)
    selection = select(model, room_of(model), Pricer(model), lambda: True, many=many)
    best = max(worth(instance, chosen) for chosen in selections(instance))
    assert (selection.exact, selection.bound) == (True, SERVED * best[0] + best[1])


@pytest.mark.parametrize("profile", ["conference", "oneday", "evening"])
def test_a_selection_that_leaves_out_what_is_far_from_being_chosen_proves_the_same(profile: str) -> None:
    model = model_of(make(600, 3, profile))
    found = [select(model, room_of(model), Pricer(model), lambda: True, many=many) for many in (0, 10**9)]
    assert found[0].exact
    assert found[0].bound == found[1].bound
    assert len(found[0].columns.mentee) < len(found[1].columns.mentee)


@settings(max_examples=150, deadline=None)
@given(instances())
def test_a_plan_of_a_handful_of_people_is_valid_and_no_worse_than_nearly_the_best(instance: dict[str, Any]) -> None:
    model = model_of(instance)
    planned = plan(model)
    possible = [chosen for chosen in selections(instance) if can_be_timed(instance, list(chosen))]
    best = max(worth(instance, chosen) for chosen in possible)
    found = measure(model, planned.meetings)
    assert wrong_with(model, planned.meetings) == ()
    assert (found.served, found.value) <= best <= (planned.most_served, planned.bound or 0)
    assert found.served == best[0]


@pytest.mark.parametrize(("profile", "distance"), [("conference", 0.001), ("oneday", 0.003), ("evening", 0.0055)])
def test_a_conference_of_300_serves_all_that_can_be_served_near_the_best_value(profile: str, distance: float) -> None:
    model = model_of(make(300, 3, profile))
    planned = plan(model, seed=1)
    found = measure(model, planned.meetings)
    assert planned.bound is not None
    assert (wrong_with(model, planned.meetings), found.served) == ((), planned.most_served)
    assert planned.bound * (1 - distance) <= found.value <= planned.bound


@CHECKED
@pytest.mark.parametrize("profile", ["conference", "oneday", "evening"])
def test_the_independent_checker_agrees(profile: str, tmp_path: Path) -> None:
    instance = make(200, 5, profile)
    model = model_of(instance)
    planned = plan(model)
    found = measure(model, planned.meetings)
    told = checked(instance, model, planned.meetings, "pairs", tmp_path)
    assert (told["valid"], told["served"], told["value"]) == (True, found.served, found.value)
    assert (told["served_ub"], told["value_ub"]) == (planned.most_served, planned.bound)
    assert told["gaps_mentor"] + told["gaps_mentee"] == found.gaps


def test_the_same_seed_gives_the_same_plan_and_another_one_another() -> None:
    model = model_of(make(150, 1, "evening"))
    first, again, other = (plan(model, seed=seed).meetings.tolist() for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_what_is_agreed_stays_as_it_is() -> None:
    instance = make(120, 2, "oneday")
    model = model_of(instance)
    agreed = plan(model).meetings[::4]
    around = plan(model.with_fixed(agreed), seed=9).meetings
    assert wrong_with(model.with_fixed(agreed), around) == ()
    assert measure(model, around).served == plan(model).most_served


def test_somebody_with_both_roles_gives_in_all_slots_but_the_one_she_needs_herself() -> None:
    both = a_mentor(mentee={"want": 1, "wants": [[2, 1]], "goals": [0]}, years=15, avail="3")
    senior = a_mentor(mentor={"cap": 1, "offers": [[2, 3]], "helps": [0]}, years=30, company=7, avail="3")
    other = a_mentor(mentor={"cap": 1, "offers": [[0, 1]], "helps": [0]}, company=8, avail="2")
    model = model_of(an_instance([both, senior, other, a_mentee(), a_mentee(avail="2")]))
    planned = plan(model)
    assert wrong_with(model, planned.meetings) == ()
    assert measure(model, planned.meetings).served == 3
    assert [1, 0] in planned.meetings[:, :2].tolist()


def test_somebody_with_both_roles_gives_instead_of_asking_where_that_serves_more() -> None:
    both = a_mentor(mentee={"want": 2, "wants": [[0, 1]], "goals": [0]}, years=6, company=2, avail="2")
    mentor, mentees = a_mentor(years=7, company=3, avail="2"), [a_mentee(company=1, avail="2") for _ in range(2)]
    model = model_of(an_instance([both, mentor, *mentees], tables=[0, 2, 0]))
    assert measure(model, plan(model).meetings).served == 2


def test_a_clock_that_ran_out_leaves_a_valid_plan() -> None:
    model = model_of(make(300, 1, "conference"))
    planned = plan(model, go_on=lambda: False)
    assert wrong_with(model, planned.meetings) == ()
    assert measure(model, planned.meetings).served > 150


def test_nobody_or_no_tables_make_an_empty_plan() -> None:
    for instance in (
        an_instance([]),
        an_instance([a_mentor(), a_mentee()], tables=[0, 0, 0]),
        an_instance([a_mentee()]),
    ):
        assert plan(model_of(instance)).meetings.tolist() == []


VALID = [[0, 0, 0, 0], [0, 1, 1, 0], [1, 2, 0, 1]]
PEOPLE = [a_mentor(), a_mentor(avail="3", company=3), a_mentee(), a_mentee(), a_mentee(), a_mentee(company=3)]
VIOLATIONS = {
    "no such mentor": [[9, 0, 0, 0]],
    "no such slot": [[0, 0, 3, 0]],
    "no such table": [[0, 0, 0, 2]],
    "not available": [[1, 0, 2, 0]],
    "mentor twice in a slot": [[0, 0, 0, 0], [0, 1, 0, 1]],
    "table twice in a slot": [[0, 0, 0, 0], [1, 1, 0, 0]],
    "more than she takes": [[0, 0, 0, 0], [0, 1, 1, 0], [0, 2, 2, 0]],
    "more than she wishes": [[0, 0, 0, 0], [1, 0, 1, 0]],
    "the same two again": [[0, 0, 0, 0], [0, 0, 1, 0]],
    "may not be introduced": [[1, 3, 0, 0]],
}
SENTENCES = {
    "no such mentor": "there is no such mentor",
    "no such slot": "there is no such mentor, mentee, slot",
    "no such table": "there is no such mentor, mentee, slot or table",
    "not available": "person 1 is not available in slot 2",
    "mentor twice in a slot": "person 0 has (0, 0, 0, 0) in the same slot",
    "table twice in a slot": "table 0 has (0, 0, 0, 0) in the same slot",
    "more than she takes": "mentor 0: 3 meetings are more than 2",
    "more than she wishes": "mentee 0: 2 meetings are more than 1",
    "the same two again": "the same two people have (0, 0, 0, 0)",
    "may not be introduced": "these two may not be introduced",
}


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_every_kind_of_violation_is_caught(kind: str) -> None:
    model = model_of(an_instance(PEOPLE))
    assert wrong_with(model, np.array(VALID)) == ()
    assert any(SENTENCES[kind] in sentence for sentence in wrong_with(model, np.array(VIOLATIONS[kind])))


def test_an_agreed_meeting_that_is_gone_is_caught() -> None:
    model = model_of(an_instance(PEOPLE)).with_fixed(np.array([[0, 0, 1, 0]]))
    assert wrong_with(model, np.array(VALID)) == ("(0, 0, 1, 0): this meeting is agreed and not in the plan.",)
