"""What tests of a room need: somebody of the crew who looks, time that passes, taps at a table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from shared.access import DEFAULT_ACCOUNT
from shared.contracts.attendee import AttendeeEvent
from tests.introductions.stage import Stage
from tests.system import System


def crew(system: System, role: str = "owner", account: str = DEFAULT_ACCOUNT, **more: Any) -> Any:
    """A browser of somebody of the crew, who logs in now."""
    browser, now = system.client("introductions"), system.clock.now().isoformat()
    with browser.session_transaction() as session:
        ids = {"id": "9" * 32, "access": "8" * 32, "account": account, "conferences": None, "name": "Kim"}
        session["organizer"] = {**ids, "role": role, "issued": now, "seen": now, **more}
    return browser


def text(answer: Any) -> str:
    """What one reads, tags aside."""
    assert answer.status_code in (200, 409, 422), answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("&#39;", "'").split())


def at(stage: Stage, minutes: float) -> None:
    """So many minutes after 14:00, everything quiet."""
    stage.system.clock.set(stage.conference.slots[0].starts_at + timedelta(minutes=minutes))
    stage.quiet()


def is_here(stage: Stage, person: AttendeeEvent, number: int = 0) -> None:
    """She taps that she is at the table."""
    path = stage.link(stage.introductions[number], person) + "/table"
    assert stage.system.client("introductions").post(path, data={"table": "here"}).status_code == 303
