"""Where a ticket shop calls us, and the page on which an owner lets one, and lets programs hear of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import EXCLUDE
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from services.registration import store
from services.registration.forms import ShopForm
from services.registration.handlers import shops
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.i18n import gettext as _
from shared.outside import NoAddress
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.body import read_object
from shared.web.input import form_data
from shared.web.rates import limit
from shared.web.who import actor, may

pages = Blueprint("registration_hooks", "services.registration", template_folder="templates")
Errors = Mapping[str, Any]
CALLS = "1200/minute"


@pages.post("/hooks/pretix/<token>")
@may("link")
def pretix(token: str) -> Response:
    """A shop says that something happened to an order. It is noted and answered at once; what follows comes later."""
    with reading() as connection:
        shop = store.shop_by_token(connection, token)
    limit(CALLS, "shop", shop.id)
    if shop.revoked_at is not None:
        raise shops.Revoked
    said = read_object(request.get_data())
    with unit_of_work() as work:
        shops.hear(token, said, work)
    return Response(status=200)


@pages.get("/organize/<slug>/hooks")
@may("owner")
def hooks(slug: str) -> Any:
    """Which shops call, and how that goes."""
    return _page(slug, {}, None)


@pages.post("/organize/<slug>/hooks")
@may("owner")
def change_hooks(slug: str) -> Any:
    """Let a shop call (its address is shown once), end that, or try again what was given up."""
    for name, command in (("end", shops.end), ("again", shops.again)):
        if request.form.get(name):
            with unit_of_work() as work:
                command(request.form[name], conferences.by_slug(work.connection, actor().scope, slug), actor(), work)
            return see_other(f"/organize/{slug}/hooks")
    said, errors, typed = form_data(ShopForm(unknown=EXCLUDE))
    try:
        if said is None:
            raise Invalid(errors)
        said["url"] = _checked(said["url"])
    except Invalid as wrong:
        return _page(slug, wrong.errors, typed, status=422)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        token = shops.make(said, conference, actor(), current_runtime().vault, work)
    address = f"{current_runtime().settings.base_url}/hooks/pretix/{token}"
    return _page(slug, {}, None, address=address)


def _checked(text: str) -> str:
    """The shop's address as scheme and host alone; https where none was written. Raises Invalid."""
    whole = text if "://" in text else "https://" + text
    try:
        url = current_runtime().outside.check(whole.rstrip("/"))
        if url.count("/") != 2 or "?" in url:
            raise NoAddress
    except NoAddress as wrong:
        raise Invalid({"url": [wrong.sentence()]}) from None
    return url


def hooks_page(
    slug: str,
    wrong: Errors,
    typed: MultiDict[str, str] | None,
    *,
    secret: tuple[str, str] | None = None,
    status: int = 200,
) -> Any:
    """The page as a form about programs leaves it; `secret`: (whose, what), shown once."""
    wrong = {"webhook-url" if name == "url" else name: texts for name, texts in wrong.items()}
    return _page(slug, {}, None, wrong=wrong, webhook=typed, secret=secret, status=status)


def _page(slug: str, errors: Errors, typed: MultiDict[str, str] | None, *, status: int = 200, **more: Any) -> Any:
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        there = store.webhooks_of(connection, conference.conference)
        context = {
            "shops": _shops(connection, conference),
            "webhooks": [(row, *store.delivered(connection, row.id)) for row in there],
        }
    empty: MultiDict[str, str] = MultiDict({"role": "mentee"})
    return render(
        "registration/hooks.html",
        status,
        conference=conference,
        errors=errors,
        typed=typed if typed is not None else empty,
        wrong=more.get("wrong") or {},
        webhook=more.get("webhook") if more.get("wrong") else MultiDict(),
        secret=more.get("secret"),
        address=more.get("address", ""),
        types=type_names(),
        reasons=reasons(),
        **context,
    )


def _shops(connection: Connection, conference: ConferencePublished) -> list[tuple[Any, Mapping[str, int], Any]]:
    """(shop, how many calls in which state, those that one should look at)."""
    return [(row, *store.calls_of(connection, row.id)) for row in store.shops_of(connection, conference.conference)]


def type_names() -> dict[str, str]:
    """Type of an event -> what happened."""
    return {
        "attendee.registered": _("somebody is registered"),
        "attendee.checked_in": _("somebody is here"),
        "attendee.left": _("somebody left for the day"),
        "attendee.withdrawn": _("somebody withdrew"),
        "introduction.accepted": _("both said yes to a meeting"),
        "introduction.moved": _("a meeting has another time or place"),
        "introduction.off": _("a meeting won't take place"),
        "introduction.met": _("the two met"),
        "relationship.continued_by_both": _("both want to stay in touch"),
    }


def reasons() -> dict[str, str]:
    """Why a call waits, was given up, or could not be followed in all."""
    return {
        "no-token": _("The shop does not accept the token, or it may not see orders."),
        "no-such-order": _("The shop has no such order."),
        "no-order": _("The shop's answer is no order that we can read."),
        "test-order": _("A test order: nothing follows from it."),
        "no-address": _("A ticket without a mail address that we can use."),
        "no-name": _("A ticket with a name that we cannot take."),
        "departed": _("This person withdrew before: nobody is invited back."),
        "not-confirmed": _("Let in at the door, but the registration is not confirmed yet."),
        "too-early": _("Let in before the first day: no check-in for us."),
        "over": _("The conference is over."),
        "withdrawn": _("This person withdrew."),
        "revoked": _("The address was ended before."),
        "disabled": _("It was disabled before."),
        "no-host": _("There is no server of this name."),
        "not-public": _("The server's name leads into a private network."),
        "tls": _("The server does not prove that it is the one (TLS)."),
        "timeout": _("No answer in time."),
        "too-large": _("The answer was too large."),
        "refused": _("The server does not take the call."),
        "broken": _("The server's answer is no HTTP."),
    }
