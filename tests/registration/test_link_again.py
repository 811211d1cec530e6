"""Whoever has not got her link at hand: the page behind a table's code, and the link once more by mail. Neither tells who
is registered, and nobody is recognised by a cookie."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration import queries
from tests.registration.stage import add, create
from tests.system import System


@pytest.fixture
def known(system: System) -> str:
    """The address of somebody who is registered."""
    create(system)
    made = add(system)
    system.run_until_quiet()
    return str(made["email"])


def test_the_link_comes_again_to_a_known_address_and_the_page_says_the_same_of_any(system: System, known: str) -> None:
    before = len(system.mails)
    browser = system.client("registration")
    answers = [browser.post("/c/pyconf/link", data={"email": email}) for email in (known, "nobody@example.org")]
    system.run_until_quiet()
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "/c/pyconf/thanks?again=1")
    ] * 2
    assert "If this address is registered for" in browser.get("/c/pyconf/thanks?again=1").text
    assert [mail.to_address for mail in system.mails[before:]] == [known]
    assert "/a/" in system.mails[-1].text
    browser.post("/c/pyconf/link", data={"email": known.upper()})
    system.run_until_quiet()
    assert len(system.mails) == before + 1  # once an hour
    assert browser.get_cookie("rapport") is None


def test_what_is_no_address_is_said_and_stays_in_the_form(system: System, known: str) -> None:
    answer = system.client("registration").post("/c/pyconf/link?lang=de", data={"email": "not an address"})
    assert (answer.status_code, 'value="not an address"' in answer.text) == (422, True)


def test_who_has_not_confirmed_yet_gets_that_link(system: System) -> None:
    create(system)
    add(system, confirmed=False)
    system.run_until_quiet()
    email = system.mails[-1].to_address
    system.clock.advance(timedelta(hours=2))
    system.client("registration").post("/c/pyconf/link", data={"email": email})
    system.run_until_quiet()
    assert "/c/confirm/" in system.mails[-1].text


def test_the_page_of_a_table_says_which_it_is_and_knows_nobody(system: System, known: str) -> None:
    browser = system.client("registration")
    point = system.api("GET", "/api/v1/conferences/pyconf").json["meeting_points"][0]
    page = browser.get(f"/t/pyconf/{_code(point['name'])}/1")
    assert (page.status_code, f"{point['name']}, table 1" in page.text) == (200, True)
    assert "Set-Cookie" not in page.headers
    wrong = ("0", "01", "1000", "x", "-1", "１")
    assert {browser.get(f"/t/pyconf/{_code(point['name'])}/{number}").status_code for number in wrong} == {404}
    assert [browser.get(path).status_code for path in ("/t/pyconf/nowhere/1", "/t/none/foyer/1")] == [404, 404]


def test_a_code_for_the_door_says_to_its_owner_how_her_day_is_found(system: System, known: str) -> None:
    person = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"][0]
    with system.registration.reading() as connection:
        code = queries.attendee_row(connection, person["id"]).code
    assert 'href="/c/pyconf/link"' in system.client("registration").get(f"/q/{code}").text


def _code(name: str) -> str:
    return "-".join(name.lower().split())
