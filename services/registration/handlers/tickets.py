"""What follows from a shop's call: the order is read from the shop, outside any transaction, and people are invited, changed,
withdrawn, checked in by the same commands as on the pages. Whatever the call says, the order as it now is decides: so calls
may come twice, late and in any order."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.registration import store
from services.registration.domain import Attendee
from services.registration.domain.order import CHECK_IN, UNDONE, NoOrder, Order, Ticket, order_of
from services.registration.handlers import attending, presence
from services.registration.handlers.conferences import record
from shared import conferences
from shared.access import Actor
from shared.address_book import person as person_of
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict, Invalid, Refused, Retryable
from shared.i18n import noted as N_
from shared.jobs import Claimed, at_once
from shared.outside import NoAddress, Unreachable
from shared.service import Room
from shared.vault import NotOurs
from shared.work import Work

logger = logging.getLogger(__name__)
BATCH = 10
SECONDS, MOST_BYTES = 10.0, 1_000_000
GIVE_UP_AFTER = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
NOT_CONFIRMED = "not-confirmed"
ReadRow = Callable[[Mapping[str, Any]], tuple[dict[str, Any], dict[str, list[str]]]]
"""What somebody's ticket says, through the schema of the form: (the values that are right, sentences by field)."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a shop said: the order, None where it has none."""

    shop: Any
    conference: ConferencePublished
    order: Order | None


def run(room: Room, read_row: ReadRow) -> int:
    """Follow up some calls; how many. The orders are read all at the same time."""
    with room.work() as work:
        claimed = store.CALLS.claim(work, BATCH)
    for one, asked in zip(claimed, at_once(lambda one: _asked(one, room), claimed), strict=True):
        try:
            with room.work() as work:
                if store.CALLS.still_mine(one, work):
                    _keep(one, asked, read_row, work)
        except (Retryable, Refused, IntegrityError) as why:  # the last: somebody registers with this address just now
            with room.work() as work:
                _again(one, getattr(why, "code", "conflict"), work)
    return len(claimed)


def _keep(one: Claimed, asked: Asked | str, read_row: ReadRow, work: Work) -> None:
    """Follow what came back, and say what became of the call."""
    if isinstance(asked, str):
        _again(one, asked, work)
        return
    reason = _follow(one, asked, read_row, work)
    if reason == NOT_CONFIRMED:  # she may be standing at the door with her phone in her hand
        _again(one, reason, work)
    else:
        store.CALLS.finish(one, work, status="done", reason=reason)


def _again(one: Claimed, reason: str, work: Work) -> None:
    if work.now - one.row.created_at >= GIVE_UP_AFTER:
        logger.warning("a shop's call was given up", extra={"call": one.row.id, "shop": one.row.shop, "why": reason})
        store.CALLS.finish(one, work, status="failed", reason=reason)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(one.attempts - 1, 10))
    store.CALLS.finish(one, work, due_at=work.now + pause, reason=reason)


def _asked(one: Claimed, room: Room) -> Asked | str:
    """The order as the shop now has it, or a code that says why it could not be read."""
    with room.reading() as connection:
        shop = store.shop(connection, one.row.shop)
        conference = None if shop is None else conferences.by_id(connection, shop.conference)
    if shop is None or conference is None or shop.revoked_at is not None:
        return "revoked"
    path = f"/api/v1/organizers/{shop.organizer}/events/{shop.event}/orders/{one.row.code}/"
    try:
        token = room.vault.open(shop.sealed, shop.id)
        headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        url = f"{shop.url}{path}?include_canceled_positions=true"
        answer = room.outside.call("GET", url, headers=headers, seconds=SECONDS, most=MOST_BYTES)
        if answer.status in (404, 410):
            return Asked(shop=shop, conference=conference, order=None)
        if answer.status != 200:
            return "no-token" if answer.status in (401, 403) else f"http-{answer.status}"
        order = order_of(json.loads(answer.body), one.row.code, conference.timezone)
    except NotOurs:
        return "no-token"
    except (Unreachable, NoAddress) as error:
        return error.code
    except (ValueError, RecursionError, NoOrder):
        return "no-order"
    return Asked(shop=shop, conference=conference, order=order)


