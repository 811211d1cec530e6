"""Tables that are not all alike: who needs a way without steps or a quiet place gets one or another time, nobody is to be at
the other end of the house at once, and where nothing of it matters a plan is what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.introductions import policies
from services.introductions.planner import (
    Board,
    Meeting,
    Person,
    Point,
    Problem,
    Proposal,
    Time,
    Why,
    beside,
    plan,
    still_valid,
    times_for,
    why_unplaced,
)
from tests.introductions.test_planner import mentee, mentor

TIMES = tuple(
    Time(
        id=f"t{at}",
        position=at + (at > 2),
        half=at // 3,
        starts=20 * at + 60 * (at > 2),
        ends=20 * at + 60 * (at > 2) + 15,
    )
    for at in range(6)
)
"""Three slots five minutes apart, more than an hour, three more."""
HALL, GALLERY, GARDEN = (
    Point(code="hall"),
    Point(code="gallery", step_free=False, quiet=True),
    Point(code="garden", quiet=True, walk=4),
)


def a_day(*people: Person, tables: dict[Point, int] | None = None, **values: Any) -> Problem:
    """Six slots; one table in the hall, one up in the gallery where nothing else is said."""
    of = tables or {HALL: 1, GALLERY: 1}
    places = tuple((point.code, number) for point, count in of.items() for number in range(1, count + 1))
    made = {"times": TIMES, "taken": (frozenset(),) * 6, **values}
    return Problem(**{"places": places, "people": people, "points": tuple(of), **made})


def placed(problem: Problem) -> list[tuple[str, str, str, str]]:
    """(mentor, mentee, slot, point) of the plan."""
    return sorted((item.mentor, item.mentee, item.slot, item.meeting_point) for item in plan(problem).meetings)


def test_who_needs_no_steps_gets_the_table_without_and_who_needs_nothing_leaves_it_to_her() -> None:
    people = (
        mentor("m1", free=1),
        mentor("m2", free=1),
        mentee("n1", wishes=1),
        mentee("n2", wishes=1, step_free=True),
    )
    found = {mentee_: point for _mentor, mentee_, _slot, point in placed(a_day(*people))}
    assert found == {"n1": "gallery", "n2": "hall"}


def test_quiet_is_for_who_needs_it_and_both_needs_want_both() -> None:
    people = (mentor("m", free=1, quiet=True), mentee("n", wishes=1))
    assert placed(a_day(*people)) == [("m", "n", "t0", "gallery")]
    both = (mentor("m", free=1, quiet=True), mentee("n", wishes=1, step_free=True))
    assert placed(a_day(*both)) == []
    assert placed(a_day(*both, tables={HALL: 1, GALLERY: 1, GARDEN: 1})) == [("m", "n", "t0", "garden")]


def test_where_more_need_a_table_than_there_are_another_time_is_theirs() -> None:
    mentors = [mentor(f"m{at}", load=1) for at in range(4)]
    people = (*mentors, *(mentee(f"n{at}", wishes=1, step_free=True, free=0b1111) for at in range(4)))
    assert sorted(slot for _m, _n, slot, _p in placed(a_day(*people))) == ["t0", "t1", "t2", "t3"]
    assert {point for _m, _n, _slot, point in placed(a_day(*people))} == {"hall"}


def test_somebody_with_other_times_moves_for_somebody_with_one() -> None:
    mentors = [mentor(f"m{at}", load=1, free=0b11) for at in range(2)]
    people = (
        *mentors,
        mentee("any", wishes=1, step_free=True, free=0b11),
        mentee("one", wishes=1, step_free=True, free=1),
    )
    assert {who: slot for _m, who, slot, _p in placed(a_day(*people))} == {"any": "t1", "one": "t0"}


def test_who_needs_nothing_gives_a_table_up_that_somebody_has_nothing_without() -> None:
    people = (mentor("m", load=1, free=1), mentor("other", "b", load=1, free=1), mentee("n", wishes=1, step_free=True))
    rival = mentee("rival", "b", wishes=1)
    assert placed(a_day(*people, rival, tables={HALL: 1})) == [("m", "n", "t0", "hall")]


def test_a_walk_is_in_time_by_the_choice_of_tables_or_else_by_another_time() -> None:
    far = {replace(HALL, walk=2): 1, GARDEN: 3}
    people = (mentor("m", load=2, free=0b11), *(mentee(f"n{at}", wishes=1, free=0b11) for at in range(2)))
    assert [point for _m, _n, _s, point in placed(a_day(*people, tables=far))] == ["hall", "hall"]
    second = (*people, mentor("m2", load=2, free=0b11), *(mentee(f"o{at}", wishes=1, free=0b11) for at in range(2)))
    of: dict[str, set[str]] = defaultdict(set)
    for mentor_, _mentee, _slot, point in placed(a_day(*second, tables=far)):
        of[mentor_].add(point)
    assert sorted(map(sorted, of.values())) == [["garden"], ["hall"]]
    taken = (frozenset({0}), frozenset({1, 2, 3}), *(frozenset(),) * 4)
    later = mentor("m", load=2, free=0b111), *(mentee(f"n{at}", wishes=1) for at in range(2))
    slots = [(slot, point) for _m, _n, slot, point in placed(a_day(*later, tables=far, taken=taken))]
    assert len(slots) == 2
    assert (
        _too_short(a_day(*later, tables=far, taken=taken), plan(a_day(*later, tables=far, taken=taken)).meetings) == []
    )


def test_a_meeting_that_she_has_already_counts_as_where_she_comes_from() -> None:
    far = {replace(HALL, walk=2): 1, GARDEN: 1}
    people = mentor("m", free=0b010, busy=0b001, at=((0, 1),)), mentee("n", wishes=1)
    assert placed(a_day(*people, tables=far)) == [("m", "n", "t1", "garden")]
    full = (frozenset(), frozenset({1}), *(frozenset(),) * 4)
    assert placed(a_day(*people, tables=far, taken=full)) == []
    assert times_for(a_day(*people, tables=far, taken=full), "m", "n") == {}


def test_another_time_and_an_older_plan_know_what_they_need() -> None:
    people = mentor("m", free=0b11), mentee("n", free=0b11, step_free=True)
    taken = (frozenset({0}), *(frozenset(),) * 5)
    assert times_for(a_day(*people, taken=taken), "m", "n") == {"t1": ("hall", 1)}
    wrong = Meeting(mentor="m", mentee="n", slot="t1", meeting_point="gallery", table=1)
    (kept,) = still_valid(a_day(*people), [wrong])
    assert (kept.slot, kept.meeting_point) == ("t1", "hall")
    assert still_valid(a_day(*people, taken=taken), [replace(wrong, slot="t0")]) == ()


def test_nobody_is_asked_to_come_to_a_table_that_she_cannot_reach() -> None:
    def asked(**values: Any) -> str | None:
        people = mentor("m"), mentee("n1", free=1, **values)
        found = beside(a_day(*people), "m", "t0", ("gallery", 1))
        return found and found.mentee

    assert (asked(), asked(quiet=True), asked(step_free=True)) == ("n1", "n1", None)
    far = {HALL: 1, GARDEN: 1}
    coming = mentor("m"), mentee("n1", free=0b10, busy=1, at=((0, 0),))
    assert beside(a_day(*coming, tables={replace(HALL, walk=2): 1, GARDEN: 1}), "m", "t1", ("garden", 1)) is None
    assert beside(a_day(*coming, tables=far), "m", "t1", ("garden", 1)) is not None


def test_who_has_none_reads_which_table_is_missing_and_nothing_of_what_others_need() -> None:
    def why(hers: dict[str, bool], others: dict[str, bool], **values: Any) -> Why | None:
        return why_unplaced(Board(a_day(mentor("m", **others), mentee("n", **hers), **values)), "n")

    full = (frozenset({0}),) * 6
    assert why({"step_free": True}, {}, taken=full) == Why(kind="step_free", topic="a")
    assert why({"quiet": True}, {}, tables={HALL: 1}) == Why(kind="quiet", topic="a")
    assert why({}, {"step_free": True}, taken=full) == Why(kind="tables", topic="a")
    assert why({"quiet": True}, {"step_free": True}) == Why(kind="tables", topic="a")
    assert why({"step_free": True}, {}) == Why(kind="soon", topic="a")


def test_a_proposal_that_nobody_answered_goes_to_another_table_for_who_needs_its_own() -> None:
    people = (
        mentor("m1", load=0, busy=1, free=0),
        mentee("n1", has=1, wishes=0, busy=1, free=0),
        mentor("m2", free=1),
        mentee("n2", wishes=1, step_free=True),
    )
    proposal = Proposal(introduction="i", mentor="m1", mentee="n1", number=0, place=0)
    problem = a_day(*people, taken=(frozenset({0}), *(frozenset(),) * 5), open=(proposal,))
    (change,) = plan(problem).changes
    assert change.moved_to is not None
    assert (change.moved_to.slot, change.moved_to.meeting_point) == ("t0", "gallery")
    assert [(item.mentor, item.mentee, item.meeting_point) for item in change.meetings] == [("m2", "n2", "hall")]


# Whatever the day is like

walks = st.sampled_from([0, 0, 2, 3, 6])


@st.composite
def halls(draw: st.DrawFn, most_tables: int = 2) -> dict[Point, int]:
    """One to three meeting points."""
    return {
        Point(code=code, step_free=draw(st.booleans()), quiet=draw(st.booleans()), walk=draw(walks)): draw(
            st.integers(1, most_tables)
        )
        for code in "xyz"[: draw(st.integers(1, 3))]
    }


@st.composite
def days(draw: st.DrawFn, most: int = 9) -> Problem:
    """Any day with some mentors and mentees of one topic; a few are taken already."""
    of = draw(halls())
    count = sum(of.values())
    people = []
    for number in range(draw(st.integers(2, most))):
        needs = {name: draw(st.booleans()) and draw(st.booleans()) for name in ("step_free", "quiet")}
        free = draw(st.integers(0, 63))
        busy = draw(st.sampled_from([0, 0, 1, 8])) & ~free
        at = tuple((slot, draw(st.integers(0, count - 1))) for slot in range(6) if busy >> slot & 1)
        values = {"free": free, "busy": busy, "at": at, **needs}
        kind = draw(st.sampled_from(["mentor", "mentee"]))
        if kind == "mentor":
            people.append(mentor(f"p{number}", load=draw(st.integers(0, 3)), **values))
        else:
            people.append(mentee(f"p{number}", wishes=draw(st.integers(1, 2)), **values))
    taken = tuple(draw(st.frozensets(st.integers(0, count - 1), max_size=1)) for _ in TIMES)
    return a_day(*people, tables=of, taken=taken, in_a_row=draw(st.integers(1, 3)))


def _unsuitable(problem: Problem, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Meetings at a table that one of the two cannot use."""
    people = {person.who.id: person.who for person in problem.people}
    points = {point.code: point for point in problem.points}
    found = []
    for item in meetings:
        point = points[item.meeting_point]
        for who in (people[item.mentor], people[item.mentee]):
            if (who.step_free and not point.step_free) or (who.quiet and not point.quiet):
                found.append(item)
    return found


