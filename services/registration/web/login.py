"""Pages to log in and out: a link by mail, used once, with a click."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, request, session

from services.registration.forms import EmailForm
from services.registration.handlers import devices, organizers
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.rates import limit, network
from shared.web.who import actor, browser_secret, from_this_site, log_in, log_out, may

pages = Blueprint("registration_login", "services.registration", template_folder="templates")


@pages.get("/login")
@may("anyone")
def ask() -> Any:
    """Where the link should go."""
    browser_secret("browser")
    return render("registration/login.html", errors={}, typed={}, next=_next(request.args.get("next", "")))


@pages.post("/login")
@may("anyone")
def send() -> Any:
    """Send a link; the page says the same for known and unknown addresses."""
    limit("30/minute", "login", network())
    said, errors, typed = form_data(EmailForm())
    if said is None:
        wanted = _next(request.form.get("next", ""))
        return render("registration/login.html", 422, errors=errors, typed=typed, next=wanted)
    limit("20/hour", "login mail", hashlib.sha256(said["email"].lower().encode()).hexdigest())
    session["next"] = _next(request.form.get("next", ""))
    runtime = current_runtime()
    with unit_of_work() as work:
        organizers.first_owners(runtime.settings.organizers, work)
        organizers.ask_for_link(said["email"], browser_secret("browser"), work)
    return render("registration/login_sent.html", outbox=runtime.settings.has_outbox)


@pages.get("/login/<token>")
@may("anyone")
def look(token: str) -> Any:
    """Whose login this is; it takes a click."""
    browser, now = session.get("browser", ""), current_runtime().now()
    with reading() as connection:
        _link, email = organizers.whose_link(token, browser, connection, now)
    return render("registration/login_confirm.html", email=email, token=token)


@pages.post("/login/<token>")
@may("anyone")
def use(token: str) -> Any:
    """Log in. Not by a form on somebody else's page: it would log people in as whoever made it."""
    from_this_site()
    wanted = session.get("next", "")
    with unit_of_work() as work:
        found = organizers.log_in(token, session.get("browser", ""), work)
    log_in(found)
    if not wanted and found.role == "desk" and found.conferences and len(found.conferences) == 1:
        wanted = f"/desk/{next(iter(found.conferences))}"
    return see_other(wanted or "/organize")


@pages.post("/logout")
@may("owner", "desk", "kiosk")
def logout() -> Any:
    """Log out, everywhere; a device is none any more."""
    who = actor()
    if who.kind == "device":
        with unit_of_work() as work:
            devices.end(who.id, who, work)
    log_out()
    return see_other("/login" if who.kind == "device" else "/")


def _next(path: str) -> str:
    """Only own paths."""
    root = current_runtime().settings.root
    path = path.removeprefix(root)
    own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if own and path.isprintable() and len(path) < 300 else ""