def _follow(one: Claimed, asked: Asked, read_row: ReadRow, work: Work) -> str | None:
    """Do what the order says; a code where something of it could not be taken."""
    order, shop, conference = asked.order, asked.shop, asked.conference
    if order is None:
        return "no-such-order"
    if order.is_test:
        return "test-order"
    actor = Actor(shop.id, shop.id, "shop", "owner", shop.account, frozenset({conference.slug}))
    reason = _brought_in_line(order, shop, conference, actor, read_row, work)
    if one.row.action in (CHECK_IN, UNDONE):
        held = store.tickets_of(shop.id, order.code, work).get(one.row.position or -1)
        scanned = next((ticket.scanned_on for ticket in order.tickets if ticket.position == one.row.position), None)
        if held is not None and held.attendee is not None and scanned is not None:
            is_here = local_day(conference, work.now) in scanned
            reason = _let_in(one.row.action, is_here, held.attendee, conference, actor, work) or reason
    return reason


def _let_in(
    action: str, is_here: bool, attendee_id: str, conference: ConferencePublished, actor: Actor, work: Work
) -> str | None:
    attendee = store.attendee_by_id(work.connection, attendee_id)
    try:
        if action == UNDONE and not is_here:
            presence.take_back(attendee, conference, actor, work)
        elif action == CHECK_IN and is_here:
            if attendee.status in ("invited", "pending"):
                return NOT_CONFIRMED
            presence.check_in(attendee, conference, actor, work)
    except Conflict as late:  # too early, over, withdrawn: it is no check-in for us
        return late.code
    return None


def _brought_in_line(
    order: Order, shop: Any, conference: ConferencePublished, actor: Actor, read_row: ReadRow, work: Work
) -> str | None:
    """Everybody with a ticket is invited or known, who has none left is withdrawn; a code for what was not taken."""
    known = store.tickets_of(shop.id, order.code, work)
    if any(row.modified_at > order.modified_at for row in known.values()):
        return None  # somebody has read a newer state meanwhile
    reason: str | None = None
    touched = {row.attendee: None for row in known.values() if row.attendee is not None}
    there = {ticket.position for ticket in order.tickets}
    for ticket in order.tickets:
        attendee: Attendee | None = None
        if ticket.is_valid:
            attendee, refused = _holder(ticket, shop.role, conference, actor, read_row, work)
            reason = refused or reason
        before = known.get(ticket.position)
        holder = attendee.id if attendee else before.attendee if before else None
        values = {"attendee": holder, "valid": ticket.is_valid, "modified_at": order.modified_at}
        if before is not None or ticket.is_valid:
            store.keep_ticket(shop.id, ticket.position, {"code": order.code, **values}, work)
    for position in set(known) - there:
        store.keep_ticket(shop.id, position, {"valid": False, "modified_at": order.modified_at}, work)
    for attendee_id in touched:
        if not store.has_a_ticket(attendee_id, work):
            _withdraw(attendee_id, conference, actor, work)
    return reason


def _holder(
    ticket: Ticket, role: str, conference: ConferencePublished, actor: Actor, read_row: ReadRow, work: Work
) -> tuple[Attendee | None, str | None]:
    """(whose ticket it is, why it is nobody's): invited where she is not known, unless she wanted out."""
    said, errors = read_row({"name": ticket.name, "email": ticket.email, "role": role})
    if errors:
        return None, "no-address" if "email" in errors else "no-name"
    known = store.by_address(work.connection, conference, said["email"])
    if known is not None:
        return attending.invite(_called(known, said["name"], conference, actor, work), work), None
    if store.has_departed(conference.conference, said["email"], work):
        return None, "departed"
    if ticket.locale and not read_row({**said, "locale": ticket.locale})[1]:
        said["locale"] = ticket.locale
    try:
        with work.attempt():
            made = attending.register(
                said, conference, "shop", work, actor=actor, status="invited", topics_needed=False
            )
    except Invalid:
        return None, "no-name"
    return made, None


def _called(known: Attendee, name: str, conference: ConferencePublished, actor: Actor, work: Work) -> Attendee:
    """Until she has confirmed, she is called what her ticket says; from then on what she says."""
    person = person_of(work.connection, known.person)
    if person is None or person.name == name or store.is_confirmed_anywhere(work.connection, known.person):
        return known
    store.describe(known.person, known.account, name, person.email, person.locale, work)
    record(N_("attendee changed"), actor, conference, known.id, work)
    return known


def _withdraw(attendee_id: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Her tickets are all gone. It was not her who wanted out: with another ticket she is invited again."""
    attendee = store.attendee_by_id(work.connection, attendee_id)
    person = person_of(work.connection, attendee.person)
    if attendee.status == "withdrawn":
        return
    attending.withdraw(attendee, conference, work, actor=actor)
    if person is not None:
        store.forget_departure(conference.conference, person.email, work)