def _too_short(problem: Problem, meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """(who, second slot) of meetings between which the way takes longer than there is time."""
    points = {point.code: point for point in problem.points}
    times = {time.id: time for time in problem.times}
    day: dict[str, list[tuple[Time, Point]]] = defaultdict(list)
    for person in problem.people:
        for number, place in person.at:
            day[person.who.id].append((problem.times[number], points[problem.places[place][0]]))
    old = {name: len(hers) for name, hers in day.items()}
    for item in meetings:
        for name in (item.mentor, item.mentee):
            day[name].append((times[item.slot], points[item.meeting_point]))
    found = []
    for name, hers in day.items():
        ordered = sorted(hers, key=lambda one: one[0].starts)
        for (first, one), (then, other) in zip(ordered, ordered[1:], strict=False):
            walk = 0 if one.code == other.code else one.walk + other.walk
            if walk > then.starts - first.ends and len(hers) > old.get(name, 0):
                found.append((name, then.id))
    return found


@settings(max_examples=120, deadline=None)
@given(days())
def test_nobody_is_at_a_table_that_does_not_suit_or_too_far_from_the_last_one(problem: Problem) -> None:
    meetings = plan(problem).meetings
    fixed_alone = _too_short(problem, ())
    assert fixed_alone == []
    assert (_unsuitable(problem, meetings), _too_short(problem, meetings)) == ([], [])
    assert len({(item.slot, item.meeting_point, item.table) for item in meetings}) == len(meetings)
    assert still_valid(problem, meetings) == meetings
    assert plan(problem).meetings == meetings


@settings(max_examples=120, deadline=None)
@given(days(), st.data())
def test_an_older_plan_with_a_wrong_table_or_a_walk_too_short_is_not_kept(
    problem: Problem, data: st.DataObject
) -> None:
    meetings = list(plan(problem).meetings)
    assume(meetings)
    at = data.draw(st.integers(0, len(meetings) - 1))
    point, table = data.draw(st.sampled_from(problem.places))
    meetings[at] = replace(meetings[at], meeting_point=point, table=table)
    kept = still_valid(problem, meetings)
    assert (_unsuitable(problem, kept), _too_short(problem, kept)) == ([], [])
    wrong = _unsuitable(problem, [meetings[at]]) or _too_short(problem, [meetings[at]])
    assert not wrong or meetings[at] not in [replace(item, probability=None) for item in kept]


@settings(max_examples=120, deadline=None)
@given(days())
def test_nobody_without_a_need_keeps_a_table_from_who_has_nothing_without_it(problem: Problem) -> None:
    meetings = plan(problem).meetings
    board = Board(problem)
    number = {time.id: at for at, time in enumerate(problem.times)}
    for item in meetings:
        place = problem.places.index((item.meeting_point, item.table))
        board.place(board.seats[item.mentor], board.seats[item.mentee], number[item.slot], place)
    needs = {name for name, seat in board.seats.items() if seat.who.step_free or seat.who.quiet}
    without = [board.seats[name] for name in needs if board.seats[name].wishes and not board.seats[name].has]
    for item in meetings:
        if {item.mentor, item.mentee} & needs:
            continue
        slot, place = number[item.slot], problem.places.index((item.meeting_point, item.table))
        pair = board.seats[item.mentor], board.seats[item.mentee]
        board.take_back(*pair, slot, place)
        for mentee_ in without:
            for mentor_ in board.seats.values():
                could = board.open_to(mentor_) & mentee_.free & 1 << slot and board.may_meet(mentor_, mentee_)
                if could and not {mentor_, mentee_} & set(pair) and board.not_too_many_in_a_row(mentor_, slot):
                    assert board.place_for(mentor_, mentee_, slot) is None
        board.occupy(*pair, slot, place)


@settings(max_examples=100, deadline=None)
@given(days())
def test_where_nobody_needs_anything_and_every_walk_is_short_the_engines_plan_is_kept(problem: Problem) -> None:
    alike = [replace(person, who=replace(person.who, step_free=False, quiet=False)) for person in problem.people]
    near = tuple(replace(point, walk=0) for point in problem.points)
    easy = replace(problem, people=tuple(alike), points=near)
    plain = plan(replace(easy, points=())).meetings
    assert sorted((item.mentor, item.mentee, item.slot) for item in plan(easy).meetings) == sorted(
        (item.mentor, item.mentee, item.slot) for item in plain
    )


def _best_served(problem: Problem) -> int:
    """By looking at every way there is."""
    mentees = [person for person in problem.people if person.wishes]
    mentors = [person for person in problem.people if person.gives and person.load]
    ways = list(product(mentors, range(len(problem.times)), range(len(problem.places))))

    def served(at: int, board: Board) -> int:
        if at == len(mentees):
            return 0
        best = served(at + 1, board)
        mentee_ = board.seats[mentees[at].who.id]
        for person, number, place in ways:
            if best == len(mentees) - at:
                break
            mentor_ = board.seats[person.who.id]
            if _may_sit(board, mentor_, mentee_, number, place):
                board.occupy(mentor_, mentee_, number, place)
                best = max(best, 1 + served(at + 1, board))
                board.take_back(mentor_, mentee_, number, place)
        return best

    return served(0, Board(problem))


def _may_sit(board: Board, mentor_: Any, mentee_: Any, number: int, place: int) -> bool:
    code, table = board.problem.places[place]
    item = Meeting(
        mentor=mentor_.who.id,
        mentee=mentee_.who.id,
        slot=board.problem.times[number].id,
        meeting_point=code,
        table=table,
    )
    return bool(
        place not in board.taken[number]
        and board.open_to(mentor_) & mentee_.free >> 0 & 1 << number
        and policies.why_not(mentor_.who, mentee_.who) is None
        and board.not_too_many_in_a_row(mentor_, number)
        and not _unsuitable(board.problem, [item])
        and not _too_short(board.left(), [item])
    )


def _short(problem: Problem) -> Iterator[Problem]:
    times = TIMES[:3]
    people = [replace(person, free=person.free & 7, busy=person.busy & 7) for person in problem.people]
    people = [replace(person, at=tuple(one for one in person.at if one[0] < 3)) for person in people]
    yield replace(problem, times=times, taken=problem.taken[:3], people=tuple(people))


@settings(max_examples=60, deadline=None)
@given(days(most=6))
def test_as_many_are_served_as_can_be_on_small_days(problem: Problem) -> None:
    (small,) = _short(problem)
    assume(sum(person.wishes > 0 for person in small.people) <= 3)
    found = {item.mentee for item in plan(small).meetings}
    assert len(found) == _best_served(small)
