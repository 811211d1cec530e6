"""Points that a page of introductions suggests are adopted by one button: once, with a line of what was done, and never over
what somebody changed meanwhile."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import select

from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.contracts import ConferencePublished
from shared.tables import audit
from tests.registration.stage import create, logged_in, send
from tests.system import System

EDIT, PAGE = "/organize/pyconf/edit", "/organize/pyconf/points"
POINTS = {
    "points_common_topics": "740",
    "points_goals_helped": "150",
    "points_years_between": "0",
    "points_own_language": "50",
    "points_asked_for": "250",
    "points_referred": "120",
    "points_first_timer": "20",
    "points_likes_newcomers": "50",
}


@pytest.fixture
def owner(system: System) -> Any:
    """A browser of an owner of a conference."""
    create(system)
    return logged_in(system)


def known(system: System) -> ConferencePublished:
    with system.registration.reading() as connection:
        return conferences.by_slug(connection, Scope(account=DEFAULT_ACCOUNT), "pyconf")


def lines(system: System) -> list[Any]:
    """What was done with points."""
    with system.registration.reading() as connection:
        query = select(audit.c.details).where(audit.c.action == "points adopted")
        return list(connection.execute(query.order_by(audit.c.id)).scalars())


def test_points_are_adopted_once_and_everything_else_stays(system: System, owner: Any) -> None:
    before = known(system)
    for _ in range(2):
        answer = send(owner, EDIT, PAGE, seen=str(before.version), **POINTS)
        assert (answer.status_code, answer.location) == (303, "/organize/pyconf/edit?adopted=points#f-policy")
    after = known(system)
    assert asdict(after.policy) == {**asdict(before.policy), "points_common_topics": 740, "points_years_between": 0}
    assert (after.version, after.slots, after.topics) == (before.version + 1, before.slots, before.topics)
    assert lines(system) == [{"points_common_topics": [600, 740], "points_years_between": [150, 0]}]
    page = owner.get("/organize/pyconf/edit?adopted=points").text
    assert "The points are adopted" in page
    assert '<details id="f-policy" open>' in page
    assert "The points are adopted" not in owner.get("/organize/pyconf/edit").text


def test_introductions_plan_with_them_from_then_on(system: System, owner: Any) -> None:
    send(owner, EDIT, PAGE, seen=str(known(system).version), **POINTS)
    system.run_until_quiet()
    with system.introductions.reading() as connection:
        heard = conferences.by_slug(connection, Scope(account=DEFAULT_ACCOUNT), "pyconf")
    assert (heard.policy.points_common_topics, heard.policy.points_years_between) == (740, 0)


def test_what_was_looked_at_before_somebody_changed_the_conference_is_refused(system: System, owner: Any) -> None:
    seen = str(known(system).version)
    send(owner, "/organize/pyconf/announce", do="say", text="Lunch is late.")
    answer = send(owner, EDIT, PAGE, seen=seen, **POINTS)
    assert answer.status_code == 409
    assert "The conference was changed meanwhile." in answer.text
    assert 'action="/organize/pyconf/edit"' in answer.text  # saving that page saves the page
    assert (known(system).policy.points_common_topics, lines(system)) == (600, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"points_common_topics": "1001"},
        {"points_common_topics": "-1"},
        {"points_common_topics": "many"},
        {"points_common_topics": ""},
        {"seen": "first"},
        {"seen": ""},
        {"points_common_topics": "\x00"},
    ],
)
def test_what_is_no_number_of_points_is_said_and_changes_nothing(
    system: System, owner: Any, wrong: dict[str, str]
) -> None:
    said = {"seen": str(known(system).version), **POINTS, **wrong}
    answer = send(owner, EDIT, PAGE, **said)
    assert (answer.status_code, known(system).policy.points_common_topics) == (422, 600)
    assert "There is a problem" in answer.text


def test_nobody_else_adopts_them(system: System, owner: Any) -> None:
    send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk")
    desk = logged_in(system, "desk@example.org")
    assert send(desk, "/desk/pyconf", PAGE, seen="1", **POINTS).status_code == 403
    assert send(owner, "/organize", "/organize/nowhere/points", seen="1", **POINTS).status_code == 404
    assert lines(system) == []
