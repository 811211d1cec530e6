"""The page that compares points with contact: an owner asks, it is computed beside, she reads how sure it is, and only she
adopts anything."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from services.introductions import store
from services.introductions.handlers import learning
from services.introductions.learning import Lesson
from shared import audit, conferences
from tests.introductions.learning.worlds import World
from tests.introductions.met import MONTH, elsewhere, lesson, planted
from tests.introductions.room import crew, text
from tests.introductions.stage import CONFERENCE, Stage, a_conference, slots
from tests.system import NOON, System

PAGE = "/learning/next"
FOUND = World(effects={"common_topics": 0.8, "years_between": -0.8}, pairs=900, conferences=1)


@pytest.fixture(scope="module")
def simulated() -> Lesson:
    return FOUND.lesson(3)


@pytest.fixture
def past(system: System) -> Stage:
    """A conference that was a month ago, and one that is to come."""
    made = Stage(system, a_conference())
    system.clock.set(NOON + MONTH)
    days = slots(system.clock.now().date().replace(day=28), "14:00", 6)
    elsewhere(made, "next", slots=days, name="Next Conf")
    return made


def asks(browser: Any, path: str = PAGE) -> Any:
    """She presses the button."""
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)[0]
    return browser.post(path, data={"csrf_token": token})


def test_before_anybody_asks_nothing_is_computed(past: Stage) -> None:
    page = crew(past.system).get(PAGE)
    assert "Not asked yet" in text(page)
    with past.system.introductions.reading() as connection:
        assert store.learned(connection, "n" * 32) is None


def test_too_few_pairs_are_said_to_be_too_few_and_what_is_missing_is_listed(past: Stage, simulated: Lesson) -> None:
    planted(past, replace(simulated, pairs=simulated.pairs[:97]))
    browser = crew(past.system)
    assert asks(browser).status_code == 303
    page = browser.get(PAGE)
    assert "All pairs are being looked at. It takes some seconds." in text(page)
    assert '<meta http-equiv="refresh"' in page.text
    past.quiet()
    shown = text(browser.get(PAGE))
    assert re.search(r"Too few to tell. It takes 3\d0 pairs that answered; below stands what is missing.", shown)
    known = sum(pair.in_touch is not None for pair in simulated.pairs[:97]) // 10 * 10
    assert f"Pairs who met, about 90 Of them answered, about {known}" in shown
    assert "Adopt" not in shown


def test_what_is_planted_is_shown_with_its_numbers_and_can_be_adopted(past: Stage, simulated: Lesson) -> None:
    planted(past, simulated)
    browser = crew(past.system)
    asks(browser)
    past.quiet()
    page = browser.get(PAGE)
    shown = text(page)
    assert "Other points tell better who stays in touch, also among people they were not made from." in shown
    assert re.search(
        r"Topics in common All that she wants is offered. \+\d+ \+\d+ to \+\d+ more of it, more contact \+\d+ to \+\d+ 600 → \d+",
        shown,
    )
    assert re.search(
        r"Years between 5 to 15 ahead; unknown is half. −\d+ −\d+ to −\d+ more of it, less contact −\d+ to −\d+ 150 → 0",
        shown,
    )
    assert "More contact goes along with: Topics in common. Less contact goes along with: Years between." in shown
    assert "Suggested points are better yes" in shown
    assert page.text.count('<circle class="point') == 8
    assert 'action="/organize/next/points"' in page.text
    sent = dict(re.findall(r'name="(points_\w+)" value="(\d+)"', page.text))
    assert len(sent) == 8
    assert (sent["points_years_between"], sent["points_first_timer"]) == ("0", "20")
    assert int(sent["points_common_topics"]) > 600
    assert shown.count("Adopt the suggested points") == 1


def test_with_other_points_than_those_that_were_compared_nothing_can_be_adopted(past: Stage, simulated: Lesson) -> None:
    planted(past, simulated)
    browser = crew(past.system)
    asks(browser)
    past.quiet()
    with past.system.introductions.work() as work:
        known = conferences.by_id(work.connection, "n" * 32)
        assert known is not None
        policy = replace(known.policy, points_asked_for=100)
        conferences.remember(replace(known, version=known.version + 1, policy=policy), work)
    shown = text(browser.get(PAGE))
    assert "This conference counts with other points by now. Look again before you decide." in shown
    assert "Adopt the suggested points" not in shown


def test_for_a_conference_that_is_over_nothing_can_be_adopted_and_the_next_is_named(
    past: Stage, simulated: Lesson
) -> None:
    planted(past, simulated)
    browser = crew(past.system)
    asks(browser, "/learning/conf")
    past.quiet()
    page = browser.get("/learning/conf")
    assert "PyConf is over, so there is nothing left to decide." in text(page)
    assert '<a href="/learning/next">Next Conf</a>' in page.text
    assert "/points" not in page.text


def test_whoever_asks_again_while_it_is_computed_waits_for_the_same(past: Stage) -> None:
    browser = crew(past.system)
    for _ in range(3):
        asks(browser)
    with past.system.introductions.reading() as connection:
        current = store.learned(connection, "n" * 32)
    assert current is not None
    assert (current.wanted, current.made) == (1, 0)
    past.quiet()
    asks(browser)
    past.quiet()
    with past.system.introductions.reading() as connection:
        again = store.learned(connection, "n" * 32)
        lines = [row.action for row in audit.newest(connection, "n" * 32)]
    assert again is not None
    assert (again.wanted, again.made, again.is_being_found) == (2, 2, False)
    assert lines == ["points compared with contact"] * 4


def test_two_who_compute_at_once_keep_one_finding(past: Stage) -> None:
    asks(crew(past.system))
    with past.system.introductions.work() as work:
        claimed = store.claim_learned(work)
        assert claimed is not None
        assert store.claim_learned(work) is None
    assert learning.run(past.system.introductions) == 0
    past.system.advance(minutes=6)  # whoever had claimed it is taken for dead
    with past.system.introductions.work() as work:
        store.keep_learned(claimed, {"late": True}, work)
    with past.system.introductions.reading() as connection:
        current = store.learned(connection, "n" * 32)
    assert current is not None
    assert current.finding is not None
    assert "late" not in current.finding


def test_no_page_shows_anything_about_one_pair(past: Stage, simulated: Lesson) -> None:
    planted(past, simulated)
    browser = crew(past.system)
    asks(browser)
    past.quiet()
    ids = {name for pair in lesson(past).pairs for name in (pair.mentor, pair.mentee)}
    page = browser.get(PAGE).text
    assert not [name for name in ids if name in page]
    assert CONFERENCE not in page


def test_the_desk_reads_nothing_of_it(past: Stage) -> None:
    assert crew(past.system, role="desk").get(PAGE).status_code == 403
    assert crew(past.system, account="7" * 32).get(PAGE).status_code == 404
