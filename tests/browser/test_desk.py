"""The desk by keyboard, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.living import Living
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")


def _add(living: Living, name: str) -> dict[str, Any]:
    body = {"name": name, "role": "mentee", "wants": ["Testing legacy code"], "confirmed": True}
    body |= {"email": f"{name.split()[0].lower()}@harbour-conf.example.org", "consents": {"introductions": True}}
    made: dict[str, Any] = living.call("POST", "/api/v1/conferences/harbour-conf/attendees", body)
    return made


def _status(living: Living, person: dict[str, Any]) -> str:
    return str(living.call("GET", f"/api/v1/conferences/harbour-conf/attendees/{person['id']}")["status"])


def test_the_desk_works_by_keyboard_alone(window: Callable[..., Any], living: Living) -> None:
    first, second = _add(living, "Quirina Ström"), _add(living, "Quirin Ström")
    page = window(organizer=True)
    page.goto("/desk/harbour-conf")
    page.keyboard.type("quirin strom")
    wait_until(lambda: page.locator("#rows li").count() == 2, 10, "both are found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText.trim()").endswith("Quirina Ström")
    page.keyboard.press("Escape")
    assert page.get_by_role("searchbox").input_value() == ""
    page.keyboard.type("quirina")
    page.keyboard.press("Enter")  # at once, before the rows are there
    page.get_by_text("Quirina Ström is checked in.").wait_for()
    assert [_status(living, one) for one in (first, second)] == ["checked_in", "confirmed"]
    page.keyboard.press("Enter")  # she is here: nobody is checked out by it
    assert page.evaluate("document.activeElement.value") == "undo"
    assert _status(living, first) == "checked_in"
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    page.get_by_text("Quirina Ström is not checked in any more.").wait_for()
    assert _status(living, first) == "confirmed"
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
