"""What a pretix shop says: a thin call that something happened to an order, and the order as its API shows it. Pure: plain
data in, values or a refusal out. Whatever has another shape than documented is refused, and nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.errors import Refused

ORDERS, CHECK_IN, UNDONE = "pretix.event.order.", "pretix.event.checkin", "pretix.event.checkin.reverted"
CODE = re.compile(r"[A-Z0-9]{1,16}")
ACTION = re.compile(r"[a-z0-9_.]{1,64}")
NAMES = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
LARGEST = 2**53
MOST_TICKETS = 500


class NoCall(Refused):
    """This is no call that a pretix shop makes: organizer, event, code and action are text, and positions numbers."""

    status = 422
    code = "no-call"


class NoOrder(Exception):
    """The shop's answer is no order of this code."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """Something happened to an order."""

    organizer: str
    event: str
    code: str
    action: str
    position: int | None
    notification: int | None
    check_in_list: int | None

    @property
    def concerns_us(self) -> bool:
        """Whether anything may follow from it."""
        return self.action.startswith(ORDERS) or self.action in (CHECK_IN, UNDONE)

    @property
    def key(self) -> str:
        """The same for the same call, however often it comes."""
        return f"{self.notification}|{self.action}|{self.code}|{self.position}|{self.check_in_list}"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A place in an order, and whose it is."""

    position: int
    name: str
    email: str
    locale: str | None
    is_valid: bool
    scanned_on: frozenset[date]
    """Days (at the conference) on which it was let in."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order as the shop now has it."""

    code: str
    modified_at: datetime
    is_test: bool
    tickets: tuple[Ticket, ...]


def call_of(said: Mapping[str, Any]) -> Call:
    """What was called. Raises NoCall."""
    texts = {name: said.get(name) for name in ("organizer", "event", "code", "action")}
    shapes = {"organizer": NAMES, "event": NAMES, "code": CODE, "action": ACTION}
    if any(not isinstance(text, str) or not shapes[name].fullmatch(text) for name, text in texts.items()):
        raise NoCall
    numbers = {
        "position": said.get("orderposition_id"),
        "notification": said.get("notification_id"),
        "check_in_list": said.get("checkin_list"),
    }
    if any(number is not None and not _is_number(number) for number in numbers.values()):
        raise NoCall
    return Call(**texts, **numbers)  # type: ignore[arg-type]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST


def order_of(said: Any, code: str, timezone: str) -> Order:
    """The order. Raises NoOrder where the answer is something else."""
    try:
        if said["code"] != code or len(said["positions"]) > MOST_TICKETS:
            raise NoOrder
        modified_at = _instant(said["last_modified"])
        places = [place for place in said["positions"] if place.get("addon_to") is None]
        tickets = tuple(_ticket(place, said, ZoneInfo(timezone)) for place in places)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise NoOrder from None
    return Order(code=code, modified_at=modified_at, is_test=bool(said.get("testmode")), tickets=tickets)


def _ticket(place: Mapping[str, Any], order: Mapping[str, Any], zone: ZoneInfo) -> Ticket:
    if not _is_number(place["id"]):
        raise NoOrder
    email = _text(place.get("attendee_email")) or _text(order.get("email"))
    named = _text(place.get("attendee_name")) or _text((order.get("invoice_address") or {}).get("name"))
    stands = order["status"] == "p" or (order["status"] == "n" and not order.get("require_approval"))
    scans = [scan for scan in place.get("checkins") or () if scan.get("type", "entry") == "entry"]
    return Ticket(
        position=place["id"],
        name=named or email.partition("@")[0],
        email=email,
        locale=_text(order.get("locale")).partition("-")[0] or None,
        is_valid=stands and not place.get("canceled"),
        scanned_on=frozenset(_instant(scan["datetime"]).astimezone(zone).date() for scan in scans),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _instant(text: Any) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant without a zone")
    return found
