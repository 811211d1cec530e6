"""The live board in Chromium: it follows what happens by itself, keeps what one holds, and works by keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.living import Living

pytestmark = pytest.mark.xdist_group("browser")
PROMISED = 5
"""Seconds from a check-in to the board."""


def _arrive(living: Living, name: str) -> None:
    """Somebody registers and is checked in, by API."""
    people = "/api/v1/conferences/harbour-conf/attendees"
    body = {"name": name, "role": "mentee", "wants": ["Testing legacy code"], "confirmed": True}
    body |= {"email": f"{name.split()[0].lower()}@harbour-conf.example.org", "consents": {"introductions": True}}
    made = living.call("POST", people, body)
    living.call("POST", f"{people}/{made['id']}/check-in")


def test_a_check_in_is_on_the_board_within_five_seconds_and_what_one_holds_stays(
    window: Callable[..., Any], living: Living
) -> None:
    page = window(organizer=True)
    page.goto("/board/harbour-conf")
    here = page.locator("#n-here")
    before = int(here.inner_text())
    fold = page.locator("details[id^=slot-]").first
    fold.locator("summary").click()
    was_open = fold.evaluate("fold => fold.open")
    fold.locator("summary").focus()
    began = time.monotonic()
    _arrive(living, "Ulla Umber")
    expect(here).to_have_text(str(before + 1), timeout=1000 * (PROMISED - (time.monotonic() - began)))
    assert fold.evaluate("fold => fold.open") == was_open
    assert page.evaluate("document.activeElement.parentElement.id") == fold.get_attribute("id")


def test_the_board_works_by_keyboard_alone(window: Callable[..., Any], living: Living) -> None:
    page = window(organizer=True)
    page.goto("/board/breakfast-club")

    def held() -> str:
        return str(page.evaluate("document.activeElement.innerText || document.activeElement.id"))

    seen = []
    for key in ("a", "s", "w", "/", "Escape", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(held().split("\n")[0])
    assert seen[:5] == ["Alone at a table", "Today's tables", "Without a match, and why", "q", "Look again"]
    assert re.fullmatch(r"\w+ \w\.", seen[5])
    page.keyboard.press("Enter")
    page.wait_for_url("**/board/breakfast-club?who=*")
    assert page.get_by_role("region", name="Found").get_by_role("listitem").count() == 1
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("These keys work on this device").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    assert held() != "q"
    page.get_by_label("These keys work on this device").check()


def test_a_board_without_network_says_how_old_it_is_and_goes_on_when_it_is_back(
    window: Callable[..., Any], living: Living
) -> None:
    page = window(organizer=True)
    page.goto("/board/breakfast-club")
    note = page.get_by_text("No contact with the server")
    assert note.is_hidden()
    page.context.set_offline(True)
    expect(note).to_be_visible(timeout=10_000)
    page.context.set_offline(False)
    expect(note).to_be_hidden(timeout=10_000)


def test_a_screen_that_is_ended_goes_blank_by_itself(window: Callable[..., Any], living: Living) -> None:
    address = living.lead.screen("harbour-conf", "names")
    page = window()
    page.goto(address)
    page.get_by_role("heading", name="Harbour Conf 2026").wait_for()
    organizer = window(organizer=True)
    organizer.goto("/board/harbour-conf/screens")
    organizer.get_by_role("button", name="End it").click()
    page.get_by_role("heading", name="This link is not valid, or not valid any more").wait_for(timeout=10_000)


def test_without_javascript_the_board_looks_again_by_a_link_and_finds_somebody(
    window: Callable[..., Any], living: Living
) -> None:
    page = window(organizer=True, javascript=False)
    page.goto("/board/breakfast-club")
    page.get_by_role("link", name="Look again").click()
    assert page.locator("#n-alone").inner_text().split()[0].isdigit()
    page.get_by_label("Find somebody").fill("hana")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("strong").get_by_text("Hana Hoffmann").wait_for()
    assert page.get_by_label("These keys work on this device").is_hidden()
