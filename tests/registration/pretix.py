"""A pretix shop as its REST API shows it, on a real server of this machine, with orders that tests change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.registration.stage import send
from tests.servers.answering import Answering, Asked, Said
from tests.system import NOON, System

TOKEN = "shop-token-1234567890"
PAGE = "/organize/pyconf/hooks"
ORDER = re.compile(r"/api/v1/organizers/pyorg/events/py26/orders/([A-Z0-9]+)/\?include_canceled_positions=true")


class Pretix:
    """Orders by code, and the address under which a conference hears of them."""

    def __init__(self, system: System, server: Answering) -> None:
        self.system, self.server = system, server
        self.orders: dict[str, dict[str, Any]] = {}
        self.answers: list[Said] = []
        """What to answer to the next questions instead."""
        self.hook = ""
        self._changes = 0

    def answer(self, asked: Asked) -> Said:
        """What the shop says to a question."""
        if self.answers:
            return self.answers.pop(0)
        found = ORDER.fullmatch(asked.path)
        if asked.headers.get("authorization") != f"Token {TOKEN}":
            return Said(401, b'{"detail": "Invalid token."}')
        if found is None or found[1] not in self.orders:
            return Said(404, b'{"detail": "Not found."}')
        return Said(200, json.dumps(self.orders[found[1]]).encode())

    def let_in(self, owner: Any, **changes: Any) -> str:
        """An owner lets the shop call; the path that it calls."""
        said = {
            "url": self.server.url,
            "organizer": "pyorg",
            "event": "py26",
            "token": TOKEN,
            "role": "mentee",
            **changes,
        }
        page = send(owner, PAGE, **said)
        assert page.status_code == 200, page.text
        (self.hook,) = re.findall(r"http://localhost(/hooks/pretix/[a-z2-7]{26})<", page.text)
        return self.hook

    def order(self, code: str, *positions: dict[str, Any], **changes: Any) -> None:
        """The order is now like this."""
        self._changes += 1
        self.orders[code] = {
            "code": code,
            "status": "p",
            "testmode": False,
            "require_approval": False,
            "email": "buyer@example.org",
            "locale": "de-informal",
            "last_modified": (NOON + timedelta(seconds=self._changes)).isoformat(),
            "invoice_address": None,
            "positions": list(positions),
            **changes,
        }

    def calls(self, action: str, code: str, number: int = 1, **more: Any) -> Any:
        """The shop calls; the answer."""
        said = {
            "notification_id": number,
            "organizer": "pyorg",
            "event": "py26",
            "code": code,
            "action": f"pretix.event.{action}",
            **more,
        }
        return self.system.client("registration").post(self.hook, json=said)

    def people(self) -> list[tuple[str | None, str | None, str]]:
        """(name, address, status) of everybody at the conference."""
        items = self.system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
        return [(item["name"], item["email"], item["status"]) for item in items]


def a_position(number: int, name: str | None, email: str | None, **changes: Any) -> dict[str, Any]:
    """A ticket as the API shows it."""
    return {
        "id": number,
        "positionid": 1,
        "canceled": False,
        "addon_to": None,
        "attendee_name": name,
        "attendee_email": email,
        "checkins": [],
        **changes,
    }


def a_scan(at: datetime = NOON, kind: str = "entry") -> dict[str, Any]:
    """Somebody was let in."""
    return {"id": 1, "list": 7, "type": kind, "datetime": at.isoformat()}


@contextmanager
def a_shop(system: System) -> Iterator[Pretix]:
    """A shop that answers."""
    shop: Pretix
    with Answering(lambda asked: shop.answer(asked)) as server:
        shop = Pretix(system, server)
        yield shop
