"""Nobody computes a hidden number from all that is shown. An attacker who knows every rule tries all worlds that look the
same, to the letter: what the page, the files and the API say is made of each of them and compared whole."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from services.followup import queries
from services.followup.domain.cells import shown
from services.followup.domain.curve import Point, curve
from services.followup.domain.curve import shown as told_points
from services.followup.domain.definitions import Span, last_contact
from services.followup.domain.details import details, told_days
from services.followup.domain.outcomes import Outcomes, Pairs, Parts, People, added_up
from services.followup.domain.tallying import Facts, Totals
from services.followup.queries.told import Told
from services.followup.web import dashboard, files
from shared.web import render
from tests.followup.story import Story, a_conference

NAMES = ("yes", "no", "unknown")
LEAST, LEAST_ON_THE_PAGE = 3, 4
"""Where worlds are few; at three somebody who knows how rows of cohorts are chosen finds a part now and then."""
Three = tuple[int, int, int]


def splits(size: int) -> list[Three]:
    """All ways in which so many pairs may have answered one question."""
    return [(yes, no, size - yes - no) for yes in range(size + 1) for no in range(size + 1 - yes)]


def certain(worlds: Sequence[Sequence[int]], least: int) -> list[int]:
    """The places at which all worlds that look the same have the same small number."""
    columns = [set(column) for column in zip(*worlds, strict=True)]
    return [place for place, values in enumerate(columns) if len(values) == 1 and 0 < min(values) < least]


# The whole page, its files and the API


def totals_of(levels: Mapping[str, Three]) -> Totals:
    """As many pairs, each of two people of its own, by whether the mentee was there for the first time."""
    cells: Counter[Any] = Counter()
    for level, parts in levels.items():
        for word, n in zip(NAMES, parts, strict=True):
            facts = Facts(
                introduced=True,
                accepted=True,
                met=True,
                said=(word, "unknown", "unknown"),
                asked=(True, False, False),
            )
            cells["pair", "", facts.letters] += n
            cells["first_timer", level, facts.letters] += n
            cells["mentored", "1", facts.letters] += n
            steps = "registered checked_in introduced accepted met" + (" week" if word == "yes" else "")
            cells["person", "", steps] += 2 * n
    mentors = sum(map(sum, levels.values()))
    cells["load", "1", ""] = mentors
    return Totals(cells)


def everything_said(story: Story, found: Totals) -> str:
    """All that anybody may read of it."""
    conference = replace(story.conference, policy=replace(story.conference.policy, small_cells_under=LEAST_ON_THE_PAGE))
    outcomes = shown(added_up(found), LEAST_ON_THE_PAGE, found.asked())
    told = Told(shown=outcomes, details=details(found, outcomes.answers, {"week": 7}, LEAST_ON_THE_PAGE))
    page = render("followup/numbers.html", token="t", **dashboard.values(conference, told)).get_data(as_text=True)
    api = queries.funnels_json(told.shown), queries.details_json(told.details)
    return "\n".join((page, str(files.table(told, conference, story.system.clock.now())), str(api)))


@pytest.mark.parametrize("sizes", [(9,), (4, 5)], ids=str)
def test_no_hidden_number_is_certain_from_page_files_and_api(story: Story, sizes: tuple[int, ...]) -> None:
    alike: dict[str, list[list[int]]] = defaultdict(list)
    with story.system.app("followup").test_request_context("/"):
        for parts in itertools.product(*map(splits, sizes)):
            said = everything_said(story, totals_of(dict(zip(("yes", "no"), parts, strict=False))))
            columns = [sum(column) for column in zip(*parts, strict=True)]
            alike[said].append([*columns, *itertools.chain(*parts)])
    assert len(alike) > 9, "worlds differ"
    assert [
        (worlds, certain(worlds, LEAST_ON_THE_PAGE)) for worlds in alike.values() if certain(worlds, LEAST_ON_THE_PAGE)
    ] == []


def test_what_is_hidden_of_pairs_is_not_told_of_their_people() -> None:
    """Where nobody met twice, people are twice the pairs, which would tell the yes, and by it a small no."""
    alike = defaultdict(list)
    for yes, no, unknown in splits(14):
        parts = {"week": Parts(yes=yes, no=no, unknown=unknown)} | dict.fromkeys(
            ("month", "quarter"), Parts(unknown=14)
        )
        people = People(registered=28, checked_in=28, introduced=28, accepted=28, met=28, in_touch={"week": 2 * yes})
        outcomes = Outcomes(people=people, pairs=Pairs(introduced=14, accepted=14, met=14, in_touch=parts))
        alike[str(shown(outcomes, 5, {"week"}))].append((yes, no, unknown))
    assert [certain(worlds, 5) for worlds in alike.values() if certain(worlds, 5)] == []


# The curve


DAYS = {"week": 7, "month": 30}
KINDS = list(itertools.product(NAMES, repeat=2))


def worlds_of(pairs: int) -> Iterator[dict[tuple[str, ...], int]]:
    """All ways in which so many pairs may have answered two questions."""
    for bars in itertools.combinations(range(pairs + len(KINDS) - 1), len(KINDS) - 1):
        edges = (-1, *bars, pairs + len(KINDS) - 1)
        yield {kind: after - before - 1 for kind, before, after in zip(KINDS, edges[:-1], edges[1:], strict=True)}


def test_the_curve_makes_no_hidden_answer_certain_even_unrounded() -> None:
    """It is made of what the same pairs said to several questions, and is looked at here with all its digits."""
    pairs, alike = 8, defaultdict(list)
    for world in worlds_of(pairs):
        by = {
            question: {name: sum(n for kind, n in world.items() if kind[place] == name) for name in NAMES}
            for place, question in enumerate(DAYS)
        }
        in_touch = {question: Parts(**by[question]) for question in DAYS} | {"quarter": Parts(unknown=pairs)}
        counted = Pairs(introduced=pairs, accepted=pairs, met=pairs, in_touch=in_touch)
        answers = shown(Outcomes(pairs=counted), LEAST, DAYS).answers
        told = told_days(answers, DAYS)
        spans: Counter[Span] = Counter()
        for kind, n in world.items():
            spans[last_contact(dict(zip(DAYS, kind, strict=True)), told)] += n
        points = _points(frozenset(spans.items()), tuple(told.values()))
        seen = tuple((answer.yes, answer.no, answer.unknown) for answer in answers)
        looks = seen, told_points(points, answers, DAYS, LEAST)
        alike[looks].append([by[question][name] for question in DAYS for name in NAMES])
    assert max(len(points) for _seen, points in alike) == 3
    assert [worlds[0] for worlds in alike.values() if certain(worlds, LEAST)] == []


@cache
def _points(spans: frozenset[tuple[Span, int]], days: tuple[int, ...]) -> tuple[Point, ...]:
    """Many worlds have the same spans."""
    return curve(dict(spans), days)


def test_the_conference_of_these_tests_asks_after_a_week_first() -> None:
    assert a_conference().policy.follow_up_days[0] == DAYS["week"]
