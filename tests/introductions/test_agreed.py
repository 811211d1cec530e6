"""Agreed meetings: all are held with the fewest idle slots, whatever cannot be read or held is said where it stands."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.introductions.planner.agreed import (
    Agreed,
    Progress,
    UnreadableSchedule,
    exact,
    idle_slots,
    impossible,
    read,
    solve,
    wrong_with,
)
from services.introductions.planner.agreed.timetable import timetable
from services.introductions.planner.agreed.waits import Waits, waits_of
from tests.beside import NOT_BESIDE, SHARED

PUBLISHED = SHARED / "data" / "b2b"
FILE = """% two tables, three slots in the morning and one after lunch
nBusiness = 4; nMeetings = 4; nTables = 2; nTotalSlots = 4; nMorningSlots = 3;
requested = [|1, 2, 1,
|1, 3, 3,
|2, 4, 2,
|3, 4, 3,
|];
fixat = [0,0,0,2,];
forbidden = [{0,},{0,3,},{},{0,},];
"""


def agreed(
    *pairs: tuple[int, int], slots: int = 4, tables: int = 2, allowed: dict[int, int] | None = None, forbidden: str = ""
) -> Agreed:
    """Meetings of some people; `forbidden` has a digit a person, a set of slots each."""
    people = max(max(pair) for pair in pairs) + 1 if pairs else 0
    everything = (1 << slots) - 1
    return Agreed(
        people=people,
        tables=(tables,) * slots,
        pairs=pairs,
        allowed=tuple((allowed or {}).get(meeting, everything) for meeting in range(len(pairs))),
        forbidden=tuple(int(digit, 16) for digit in forbidden.ljust(people, "0")),
    )


def fewest(wishes: Agreed) -> tuple[int, int] | None:
    """The optimum, by trying everything."""
    every = itertools.product(range(wishes.slots), repeat=len(wishes.pairs))
    valid = (tuple(enumerate(slots)) for slots in every if not wrong_with(wishes, tuple(enumerate(slots))))
    return min((idle_slots(wishes, meetings) for meetings in valid), default=None)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_file_says_who_meets_whom_in_which_slots() -> None:
    assert read(FILE) == Agreed(
        people=4,
        tables=(2, 2, 2, 2),
        pairs=((0, 1), (0, 2), (1, 3), (2, 3)),
        allowed=(0b0111, 0b1111, 0b1000, 0b0010),
        forbidden=(0, 0b0100, 0, 0),
    )


def test_fixed_and_forbidden_slots_may_be_left_out() -> None:
    wishes = read(FILE.split("fixat")[0])
    assert (wishes.allowed, wishes.forbidden) == ((0b0111, 0b1111, 0b1000, 0b1111), (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("nTables = 2;", "", "nTables is missing."),
        ("nTables = 2;", "nTables = two;", "nTables is no number: 'two'"),
        ("nTables = 2;", "nTables = 99999;", "nTables is 99999, which is more than 10,000."),
        ("nTables = 2;", "nTables = 2; nTables = 3;", "nTables is given twice."),
        ("nTables = 2;", "nTables;", "Statement 3 is no `name = value`: 'nTables'"),
        ("nTables = 2;", "nTables = 1; nTotalSlots = 3;", "nTotalSlots is given twice."),
        ("nMorningSlots = 3", "nMorningSlots = 5", "nMorningSlots is 5 and nTotalSlots is 4."),
        ("nMeetings = 4", "nMeetings = 5", "nMeetings is 5, but requested has 4 rows."),
        ("|1, 3, 3,", "|1, 3,", "Row 2 of requested has 2 numbers instead of person, person, session."),
        ("|1, 3, 3,", "|1, x, 3,", "Row 2 of requested is no list of numbers: '1, x, 3,'"),
        ("|1, 3, 3,", "|1, 5, 3,", "Row 2 of requested names person 5, but there are persons 1 to 4."),
        ("|1, 3, 3,", "|0, 3, 3,", "Row 2 of requested names person 0, but there are persons 1 to 4."),
        ("|1, 3, 3,", "|1, 1, 3,", "In row 2 of requested, person 1 meets herself."),
        ("|1, 3, 3,", "|1, 3, 4,", "Row 2 of requested has session 4; 1 is morning, 2 afternoon, 3 either."),
        ("[|1, 2", "[1, 2", "requested is no list between [| and |]: '[1, 2, 1, |1, 3, 3, |2, 4, 2, |3, 4, 3, ...'"),
        ("0,0,0,2,", "0,0,2,", "fixat has 3 numbers for 4 meetings."),
        ("0,0,0,2,", "0,0,0,5,", "Number 4 of fixat is slot 5, but there are slots 1 to 4."),
        ("0,0,0,2,", "4,0,0,0,", "Row 1 of requested is fixed in slot 4, outside its session (morning)."),
        ("0,0,0,2,", "3,0,0,0,", "Row 1 of requested is fixed in slot 3, which is forbidden to person 2."),
        ("0,0,0,2,", "0,2,0,2,", "Person 3 has 2 meetings that can only be in slot 2."),
        ("{0,3,}", "{0,5,}", "Set 2 of forbidden names slot 5, but there are slots 1 to 4."),
        ("{0,3,},", "", "forbidden has 3 sets for 4 persons."),
        ("{0,3,}", "3", "forbidden is no list of sets such as {0, 3}: '{0,},3,{},{0,},'"),
        ("{0,3,}", "{1,2,3}", "No slot is left for meeting 1 (persons 1 and 2): session and times rule all out."),
        ("{0,3,}", "{1,3,4}", "No slot is left for meeting 3 (persons 2 and 4): session and times rule all out."),
        ("nTables = 2", "nTables = 0", "There are 4 meetings and room for 0: too few tables and slots."),
        ("forbidden", "precedences = [{2}]; forbidden", "The file has precedences between meetings, which cannot be kept here."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_with_its_place(old: str, new: str, sentence: str) -> None:
    assert old in FILE
    with pytest.raises(UnreadableSchedule) as refused:
        read(FILE.replace(old, new))
    assert str(refused.value) == sentence


@given(st.text(max_size=60) | st.text(alphabet="[]|{},;= 0123nTabls", max_size=60), st.integers(0, len(FILE)))
@settings(max_examples=300, deadline=None)
def test_whatever_is_in_a_file_is_read_or_refused(noise: str, place: int) -> None:
    with contextlib.suppress(UnreadableSchedule):
        assert impossible(read(FILE[:place] + noise + FILE[place:])) is None


# --- what can never be ------------------------------------------------------------------------------------------------


NONE = "The meetings cannot all be held: it is proved that there is no such schedule."


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        (agreed((0, 1), (0, 2), (1, 2), slots=2, tables=1), "There are 3 meetings and room for 2: too few tables and slots."),
        (agreed((0, 0)), "In meeting 1, person 1 meets herself."),
        (agreed((0, 1), forbidden="3c"), "No slot is left for meeting 1 (persons 1 and 2): session and times rule all out."),
        (agreed((0, 1), (0, 2), (0, 3), slots=2), "Person 1 has 3 meetings and 2 slots in which they could be held."),
        (agreed((0, 1), (0, 2), (0, 3), allowed={0: 3, 1: 3, 2: 3}),
         "Person 1 has 3 meetings and 2 slots in which they could be held."),
        (agreed((0, 1), (0, 2), allowed={0: 2, 1: 2}), "Person 1 has 2 meetings that can only be in slot 2."),
        (agreed((0, 1), (2, 3), tables=1, allowed={0: 2, 1: 2}), "Slot 2 has 1 tables and 2 meetings that are fixed in it."),
        (agreed((0, 1), (1, 2), (0, 2), slots=2), NONE),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_refused_with_the_reason(wishes: Agreed, sentence: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        solve(wishes, effort=2_000)
    assert str(refused.value) == sentence


# --- the check --------------------------------------------------------------------------------------------------------

WISHES = read(FILE)
VALID = ((0, 0), (1, 2), (2, 3), (3, 1))


@pytest.mark.parametrize(
    ("meetings", "sentences"),
    [
        (VALID, ()),
        (VALID[1:], ("Not held: meeting 1 (persons 1 and 2).",)),
        ((*VALID, (4, 0)), ("There is no meeting 5.",)),
        (((0, -1), *VALID[1:]), ("There is no slot 0 for meeting 1 (persons 1 and 2).",)),
        ((*VALID, (1, 3)), ("Held 2 times: meeting 2 (persons 1 and 3).",)),
        (((0, 0), (1, 2), (2, 2), (3, 1)), (
            "Slot 3 is outside the session of meeting 3 (persons 2 and 4).",
            "Slot 3 is forbidden to person 2 of meeting 3 (persons 2 and 4).",
        )),
        (((0, 0), (1, 0), (2, 3), (3, 1)), ("Person 1 is in 2 meetings in slot 1.",)),
    ],
)  # fmt: skip
def test_the_check_names_what_is_wrong(meetings: Sequence[tuple[int, int]], sentences: tuple[str, ...]) -> None:
    assert wrong_with(WISHES, meetings) == sentences


def test_the_check_counts_tables() -> None:
    assert wrong_with(agreed((0, 1), (2, 3), tables=1), ((0, 1), (1, 1))) == ("Slot 2 has 2 meetings at 1 tables.",)


def test_idle_are_the_slots_between_the_first_and_the_last_meeting() -> None:
    wishes = agreed((0, 1), (0, 2), (0, 3), slots=8)
    assert idle_slots(wishes, ((0, 0), (1, 3), (2, 5))) == (3, 2)


@given(st.sets(st.integers(0, 11)))
def test_the_search_counts_waiting_as_the_check_does(slots: set[int]) -> None:
    wishes = agreed(*((0, other + 1) for other in range(len(slots))), slots=12)
    idle, times = idle_slots(wishes, tuple(enumerate(slots)))
    assert waits_of(sum(1 << slot for slot in slots)) == Waits(idle, times)


# --- the search -------------------------------------------------------------------------------------------------------


@st.composite
def small(draw: st.DrawFn) -> Agreed:
    """Few people and meetings, so that everything can be tried."""
    slots, people = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    pair = st.tuples(st.integers(0, people - 1), st.integers(0, people - 1)).filter(lambda both: both[0] != both[1])
    pairs = draw(st.lists(pair, max_size=5))
    sets = st.integers(1, 2**slots - 1) | st.just(2**slots - 1)
    return Agreed(
        people=people,
        tables=tuple(draw(st.lists(st.integers(0, 3), min_size=slots, max_size=slots))),
        pairs=tuple(pairs),
        allowed=tuple(draw(st.lists(sets, min_size=len(pairs), max_size=len(pairs)))),
        forbidden=tuple(draw(st.lists(st.integers(0, 2**slots - 1).map(lambda s: s & s >> 1), min_size=people, max_size=people))),
    )  # fmt: skip


@given(small(), st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_a_small_schedule_is_the_very_best(wishes: Agreed, seed: int) -> None:
    best = fewest(wishes)
    if best is None:
        with pytest.raises(UnreadableSchedule):
            solve(wishes, seed=seed, effort=2_000)
    else:
        schedule = solve(wishes, seed=seed, effort=2_000)
        assert wrong_with(wishes, schedule.meetings) == ()
        assert (schedule.idle, schedule.waits, schedule.bound) == (*best, best[0])
        assert idle_slots(wishes, schedule.meetings) == best


@given(small())
@settings(max_examples=100, deadline=None)
def test_what_counting_proves_is_true(wishes: Agreed) -> None:
    best = fewest(wishes)
    if best is not None:
        assert exact.least(wishes, 1.0, 10.0).bound <= exact.IDLE * best[0] + best[1]


def crowd(people: int, slots: int, tables: int, every: int) -> Agreed:
    """Everybody meets the next ones, in a circle."""
    pairs = [(one, (one + step) % people) for one in range(people) for step in range(1, every + 1)]
    return agreed(*pairs, slots=slots, tables=tables, forbidden="".join("12480"[one % 5] for one in range(people)))


def test_every_exchange_keeps_a_schedule_valid_and_changes_the_days_of_two() -> None:
    wishes = crowd(20, 9, 8, 3)
    table = timetable(wishes, [slot for _meeting, slot in solve(wishes, effort=0).meetings])
    done = 0
    for person, here, there in itertools.product(range(20), range(9), range(9)):
        days = list(table.used)
        if not days[person] >> here & 1 or days[person] >> there & 1:
            continue
        path = table.path(person, here, there)
        if path is not None:
            table.exchange(person, here, there, path[0])
            changed = {other for other in range(20) if table.used[other] != days[other]}
            assert wrong_with(wishes, tuple(enumerate(table.slot_of))) == ()
            assert changed == {person, path[1]}
            assert table.used == timetable(wishes, table.slot_of).used
            done += 1
    assert done > 100


def test_meetings_push_each_other_until_all_are_placed_and_what_was_fixed_stays() -> None:
    wishes = agreed(*itertools.combinations(range(8), 2), slots=7, tables=4, allowed={0: 8, 27: 8})
    schedule = solve(wishes, effort=2_000)
    assert wrong_with(wishes, schedule.meetings) == ()
    assert (schedule.idle, schedule.meetings[0], schedule.meetings[27]) == (0, (0, 3), (27, 3))


def test_the_same_wishes_and_seed_give_the_same_schedule_and_another_seed_another() -> None:
    wishes = crowd(40, 12, 14, 3)
    schedules = [solve(wishes, seed=seed, effort=60_000) for seed in (1, 1, 2)]
    assert schedules[0] == schedules[1]
    assert schedules[0].meetings != schedules[2].meetings


def test_more_effort_is_never_worse() -> None:
    wishes = crowd(40, 12, 14, 3)
    idle = [solve(wishes, seed=3, effort=effort).idle for effort in (0, 250_000, 500_000)]
    assert idle == sorted(idle, reverse=True)
    assert idle[0] > idle[-1]


def test_when_time_is_up_the_best_so_far_is_the_answer() -> None:
    wishes = crowd(40, 12, 14, 3)
    left = iter([1.0] * 5)
    told: list[Progress] = []
    schedule = solve(wishes, seconds_left=lambda: next(left, 0.0), progress=told.append)
    assert wrong_with(wishes, schedule.meetings) == ()
    assert (told[-1].idle, told[-1].waits) == (schedule.idle, schedule.waits)
    assert 0 < told[-1].share < 0.01


def test_nobody_and_nothing_to_hold_is_a_schedule() -> None:
    assert solve(agreed()).meetings == ()


# --- published instances ----------------------------------------------------------------------------------------------

NAMES = {
    "tic-12": 0, "tic-13crafc": 12, "tic-14crafa": 3, "tic-14crafc": 6, "forumt-14crafc": 13, "forumt-14crafd": 11,
    "forum-13": 25, "forum-13crafb": 75, "ticf-13crafa": 25, "ticf-13crafc": 60,
}  # fmt: skip
"""What a small effort must reach; see `bench.planner.agreed` for what the full one does."""


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason=NOT_BESIDE)
@pytest.mark.parametrize("name", NAMES)
def test_a_published_instance_is_scheduled(name: str) -> None:
    wishes = read((PUBLISHED / f"{name}.dzn").read_text())
    began = time.monotonic()
    first = solve(wishes, effort=0, seconds_left=lambda: 1.0 - (time.monotonic() - began))
    schedule = solve(wishes, effort=250_000)
    assert (wrong_with(wishes, first.meetings), wrong_with(wishes, schedule.meetings)) == ((), ())
    assert idle_slots(wishes, schedule.meetings) == (schedule.idle, schedule.waits)
    assert schedule.bound <= schedule.idle <= NAMES[name]
