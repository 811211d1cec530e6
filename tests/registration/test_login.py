"""How organizers get in and out: by a link that works once, for ten minutes, in the browser that asked for it."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import Any

import pytest

from tests.registration.stage import PASSWORDLESS, create, link_in, logged_in, printed_link, proof, send
from tests.system import System


def asked(system: System, browser: Any, email: str = PASSWORDLESS, **more: str) -> str:
    """Ask for a link; the path that was mailed."""
    browser.get("/login")
    assert browser.post("/login", data={"email": email, **more}).status_code == 200
    system.run_until_quiet()
    return link_in(system.mails[-1])


def test_a_mailed_link_logs_in_once_and_only_where_it_was_asked_for(system: System) -> None:
    printed_link(system)
    mine, other = system.client("registration"), system.client("registration")
    path = asked(system, mine, next="/organize/new")
    assert system.mails[-1].to_address == PASSWORDLESS
    assert (other.get(path).status_code, other.post(path).status_code) == (404, 404)
    other.get("/login")
    assert (other.get(path).status_code, other.post(path).status_code) == (404, 404)
    shown = mine.get(path)
    assert f"Log in as {PASSWORDLESS}?" in shown.text
    assert mine.get("/organize").status_code == 303  # looking does not log in
    used = mine.post(path)
    assert (used.status_code, used.headers["Location"]) == (303, "/organize/new")
    assert mine.get("/organize").status_code == 200
    assert mine.post(path).status_code == 404


def test_links_live_ten_minutes_and_printed_ones_work_in_any_browser(system: System) -> None:
    first, second = printed_link(system), printed_link(system)
    assert first != second
    system.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert system.client("registration").post(first).status_code == 303
    assert system.client("registration").post(first).status_code == 404
    system.clock.advance(timedelta(seconds=1))
    assert system.client("registration").get(second).status_code == 404
    assert system.client("registration").post(second).status_code == 404


def test_known_and_unknown_addresses_get_the_same_page(system: System) -> None:
    printed_link(system)
    pages = [
        system.client("registration").post("/login", data={"email": email})
        for email in (PASSWORDLESS, "nobody@example.org")
    ]
    system.run_until_quiet()
    assert pages[0].text == pages[1].text
    assert {page.status_code for page in pages} == {200}
    assert [mail.to_address for mail in system.mails] == [PASSWORDLESS]
    wrong = system.client("registration").post("/login", data={"email": "nobody"})
    assert (wrong.status_code, wrong.text.count("Please write a mail address such as name@example.org.")) == (422, 2)


def test_who_asked_too_often_cannot_be_found_out_from_the_log(system: System, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    browser = system.client("registration")
    answers = [browser.post("/login", data={"email": PASSWORDLESS}).status_code for _number in range(21)]
    assert answers == [200] * 20 + [429]
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "exceeded" in said
    assert [
        who for who in (PASSWORDLESS, hashlib.sha256(PASSWORDLESS.encode()).hexdigest(), "127.0.0") if who in said
    ] == []


def test_a_new_login_ends_the_session_that_was_there(system: System) -> None:
    browser = logged_in(system)
    cookie = browser.get_cookie("rapport").value
    browser.post(printed_link(system, "second@example.org"))
    assert browser.get("/organize").status_code == 200
    old = system.client("registration")
    old.set_cookie("rapport", cookie)
    assert old.get("/organize").status_code == 303
    old_key = system.client("introductions")
    old_key.set_cookie("rapport", cookie)
    system.run_until_quiet()
    assert old_key.get("/plan/pyconf").status_code == 303


def test_nobody_is_logged_in_as_somebody_else_by_a_form_on_another_page(system: System) -> None:
    browser = system.client("registration")
    answer = browser.post(printed_link(system), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, browser.get("/organize").status_code) == (403, 303)
    answer = browser.post(printed_link(system), headers={"Origin": "https://evil.example"})
    assert (answer.status_code, browser.get("/organize").status_code) == (403, 303)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "/\x00", "javascript:x"])
def test_after_the_login_nobody_is_sent_to_another_site(system: System, path: str) -> None:
    printed_link(system)
    browser = system.client("registration")
    assert browser.post(asked(system, browser, next=path)).headers["Location"] == "/organize"


def test_logging_out_ends_the_session_everywhere(system: System) -> None:
    create(system)
    browser = logged_in(system)
    cookie = browser.get_cookie("rapport").value
    assert browser.post("/logout").status_code == 403  # no proof
    assert send(browser, "/organize", "/logout").headers["Location"] == "/"
    browser.set_cookie("rapport", cookie)
    assert browser.get("/organize").status_code == 303
    system.run_until_quiet()
    assert "access.revoked" in [kind for kind, _event in system.events()]


def test_a_session_ends_after_half_an_hour_of_silence_and_after_half_a_day(system: System) -> None:
    browser = logged_in(system)
    for _ in range(23):
        system.clock.advance(timedelta(minutes=29))
        assert browser.get("/organize").status_code == 200
    system.clock.advance(timedelta(minutes=53))
    assert browser.get("/organize").status_code == 303
    browser = logged_in(system)
    for _ in range(24):
        system.clock.advance(timedelta(minutes=29))
        browser.get("/organize")
    system.clock.advance(timedelta(minutes=24))
    assert browser.get("/organize").status_code == 303


def test_the_desk_goes_straight_to_its_desk_and_is_out_when_it_is_removed(system: System) -> None:
    create(system)
    owner = logged_in(system)
    assert send(owner, "/organize/pyconf/team", email="desk@example.org", role="desk").status_code == 303
    desk = system.client("registration")
    path = asked(system, desk, "desk@example.org")
    assert desk.post(path).headers["Location"] == "/desk/pyconf"
    assert desk.get("/desk/pyconf").status_code == 200
    page = owner.get("/organize/pyconf/team").text
    member = page.split("desk@example.org")[1].split('name="remove" value="')[1].split('"')[0]
    assert (
        owner.post(
            "/organize/pyconf/team", data={"csrf_token": proof(owner, "/organize/pyconf/team"), "remove": member}
        ).status_code
        == 303
    )
    assert desk.get("/desk/pyconf").status_code == 303
    assert system.client("registration").post("/login", data={"email": "desk@example.org"}).status_code == 200
    before = len(system.mails)
    system.run_until_quiet()
    assert len(system.mails) == before
