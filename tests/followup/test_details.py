"""What stands below the funnels: what is found in totals, what is left out, and that page, files and API say the same."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from services.followup.domain.advice import next_step
from services.followup.domain.cells import shown
from services.followup.domain.details import Details, details
from services.followup.domain.outcomes import added_up
from services.followup.domain.tallying import Cell, Facts, Totals
from tests.followup.kept import crowd, keep
from tests.followup.story import Story
from tests.followup.test_dashboard import logged_in
from tests.followup.test_sharing import links_on, send

DAYS = {"week": 7, "month": 30, "quarter": 91}
LEAST = 5


def found_in(cells: Counter[Cell], least: int = LEAST) -> Details:
    totals = Totals(cells)
    return details(totals, shown(added_up(totals), least, totals.asked()).answers, DAYS, least)


def met(*said: str, **more: Any) -> str:
    """The letters of a pair that met."""
    return Facts(introduced=True, accepted=True, met=True, said=said, asked=(True,) * 3, **more).letters  # type: ignore[arg-type]


def test_where_it_is_hidden_how_many_met_nothing_that_adds_up_to_it_is_told() -> None:
    cells = Counter({("pair", "", met("yes", "no", "unknown")): 60, ("load", "2", ""): 30})
    cells["mentored", "2", met("yes", "no", "unknown")] = 60
    totals = Totals(cells)
    answers = shown(added_up(totals), LEAST, totals.asked()).answers
    assert [row.met for row in details(totals, answers, DAYS, LEAST).load] == [60]
    assert details(totals, [replace(answer, met=None) for answer in answers], DAYS, LEAST) == Details()


def test_the_curve_goes_down_and_what_holds_in_any_case_holds_its_estimate() -> None:
    curve = found_in(crowd(900)).curve
    assert curve is not None
    assert (curve.step, [point.day for point in curve.points]) == (0.01, [0, 7, 30, 91])
    shares = [point.share for point in curve.points]
    assert None not in shares
    assert shares == sorted(shares, reverse=True)  # type: ignore[type-var]
    for point in curve.points:
        assert point.band is not None
        assert point.at_least <= point.share <= point.at_most  # type: ignore[operator]
        assert point.band[0] <= point.share <= point.band[1]  # type: ignore[operator]


@pytest.mark.parametrize(("pairs", "step"), [(49, None), (50, 0.1), (99, 0.1), (100, 0.05), (250, 0.02), (500, 0.01)])
def test_a_step_of_the_curve_is_worth_five_pairs_at_least(pairs: int, step: float | None) -> None:
    many = pairs // 5
    cells: Counter[Cell] = Counter({("pair", "", met("yes", "yes", "unknown")): pairs - 2 * many})
    cells["pair", "", met("yes", "no", "unknown")] = many
    cells["pair", "", met("no", "unknown", "unknown")] = many
    curve = found_in(cells).curve
    assert (curve and curve.step) == step


def test_a_question_of_which_anything_is_hidden_is_no_part_of_the_curve() -> None:
    cells: Counter[Cell] = Counter(
        {("pair", "", met("yes", "yes", "unknown")): 60, ("pair", "", met("no", "no", "no")): 40}
    )
    cells["pair", "", met("unknown", "no", "unknown")] = 20
    before = found_in(cells).curve
    cells["pair", "", met("yes", "yes", "yes")] = 2
    after = found_in(cells).curve
    assert before is not None
    assert after is not None
    assert [point.day for point in after.points] == [0, 7, 30]


def test_levels_of_a_cohort_add_up_to_all_pairs_with_those_of_which_it_is_not_known() -> None:
    cells = crowd(600)
    for what, value, letters in list(cells):
        if (what, value) == ("language", "de"):
            del cells[what, value, letters]
    rows = found_in(cells).cohorts["language"]
    pairs = sum(n for (what, _value, letters), n in cells.items() if what == "pair" and letters[2] == "m")
    assert {row.levels for row in rows} == {("en",), ("*",), ("",)}
    assert sum(row.met for row in rows) == pairs


def test_hours_are_parts_of_the_day_and_no_cohort_of_one_level_is_shown() -> None:
    found = found_in(crowd(600, drawn=0)).cohorts
    assert [row.levels for row in found["hour"]] == [("morning",), ("afternoon",), ("evening",)]
    assert found["topic"][0].levels == ("grants",)
    assert list(found) == ["topic", "first_timer", "goal", "hour", "language"]
    cells = Counter({cell: n for cell, n in crowd(600).items() if cell[0] != "goal"})
    assert "goal" not in found_in(cells).cohorts


@pytest.mark.parametrize(("helped", "verdict"), [(0.3, "more"), (-0.4, "less"), (0.0, "too_few")])
def test_matched_pairs_stand_against_drawn_ones(helped: float, verdict: str) -> None:
    matched = found_in(crowd(400, seed=3, helped=helped)).matched
    assert matched is not None
    assert matched.comparison is not None
    assert (matched.question, matched.comparison.verdict) == ("quarter", verdict)


def test_nothing_is_compared_where_chance_had_no_part() -> None:
    assert found_in(crowd(400, drawn=0)).matched is None
    assert found_in(crowd(400, drawn=0.005)).matched is None


def test_pairs_are_told_by_how_many_their_mentor_met_and_add_up_to_all() -> None:
    cells = crowd(400)
    rows = found_in(cells).load
    met_in_all = sum(n for (what, _value, letters), n in cells.items() if what == "pair" and letters[2] == "m")
    assert sum(row.met for row in rows) == met_in_all
    assert [(row.levels, row.mentors is None) for row in rows] == [(("1",), False), (("2",), False), (("4+",), True)]
    assert [len(row.answers) for row in rows] == [3, 3, 3]


def test_while_pairs_are_not_counted_by_load_nothing_is_said_of_it() -> None:
    cells = crowd(400)
    some = next(cell for cell in cells if cell[0] == "mentored")
    cells[some] -= 1
    assert found_in(cells).load == ()


def test_page_files_and_api_tell_the_rates_by_load(story: Story) -> None:
    keep(story, crowd(400, seed=3))
    client = logged_in(story)
    rows = list(csv.reader(io.StringIO(client.get("/outcomes/pyconf.csv").data.decode("utf-8-sig"))))
    mine = [row for row in rows if row[:1] == ["load of mentors"]][1:]
    told = [
        (" ".join(one["levels"]), one["mentors"], answer)
        for one in story.read("outcomes/details")["mentors"]
        for answer in one["answers"]
    ]
    names = ("after", "met", "yes", "no", "unknown", "reported", "low", "high", "at_least", "at_most")
    assert [_as_numbers(row[1:]) for row in mine] == [
        _as_numbers([level, "not shown" if mentors is None else mentors, *(answer[name] for name in names)])
        for level, mentors, answer in told
    ]
    page = client.get("/outcomes/pyconf").text.split('<h2 id="load">')[1].split("<h2")[0]
    for _level, _mentors, answer in told:
        if answer["after"] == "quarter":
            assert f"{round(100 * answer['reported'])}\u00a0%" in page


def _as_numbers(row: list[Any]) -> list[str]:
    return [_text(cell) for cell in row]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({}, None),
        ({Facts(introduced=True).letters: 9}, None),
        ({Facts(introduced=True, accepted=True, met=True).letters: 9}, "wait"),
        ({met("unknown", "unknown", "unknown"): 20, met("yes", "yes", "yes"): 10}, "ask"),
        ({met("yes", "yes", "yes"): 20, Facts(introduced=True, lost="not_agreed").letters: 30}, "agree"),
        ({met("yes", "yes", "yes"): 20, Facts(introduced=True, accepted=True, lost="missed").letters: 10}, "find"),
        ({met("yes", "yes", "yes"): 20}, "learn"),
    ],
)
@pytest.mark.parametrize("tells", [True, False])
def test_one_thing_is_advised(cells: dict[str, int], code: str | None, tells: bool) -> None:
    totals = Totals({("pair", "", letters): n for letters, n in cells.items()})
    expected = "gather" if code == "learn" and not tells else code
    assert next_step(shown(added_up(totals), LEAST, totals.asked()), 7, tells=tells) == expected


def test_nobody_is_to_be_reminded_while_answers_still_come_in() -> None:
    totals = Totals(
        {
            ("pair", "", letters): n
            for letters, n in ((met("unknown", "unknown", "unknown"), 20), (met("yes", "yes", "yes"), 10))
        }
    )
    found = shown(added_up(totals), LEAST, totals.asked())
    assert [next_step(found, days, tells=True) for days in (0, 6, 7)] == ["come", "come", "ask"]


# The page and its files


@pytest.mark.parametrize(("introductions", "differ"), [(60, False), (4000, True)])
def test_whoever_is_told_to_look_at_groups_finds_some_that_differ(
    story: Story, introductions: int, differ: bool
) -> None:
    keep(story, crowd(introductions, seed=3))
    page = logged_in(story).get("/outcomes/pyconf").text
    assert ("further apart than chance" in page, "those have in common who kept talking" in page) == (differ, differ)
    assert ("Too few pairs yet to tell what keeps people talking." in page) is not differ


def test_page_files_and_api_say_the_same(story: Story) -> None:
    keep(story, crowd(400, seed=3, helped=0.3))
    client = logged_in(story)
    page = client.get("/outcomes/pyconf").text
    rows = list(csv.reader(io.StringIO(client.get("/outcomes/pyconf.csv").data.decode("utf-8-sig"))))
    told = story.read("outcomes/details")
    curve = [row for row in rows if row[:1] == ["curve"]][1:]
    names = ("day", "share", "low", "high", "at_least", "at_most")
    said = [[point[name] for name in names] for point in told["curve"]["points"]]
    assert [[float(cell) for cell in row[1:]] for row in curve] == said
    for row in curve[1:]:
        assert f"{round(100 * float(row[2]))}\u00a0%" in page
    for one in told["cohorts"]:
        levels = " ".join(one["levels"])
        mine = [row for row in rows if row[:2] == [f"cohort {one['by']}", levels]]
        said_of_one = [
            [one["met"], "not shown" if answer["yes"] is None else answer["yes"]] for answer in one["answers"]
        ]
        assert [row[3:5] for row in mine] == [[str(cell) for cell in row] for row in said_of_one]
    (difference,) = [row for row in rows if row[:1] == ["difference"]]
    assert float(difference[2]) == told["matched"]["difference"]
    assert "Pairs that we chose were in touch more often after three months than pairs drawn by chance" in page
    assert "Grant writing" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get("/outcomes/pyconf.xlsx").data)).active
    assert book is not None
    cells = [[_text(cell) for cell in row] for row in book.iter_rows(values_only=True)]
    assert [[_text(cell) for cell in row] for row in rows if row] == [
        row[: len(mine)] for row, mine in _both(cells, rows)
    ]


def _both(cells: list[list[str]], rows: list[list[str]]) -> list[tuple[list[str], list[str]]]:
    filled = [row for row in cells if any(row)]
    return list(zip(filled, [row for row in rows if row], strict=True))


def _text(cell: Any) -> str:
    """A number as it is, whether it came as text or not."""
    try:
        return str(float(cell))
    except (TypeError, ValueError):
        return "" if cell is None else str(cell)


def test_where_nothing_can_be_told_the_page_says_so_plainly(story: Story) -> None:
    keep(story, crowd(30, drawn=0))
    page = logged_in(story).get("/outcomes/pyconf").text
    assert (
        "Too few to tell: pairs that we chose are compared with pairs drawn by chance once at least 5 of each have met."
        in page
    )
    assert "How long they stayed in touch" not in page


def test_conferences_of_the_account_that_the_viewer_may_see_stand_beside_it(story: Story) -> None:
    known = vars(story.conference)
    for letter, account in (("e", known["account"]), ("f", "9" * 32), ("a", known["account"])):
        days = tuple(replace(day, date=date(2025, 11, day.date.day)) for day in known["days"])
        own = {"conference": letter * 32, "slug": f"conf-{letter}", "name": f"Conf {letter}", "account": account}
        story.tell(type(story.conference)(**{**known, **own, "days": days}))
        if letter != "a":
            keep(story, crowd(300, seed=7), letter * 32)
    keep(story, crowd(300, helped=0.3, drawn=0))
    page = logged_in(story).get("/outcomes/pyconf").text
    beside = page.split('<h2 id="beside">')[1].split("</table>")[0]
    assert re.findall(r'href="/outcomes/([\w-]+)"', beside) == ["conf-e"], "conf-a has no pairs, conf-f is not hers"
    assert "More pairs were in touch after three months than at Conf e: +" in beside


def test_of_many_conferences_the_newest_at_which_somebody_met_stand_beside_it(story: Story) -> None:
    known = vars(story.conference)
    for year in range(2014, 2026):
        days = tuple(replace(day, date=date(year, 11, day.date.day)) for day in known["days"])
        own = {"conference": f"{year:032x}", "slug": f"conf-{year}", "name": f"Conf {year}", "days": days}
        story.tell(type(story.conference)(**{**known, **own}))
        if year < 2016:
            keep(story, crowd(300, seed=year), f"{year:032x}")
    keep(story, crowd(300))
    beside = logged_in(story).get("/outcomes/pyconf").text.split('<h2 id="beside">')[1].split("</table>")[0]
    assert re.findall(r'href="/outcomes/([\w-]+)"', beside) == ["conf-2015", "conf-2014"], (
        "ten newer ones have no pairs"
    )


def test_files_say_of_other_conferences_what_the_page_says(story: Story) -> None:
    known = vars(story.conference)
    days = tuple(replace(day, date=date(2025, 11, day.date.day)) for day in known["days"])
    own = {"conference": "e" * 32, "slug": "conf-e", "name": "=1+1", "days": days}
    story.tell(type(story.conference)(**{**known, **own}))
    keep(story, crowd(300, seed=7), "e" * 32)
    keep(story, crowd(300))
    client = logged_in(story)
    rows = list(csv.reader(io.StringIO(client.get("/outcomes/pyconf.csv").data.decode("utf-8-sig"))))
    place = next(number for number, row in enumerate(rows) if row[:1] == ["conferences"])
    mine, other = rows[place + 1 : place + 3]
    named = [[story.conference.name, "2026-11-23", "quarter"], ["'=1+1", "2025-11-23", "quarter"]]
    assert [row[:3] for row in (mine, other)] == named
    page = client.get("/outcomes/pyconf").text.split('<h2 id="beside">')[1].split("</table>")[0]
    for row in (mine, other):
        assert int(row[3]) == sum(map(int, row[4:7]))
        assert f"{round(100 * float(row[7]))}\u00a0%" in page


def test_a_link_shows_no_other_conference_and_no_page_of_organizers(story: Story) -> None:
    keep(story, crowd(300))
    owner = logged_in(story)
    send(owner, make="yes")
    page = story.get(links_on(owner)[0]).text
    assert ["How long they stayed in touch" in page, "Who kept talking?" in page] == [True, True]
    assert not re.search(r'id="beside"|/learning/|/outcomes/|What to do next', page)
