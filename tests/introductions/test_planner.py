"""The planner: what it prefers, and that it never breaks a rule."""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.introductions import policies
from services.introductions.planner import (
    Board,
    Fairness,
    Meeting,
    Person,
    Problem,
    Proposal,
    Time,
    Why,
    plan,
    still_valid,
    times_for,
    why_unplaced,
)
from services.introductions.planner.arrays import arrays_of
from services.introductions.planner.fairness import fairness
from services.introductions.policies import Somebody

TIMES = tuple(Time(id=f"t{number}", position=number + (number > 2), half=number // 3) for number in range(6))
"""Three slots in a row, a break, three more; the break is also noon."""
ALL = 0b111111


def mentor(name: str, *offers: str, **values: Any) -> Person:
    """Somebody who gives, up to two a half day."""
    who = {key: values.pop(key) for key in list(values) if key in Somebody.__dataclass_fields__}
    made = Somebody(id=name, role="mentor", offers=frozenset(offers or ("a",)), **who)
    return Person(**{"who": made, "free": ALL, "halves": (2, 2), "proposals": 8, **values})


def mentee(name: str, *wants: str, **values: Any) -> Person:
    """Somebody who wants up to two."""
    who = {key: values.pop(key) for key in list(values) if key in Somebody.__dataclass_fields__}
    made = Somebody(id=name, role="mentee", wants=frozenset(wants or ("a",)), **who)
    return Person(**{"who": made, "free": ALL, "wishes": 2, **values})


def a_day(*people: Person, tables: int = 5, **values: Any) -> Problem:
    """A day with an empty hall."""
    places = tuple(("hall", number) for number in range(1, tables + 1))
    return Problem(**{"times": TIMES, "places": places, "taken": (frozenset(),) * 6, "people": people, **values})


def placed(problem: Problem) -> list[tuple[str, str, str, int]]:
    """(mentor, mentee, slot, table) of the plan."""
    return [(item.mentor, item.mentee, item.slot, item.table) for item in plan(problem).meetings]


def test_everybodys_first_comes_before_anybodys_second() -> None:
    problem = a_day(mentor("m", load=2), mentee("n1"), mentee("n2"))
    assert placed(problem) == [("m", "n1", "t0", 1), ("m", "n2", "t1", 1)]


def test_who_has_the_fewest_possible_mentors_is_served_first() -> None:
    problem = a_day(mentor("m1", "a", load=1), mentor("m2", "b", load=1), mentee("easy", "a", "b"), mentee("hard", "b"))
    assert {(name, who) for name, who, _slot, _table in placed(problem)} == {("m2", "hard"), ("m1", "easy")}


def test_between_equals_nobody_is_first_for_having_registered_earlier() -> None:
    def drawn(*times: int) -> tuple[list[str], list[str]]:
        """The ends of the ids of who is served, and by whom, when registered at these times."""
        names = [f"{millisecond:012x}{end:020x}" for end, millisecond in enumerate(times)]
        mentees = a_day(mentor("m", load=1), *(mentee(name, wishes=1) for name in names))
        mentors = a_day(*(mentor(name) for name in names), mentee("n", wishes=1))
        return [made[1][12:] for made in placed(mentees)], [made[0][12:] for made in placed(mentors)]

    assert drawn(1, 2, 3) == drawn(3, 1, 2) == drawn(2, 3, 1)


def test_the_best_fit_wins_and_then_the_mentor_with_the_most_left() -> None:
    best = a_day(mentor("m1", "a"), mentor("m2", "a", "b"), mentee("n", "a", "b", wishes=1))
    assert placed(best) == [("m2", "n", "t0", 1)]
    spare = a_day(mentor("m1", "a", load=1), mentor("m2", "a", load=3), mentee("n", "a", wishes=1))
    assert placed(spare) == [("m2", "n", "t0", 1)]


def test_the_emptiest_slot_is_taken_and_the_earlier_of_equals() -> None:
    taken = (frozenset({0}), frozenset({0}), frozenset(), frozenset(), frozenset({0}), frozenset())
    assert placed(a_day(mentor("m"), mentee("n", wishes=1), taken=taken)) == [("m", "n", "t2", 1)]


def test_a_mentor_gets_a_break_after_so_many_in_a_row() -> None:
    people = (mentor("m", load=6, free=0b000111), *(mentee(f"n{number}", wishes=1) for number in range(3)))
    assert [slot for _m, _n, slot, _t in placed(a_day(*people, in_a_row=2))] == ["t0", "t1"]
    across = (
        mentor("m", load=6, free=0b001110, busy=0b000001),
        *(mentee(f"n{number}", wishes=1) for number in range(3)),
    )
    assert [slot for _m, _n, slot, _t in placed(a_day(*across, in_a_row=2))] == ["t1", "t3"]


def test_a_mentor_who_said_nothing_has_her_load_by_half_day() -> None:
    people = (mentor("m", halves=(1, 2)), *(mentee(f"n{number}", wishes=1) for number in range(5)))
    assert [slot for _m, _n, slot, _t in placed(a_day(*people))] == ["t0", "t3", "t4"]


def test_a_mentor_is_not_asked_more_often_than_allowed() -> None:
    people = (mentor("m", load=9, proposals=1), mentee("n1"), mentee("n2"))
    assert len(placed(a_day(*people))) == 1


def test_no_table_no_meeting() -> None:
    people = (mentor("m1", free=1), mentor("m2", free=1), mentee("n1", wishes=1), mentee("n2", wishes=1))
    assert placed(a_day(*people, tables=1)) == [("m1", "n1", "t0", 1)]


def test_a_pair_meets_once_even_when_both_want_more() -> None:
    assert placed(a_day(mentor("m", load=5), mentee("n", wishes=3))) == [("m", "n", "t0", 1)]


def test_second_introductions_leave_enough_for_the_firsts_of_who_is_still_to_come() -> None:
    people = (mentor("m1", load=2), mentor("m2", load=1), mentee("n"))
    assert len(placed(a_day(*people, expected={"a": 2.0}, reserve=True))) == 1
    assert plan(a_day(*people, expected={"a": 2.0}, reserve=True)).held_back is True
    assert len(placed(a_day(*people, expected={"a": 1.0}, reserve=True))) == 2
    assert len(placed(a_day(*people, expected={"a": 2.0}, coming={"a": 2.0}, reserve=True))) == 2
    assert len(placed(a_day(*people, expected={"a": 2.0}, reserve=False))) == 2


def test_the_same_problem_gives_the_same_plan_in_another_process_too() -> None:
    problem = a_day(*(mentor(f"m{n}", "ab"[n % 2]) for n in range(9)), *(mentee(f"n{n}", "a", "b") for n in range(9)))
    assert plan(pickle.loads(pickle.dumps(problem))) == plan(problem)


def test_an_older_plan_keeps_what_is_still_possible_at_another_table_where_its_own_is_taken() -> None:
    people = (mentor("m1"), mentor("m2"), mentee("n1"), mentee("n2"))
    meetings = plan(a_day(*people)).meetings
    first, other = (meeting for meeting in meetings if meeting.mentee == "n1")
    gone = [person for person in people if person.who.id != "n2"]
    taken = tuple(frozenset({first.table - 1}) if time.id == first.slot else frozenset() for time in TIMES)
    kept = still_valid(a_day(*gone, taken=taken), meetings)
    assert kept == (replace(first, table=3 - first.table), other)


def test_other_times_are_those_where_both_are_free_at_a_table() -> None:
    taken = (frozenset({0}), frozenset({0, 1}), frozenset(), frozenset(), frozenset(), frozenset())
    problem = a_day(mentor("m", free=0b000111, load=1), mentee("n", free=0b110011, wishes=0), tables=2, taken=taken)
    assert times_for(problem, "m", "n") == {"t0": ("hall", 2)}
    assert times_for(problem, "m", "n", wanted=("hall", 1)) == {"t0": ("hall", 2)}
    assert times_for(problem, "m", "nobody") == {}


def a_long_day(*people: Person, slots: int, **values: Any) -> Problem:
    """Three tables in so many slots: a half-day has twelve in a row."""
    times = tuple(Time(id=f"t{at}", position=at + at // 12, half=at // 12) for at in range(slots))
    return a_day(*people, tables=3, times=times, taken=(frozenset(),) * slots, **values)


def test_a_conference_of_many_days_is_planned_to_its_end_and_firsts_come_first_over_all_of_them() -> None:
    every, last = (1 << 130) - 1, 0b111 << 127
    people = mentor("m", load=2, free=every), mentee("early", wishes=2, free=every ^ last), mentee("late", free=last)
    assert placed(a_long_day(*people, slots=130)) == [("m", "early", "t0", 1), ("m", "late", "t127", 1)]
    shared = fairness(a_long_day(*people, slots=130), [("m", "early"), ("m", "late")])
    assert (shared.served, shared.least) == (2, ("late", 675))


def test_a_row_that_goes_on_beyond_what_is_planned_at_once_is_no_longer_than_allowed() -> None:
    times = tuple(Time(id=f"t{at}", position=at, half=0) for at in range(70))
    near = 0b11111 << 61
    people = (mentor("m", load=9, free=near), *(mentee(f"n{at}", wishes=1, free=near) for at in range(5)))
    problem = a_day(*people, times=times, taken=(frozenset(),) * 70, in_a_row=2)
    meetings = plan(problem).meetings
    assert (len(meetings), still_valid(problem, meetings)) == (4, meetings)


def test_people_who_speak_very_many_languages_are_planned_like_all_others() -> None:
    tongues = [frozenset({f"l{at:02}"}) for at in range(80)]
    people = [mentor("m0", languages=tongues[7], load=1), mentee("n0", languages=tongues[7])]
    crowd = [mentor(f"m{at}", load=0, languages=one) for at, one in enumerate(tongues, 1)]
    others = [mentee(f"n{at}", languages=frozenset({"zz"})) for at in range(1, 5)]
    assert placed(a_day(*people, *crowd, *others)) == [("m0", "n0", "t0", 1)]


def test_who_has_none_hears_why_and_what_would_help() -> None:
    def why(*people: Person, **values: Any) -> Why | None:
        return why_unplaced(Board(a_day(*people, **values)), "n")

    assert why(mentee("n", "a")) == Why(kind="nobody", topic="a")
    assert why(mentor("m", languages=frozenset({"de"})), mentee("n")) == Why(kind="language", topic="a")
    assert why(mentor("m", company="x"), mentee("n", company="x")) == Why(kind="company", topic="a")
    assert why(mentor("m", blocks=frozenset({"n"})), mentee("n")) == Why(kind="nobody", topic="a")
    assert why(mentor("m", load=0), mentee("n")) == Why(kind="full", topic="a")
    others = mentor("m1", "b"), mentor("m2", "b"), mentor("m3", "c"), mentor("m4", "d", free=0)
    assert why(*others, mentor("m", load=0), mentee("n")) == Why(kind="full", topic="a", other="b", more=2)
    late = mentor("m1", free=0b100000), mentor("m2", free=0b110000)
    assert why(*late, mentee("n", free=0b000001)) == Why(kind="time", topic="a", slot="t5", more=2)
    assert why(mentor("m"), mentee("n")) == Why(kind="soon", topic="a")
    assert why(mentor("m")) is None


def test_fairness_is_counted_over_what_there_is_and_what_would_be() -> None:
    people = (
        mentor("m1", load=0),
        mentor("m2", load=2),
        mentee("n1", has=1, wishes=0),
        mentee("n2", wishes=1, first_timer=True),
        mentee("n3", wishes=1, first_timer=True),
    )
    made = fairness(a_day(*people, held=(("m1", "n1"),)), [("m2", "n2")])
    assert made == Fairness(
        mentees=3,
        served=2,
        first_timers=2,
        first_timers_served=1,
        least=("n1", 675),
        loads=((1, 2),),
        jain=0.9,
        blocking=1000 / 3,
    )


def test_who_must_meet_is_moved_to_make_room_but_never_parted() -> None:
    ben, cleo = mentee("ben", "a", "b", wishes=0, has=1, busy=1, free=0b110), mentee("cleo", wishes=1, free=1)
    other = mentor("other", "b")
    taken = (frozenset({0}), *(frozenset(),) * 5)
    proposal = Proposal(introduction="i", mentor="ana", mentee="ben", number=0, place=0)

    def changed(free: int, **values: Any) -> list[Meeting | None]:
        ana = mentor("ana", load=1, busy=1, free=free)
        made = plan(a_day(ana, other, ben, cleo, taken=taken, open=(proposal,), **values))
        return [change.moved_to and replace(change.moved_to, reasons=(), terms={}) for change in made.changes]

    pins = (("ana", "ben"),)
    moved = Meeting(mentor="ana", mentee="ben", slot="t1", meeting_point="hall", table=1)
    assert [changed(0), changed(0, pins=pins), changed(0b010), changed(0b010, pins=pins)] == [
        [None],
        [],
        [moved],
        [moved],
    ]


def test_where_no_table_is_left_two_with_room_are_no_pair_who_would_rather_have_each_other() -> None:
    people = mentor("m1", load=1), mentor("m2", load=1), mentee("n1", wishes=1), mentee("n2", wishes=1)
    full = (frozenset({0, 1}),) * 6
    free = a_day(*people, tables=2)
    assert fairness(free, [("m1", "n1")]).blocking == 250.0
    assert fairness(replace(free, taken=full), [("m1", "n1")]).blocking == 0.0


# Whatever the day is like

topics = st.frozensets(st.sampled_from("abc"), min_size=1, max_size=2)
help_codes = st.frozensets(st.sampled_from(["advice", "network"]), max_size=2)
masks = st.integers(min_value=0, max_value=ALL)


@st.composite
def persons(draw: st.DrawFn, number: int) -> Person:
    """Anybody."""
    role = draw(st.sampled_from(["mentor", "mentee", "both"]))
    busy = draw(masks)
    who = Somebody(
        id=f"p{number}",
        role=role,
        approved=draw(st.booleans()) or role == "mentee",
        offers=draw(topics) if role != "mentee" else frozenset(),
        wants=draw(topics) if role != "mentor" else frozenset(),
        company=draw(st.sampled_from([None, "x", "y"])),
        languages=draw(st.sampled_from([frozenset(), frozenset({"de"}), frozenset({"en", "de"})])),
        near=draw(topics) if role != "mentee" else frozenset(),
        helps=draw(help_codes),
        goals=draw(help_codes),
        domain=draw(st.sampled_from([None, "d", "e"])),
        years=draw(st.none() | st.integers(0, 30)),
        first_timer=draw(st.booleans()),
        likes_newcomers=draw(st.booleans()),
        referrals=draw(st.frozensets(st.sampled_from(["p2", "p5"]), max_size=1)),
        apart=draw(st.frozensets(st.sampled_from(["p1", "p3"]), max_size=1)),
        met_before=draw(st.frozensets(st.sampled_from(["p0", "p4", "p5"]), max_size=1)),
        blocks=draw(st.frozensets(st.sampled_from(["p0", "p1", "p2"]), max_size=1)),
        known=draw(st.frozensets(st.sampled_from(["p3", "p4"]), max_size=1)),
        requests=draw(st.frozensets(st.sampled_from(["p0", "p5"]), max_size=1)),
    )
    return Person(
        who=who,
        free=draw(masks) & ~busy,
        busy=busy,
        has=draw(st.integers(0, 1)),
        wishes=draw(st.integers(0, 3)) if role != "mentor" else 0,
        load=draw(st.none() | st.integers(0, 4)),
        halves=(draw(st.integers(0, 2)), draw(st.integers(0, 2))),
        proposals=draw(st.integers(0, 5)),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any day with up to nine people and few tables."""
    people = tuple(draw(persons(number)) for number in range(draw(st.integers(0, 9))))
    tables = draw(st.integers(1, 3))
    taken = tuple(draw(st.frozensets(st.integers(0, tables - 1), max_size=tables)) for _ in TIMES)
    return a_day(
        *people,
        tables=tables,
        taken=taken,
        in_a_row=draw(st.integers(1, 3)),
        reserve=draw(st.booleans()),
        expected=draw(st.dictionaries(st.sampled_from("abc"), st.floats(0, 3), max_size=2)),
    )


@settings(max_examples=150, deadline=None)
@given(problems(), st.fixed_dictionaries({name: st.integers(0, 400) for name in policies.WEIGHTS}))
def test_the_engine_and_the_rules_say_the_same_of_every_pair(problem: Problem, weights: dict[str, int]) -> None:
    problem = replace(problem, weights=weights)
    arrays = arrays_of(problem, 0, len(problem.times))
    people = {person.who.id: person for person in problem.people}
    said, found = {}, {}
    for row, mentor in enumerate(arrays.mentors):
        for column, mentee in enumerate(arrays.mentees):
            pair = people[mentor], people[mentee]
            may = policies.why_not(pair[0].who, pair[1].who) is None and pair[0].free & pair[1].free
            said[mentor, mentee] = policies.score(pair[0].who, pair[1].who, weights) if may else 0
            found[mentor, mentee] = int(arrays.model.utility.of_pairs(np.array([column]), np.array([row]))[0])
    assert found == said


@settings(max_examples=80, deadline=None)
@given(problems())
def test_a_plan_never_breaks_a_rule(problem: Problem) -> None:
    meetings = plan(problem).meetings
    _is_within_the_rules(meetings, problem)
    assert still_valid(problem, meetings) == meetings


def _is_within_the_rules(meetings: tuple[Meeting, ...], problem: Problem) -> None:
    people = {person.who.id: person for person in problem.people}
    number = {time.id: index for index, time in enumerate(problem.times)}
    _nobody_is_in_two_places(meetings, people, number)
    _every_table_has_one_meeting(meetings, problem, number)
    _nobody_gets_too_much(meetings, people, problem, number)
    for item in meetings:
        assert policies.why_not(people[item.mentor].who, people[item.mentee].who) is None
    pairs = [frozenset((item.mentor, item.mentee)) for item in meetings]
    assert len(pairs) == len(set(pairs))


@settings(max_examples=100, deadline=None)
@given(problems(), st.lists(st.integers(0, 8), max_size=4))
def test_room_is_made_without_breaking_a_rule_and_nobody_loses_her_only_introduction(
    problem: Problem, late: list[int]
) -> None:
    problem = replace(problem, reserve=False, expected={})
    absent = {f"p{number}" for number in late}
    here = replace(problem, people=tuple(person for person in problem.people if person.who.id not in absent))
    first = plan(here).meetings
    number = {time.id: at for at, time in enumerate(problem.times)}
    board = Board(problem)
    open_ = []
    for at, item in enumerate(first):
        slot, place = number[item.slot], problem.places.index((item.meeting_point, item.table))
        board.place(board.seats[item.mentor], board.seats[item.mentee], slot, place)
        open_.append(Proposal(introduction=str(at), mentor=item.mentor, mentee=item.mentee, number=slot, place=place))
    now = replace(board.left(), open=tuple(open_))
    made = plan(now)
    changed = {change.proposal.introduction for change in made.changes}
    moved = [change.moved_to for change in made.changes if change.moved_to is not None]
    kept = [item for at, item in enumerate(first) if str(at) not in changed]
    new = [item for change in made.changes for item in change.meetings]
    everything = (*kept, *moved, *made.meetings, *new)
    _is_within_the_rules(everything, problem)
    assert {item.mentee for item in first} <= {item.mentee for item in everything}
    assert all(change.meetings[0].mentee not in {item.mentee for item in first} for change in made.changes)


def _nobody_is_in_two_places(meetings: Any, people: dict[str, Person], number: dict[str, int]) -> None:
    used: dict[str, int] = defaultdict(int)
    for item in meetings:
        bit = 1 << number[item.slot]
        for name in (item.mentor, item.mentee):
            assert people[name].free & bit
            assert not used[name] & bit
            used[name] |= bit


def _every_table_has_one_meeting(meetings: Any, problem: Problem, number: dict[str, int]) -> None:
    tables = [(item.slot, item.meeting_point, item.table) for item in meetings]
    assert len(tables) == len(set(tables))
    for item in meetings:
        place = problem.places.index((item.meeting_point, item.table))
        assert place not in problem.taken[number[item.slot]]


def _nobody_gets_too_much(
    meetings: tuple[Meeting, ...], people: dict[str, Person], problem: Problem, number: dict[str, int]
) -> None:
    got = Counter(item.mentee for item in meetings)
    assert all(count <= people[name].wishes for name, count in got.items())
    for name, person in people.items():
        hers = [number[item.slot] for item in meetings if item.mentor == name]
        assert len(hers) <= person.proposals or not hers
        if person.load is not None:
            assert len(hers) <= person.load
        else:
            for half in (0, 1):
                assert sum(problem.times[slot].half == half for slot in hers) <= person.halves[half]
        _no_row_grew_too_long(name, person, meetings, problem, number)


def _no_row_grew_too_long(name: str, person: Person, meetings: Any, problem: Problem, number: dict[str, int]) -> None:
    """Her rows of meetings that she gives are short, unless they were longer before."""
    others = {number[item.slot] for item in meetings if item.mentee == name}
    gives = {number[item.slot] for item in meetings if item.mentor == name}
    before = {slot for slot in range(6) if person.busy >> slot & 1}
    if others:
        return  # being a mentee in between is not a row that she gives
    positions = sorted(problem.times[slot].position for slot in before | gives)
    new = {problem.times[slot].position for slot in gives}
    row: list[int] = []
    for position in [*positions, 99]:
        if row and position != row[-1] + 1:
            assert len(row) <= problem.in_a_row or not new & set(row)
            row = []
        row.append(position)


# What chance chooses


def test_without_exploration_nothing_is_drawn() -> None:
    people = mentor("m1", load=3), mentor("m2", load=3), mentor("m3", load=3), mentee("n", wishes=2)
    assert [item.probability for item in plan(a_day(*people)).meetings] == [None, None]


def test_only_second_introductions_are_drawn_and_never_of_a_mentor_with_little() -> None:
    people = (
        *(mentor(f"m{number}", load=4) for number in range(3)),
        mentor("small", load=2),
        mentor("short", load=4, free=0b000011),
        *(mentee(f"n{number}", wishes=2) for number in range(3)),
    )
    seen: set[tuple[str, float]] = set()
    for seed in range(20):
        made = plan(a_day(*people, exploration=1.0, seed=seed))
        firsts = [item for item in made.meetings if item.probability is None]
        drawn = [item for item in made.meetings if item.probability is not None]
        assert sorted(item.mentee for item in firsts) == ["n0", "n1", "n2"]
        seen |= {(item.mentor, item.probability or 0) for item in drawn}
    assert {mentor_of for mentor_of, _probability in seen} == {"m0", "m1", "m2"}
    assert {probability for _mentor, probability in seen} <= {1 / 2, 1 / 3}


def test_every_mentor_who_fits_is_drawn_about_as_often() -> None:
    people = *(mentor(f"m{number}", load=9) for number in range(5)), mentee("n", has=1, wishes=1)
    drawn = Counter(plan(a_day(*people, exploration=1.0, seed=seed)).meetings[0].mentor for seed in range(400))
    assert sorted(drawn) == [f"m{number}" for number in range(5)]
    assert 50 < min(drawn.values()) <= max(drawn.values()) < 115


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 99))
def test_what_is_drawn_breaks_no_rule_either(problem: Problem, seed: int) -> None:
    problem = replace(problem, reserve=False, exploration=0.7, seed=seed)
    meetings = plan(problem).meetings
    _is_within_the_rules(meetings, problem)
    assert still_valid(problem, meetings) == meetings
