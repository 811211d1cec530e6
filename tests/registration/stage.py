"""What the tests of registration send, and short ways to send it: a conference, an attendee, an organizer's browser."""

from __future__ import annotations

import re
from typing import Any

from services.registration.handlers import organizers
from tests.system import System

PASSWORDLESS = "owner@example.org"


def a_conference(**changes: Any) -> dict[str, Any]:
    """A conference of two days around the tests' noon (2026-11-23 11:00 UTC)."""
    return {
        "slug": "pyconf",
        "name": "PyConf",
        "timezone": "Europe/Berlin",
        "days": [
            {"date": "2026-11-23", "blocks": [{"start": "10:00", "end": "11:00"}, {"start": "14:00", "end": "15:00"}]},
            {"date": "2026-11-24", "blocks": [{"start": "10:00", "end": "10:20"}]},
        ],
        "slot_minutes": 15,
        "change_minutes": 5,
        "meeting_points": [{"name": "Lobby", "landmark": "beside the fountain", "tables": 4}],
        "topics": ["Grant writing", "Python", "Leading people"],
        **changes,
    }


def an_attendee(**changes: Any) -> dict[str, Any]:
    """A mentee whom her organizer vouches for."""
    return {
        "name": "Ana Bešić",
        "email": "ana@example.org",
        "role": "mentee",
        "wants": ["Grant writing"],
        "consents": {"introductions": True, "follow_up": True, "statistics": False, "next_year": False},
        "confirmed": True,
        **changes,
    }


def a_form(**changes: Any) -> dict[str, Any]:
    """What a browser sends for the same mentee."""
    return {
        "name": "Ana Bešić",
        "email": "ana@example.org",
        "role": "mentee",
        "wants": ["Grant writing"],
        "languages": ["en"],
        "consents.introductions": "on",
        **changes,
    }


def create(system: System, **changes: Any) -> dict[str, Any]:
    """A conference, made over the API."""
    answer = system.api("POST", "/api/v1/conferences", json=a_conference(**changes))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def add(system: System, slug: str = "pyconf", **changes: Any) -> dict[str, Any]:
    """An attendee, made over the API."""
    answer = system.api("POST", f"/api/v1/conferences/{slug}/attendees", json=an_attendee(**changes))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def printed_link(system: System, email: str = PASSWORDLESS) -> str:
    """The path of a login link from the command line."""
    with system.registration.work() as work:
        return f"/login/{organizers.printed_link(email, work)}"


def logged_in(system: System, email: str = PASSWORDLESS) -> Any:
    """A browser that is logged in as an owner (or as whoever has this address)."""
    browser = system.client("registration")
    answer = browser.post(printed_link(system, email))
    assert answer.status_code == 303, answer.text
    return browser


def proof(browser: Any, path: str) -> str:
    """The CSRF proof in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert found is not None, path
    return found.group(1)


def send(browser: Any, page: str, to: str | None = None, **fields: Any) -> Any:
    """Send a form of a page, as an organizer's browser does."""
    return browser.post(to or page, data={"csrf_token": proof(browser, page), **fields})


def link_in(mail: Any) -> str:
    """The path of the first link in a mail's text."""
    found = re.search(r"http://localhost(/\S+)", mail.text)
    assert found is not None, mail.text
    return found.group(1)


PIN = "4711"


def added(owner: Any, role: str = "kiosk", label: str = "Door 1", slug: str = "pyconf") -> str:
    """A lead adds a device; the path that pairs it."""
    page = f"/desk/{slug}/devices"
    answer = send(owner, page, label=label, role=role, pin=PIN)
    assert answer.status_code == 303, answer.text
    found = re.search(r"<code>http://localhost(/pair/\w+)</code>", owner.get(answer.headers["Location"]).text)
    assert found is not None
    return found.group(1)


def paired(system: System, owner: Any, role: str = "kiosk", label: str = "Door 1", *, slug: str = "pyconf") -> Any:
    """A browser that is a device at the door, and open."""
    device = system.client("registration")
    path = added(owner, role, label, slug)
    assert device.post(path).headers["Location"] == f"/desk/{slug}/unlock"
    assert device.post(f"/desk/{slug}/unlock", data={"pin": PIN}).headers["Location"] == f"/desk/{slug}"
    return device
