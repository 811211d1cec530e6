"""Small cells: what is hidden, and that nothing beside it gives it away."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.followup.domain.cells import Answered, Shown, shown
from services.followup.domain.outcomes import Outcomes, Pairs, Parts, People

LEAST = 5


def outcomes(yes: int, no: int, unknown: int, *, wrote: int = 0, complete: int = 0, people: int = 40) -> Outcomes:
    """As many pairs met, with these answers after a week."""
    met = yes + no + unknown
    parts = Parts(yes=yes, no=no, unknown=unknown, wrote=wrote, complete=complete)
    in_touch = {"week": parts, "month": Parts(unknown=met), "quarter": Parts(unknown=met)}
    return Outcomes(
        people=People(
            registered=100,
            checked_in=90,
            introduced=people,
            accepted=people,
            met=people,
            in_touch={"week": min(people, 2 * yes), "month": 0, "quarter": 0},
        ),
        pairs=Pairs(introduced=met, accepted=met, met=met, continued=0, in_touch=in_touch),
    )


def week(found: Shown) -> Answered:
    (answer,) = found.answers
    return answer


def test_what_is_large_enough_is_shown_with_its_shares() -> None:
    found = shown(outcomes(20, 10, 30, wrote=5, complete=5), LEAST, {"week"})
    answer = week(found)
    assert (answer.yes, answer.no, answer.unknown, answer.wrote, answer.complete) == (20, 10, 30, 5, 5)
    assert (answer.reported, answer.among_answered, answer.bounds) == (20 / 60, 20 / 30, (20 / 60, 50 / 60))
    assert [(row.name, row.count) for row in found.pairs] == [
        ("introduced", 60),
        ("accepted", 60),
        ("met", 60),
        ("continued", 0),
        ("week", 20),
    ]


def test_one_small_part_takes_the_smallest_other_one_with_it() -> None:
    answer = week(shown(outcomes(3, 10, 30), LEAST, {"week"}))
    assert (answer.yes, answer.no, answer.unknown) == (None, None, 30)
    assert (answer.reported, answer.interval, answer.among_answered, answer.bounds) == (None,) * 4


def test_a_zero_is_shown_and_hides_nobody() -> None:
    answer = week(shown(outcomes(0, 3, 30), LEAST, {"week"}))
    assert (answer.yes, answer.no, answer.unknown) == (0, None, None)


def test_few_pairs_hide_every_part_of_them() -> None:
    found = shown(outcomes(2, 1, 1), LEAST, {"week"})
    answer = week(found)
    assert (answer.met, answer.yes, answer.no, answer.unknown) == (None,) * 4
    assert [row.count for row in found.pairs] == [None, None, None, 0, None]


def test_people_do_not_give_away_what_is_hidden_of_pairs() -> None:
    found = shown(outcomes(4, 20, 30), LEAST, {"week"})
    rows = {row.name: row for row in found.people}
    assert (rows["week"].count, rows["week"].small, rows["week"].of_first) == (None, False, None)


def test_what_wrote_alone_is_hidden_with_the_rest_of_the_no() -> None:
    answers = [week(shown(outcomes(20, 10, 30, wrote=n, complete=10 - n), LEAST, {"week"})) for n in (2, 8, 5, 0)]
    assert [(answer.wrote, answer.complete) for answer in answers] == [(None, None), (None, None), (5, 5), (0, 10)]


def test_only_what_was_asked_is_told_of() -> None:
    found = shown(outcomes(20, 10, 30), LEAST, {"evening"})
    assert (found.answers, [row.name for row in found.people][-1]) == ((), "met")


def test_two_that_leave_one_possibility_take_the_third_with_them() -> None:
    found = [week(shown(outcomes(*parts), LEAST, {"week"})) for parts in ((1, 1, 30), (4, 4, 30), (1, 5, 30))]
    assert [(answer.yes, answer.no, answer.unknown, answer.small) for answer in found] == [
        (None, None, None, frozenset())
    ] * 3


@pytest.mark.parametrize(
    ("accepted", "met", "lost", "seen_"),
    [
        (60, 40, {"accepted": {"not_agreed": 40}, "met": {"missed": 8, "unreported": 12}}, (40, 20)),
        (60, 40, {"accepted": {"not_agreed": 36, "cancelled": 4}, "met": {"missed": 8, "unreported": 12}}, (None, 20)),
        (60, 57, {"accepted": {"not_agreed": 40}, "met": {"missed": 3}}, (40, None)),
        (3, 0, {"accepted": {"not_agreed": 97}, "met": {"missed": 3}}, (None, None)),
        (60, 3, {"accepted": {"not_agreed": 40}, "met": {"missed": 57}}, (40, None)),
        (60, 40, {"accepted": {"not_agreed": 38}, "met": {"missed": 20}}, (None, 20)),
    ],
)
def test_reasons_are_told_where_none_of_them_gives_few_away(
    accepted: int, met: int, lost: dict[str, dict[str, int]], seen_: tuple[int | None, int | None]
) -> None:
    found = shown(Outcomes(pairs=Pairs(introduced=100, accepted=accepted, met=met, lost=lost)), LEAST, ())
    assert tuple(one.reasons and sum(one.reasons.values()) for one in found.lost) == seen_


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 11), st.integers(0, 11), st.integers(0, 11))
def test_no_small_part_can_be_computed_from_what_is_shown(yes: int, no: int, unknown: int) -> None:
    """An attacker who knows the rule tries all worlds that would look the same: none of the hidden numbers is certain."""
    view = seen(yes, no, unknown)
    met = yes + no + unknown
    worlds = [
        (a, b, c)
        for a, b in itertools.product(range(met + 1), repeat=2)
        for c in ([met - a - b] if met >= LEAST else range(LEAST - a - b))
        if c >= 0 and seen(a, b, c) == view
    ]
    for place, part in enumerate((yes, no, unknown)):
        if 0 < part < LEAST:
            assert len({world[place] for world in worlds}) > 1


def seen(yes: int, no: int, unknown: int) -> Any:
    """Everything that is shown of these answers."""
    found = shown(outcomes(yes, no, unknown, people=0), LEAST, {"week"})
    return found.pairs, found.answers
