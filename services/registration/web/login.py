"""Pages to log in and out: a link by mail, used once, with a click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request, session

from services.registration.forms import EmailForm
from services.registration.handlers import organizers
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.guard import limit, network
from shared.web.input import form_data
from shared.web.who import browser_secret, log_in, may

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
        return render(
            "registration/login.html", 422, errors=errors, typed=typed, next=_next(request.form.get("next", ""))
        )
    session["next"] = _next(request.form.get("next", ""))
    runtime = current_runtime()
    with unit_of_work() as work:
        organizers.first_owners(runtime.settings.organizers, work)
        organizers.ask_for_link(said["email"], browser_secret("browser"), work)
    return render("registration/login_sent.html", outbox=not runtime.settings.smtp_url)


@pages.get("/login/<token>")
@may("anyone")
def look(token: str) -> Any:
    """Whose login this is; it takes a click."""
    with reading() as connection:
        _link, email = organizers.whose_link(token, session.get("browser", ""), _Reading(connection))  # type: ignore[arg-type]
    return render("registration/login_confirm.html", email=email, token=token)


@pages.post("/login/<token>")
@may("anyone")
def use(token: str) -> Any:
    """Log in."""
    wanted = session.get("next", "")
    with unit_of_work() as work:
        found = organizers.log_in(token, session.get("browser", ""), work)
    log_in(found)
    return see_other(wanted or "/organize")


@pages.post("/logout")
@may("owner", "desk")
def logout() -> Any:
    """Log out, everywhere."""
    if g.actor.kind == "organizer":
        with unit_of_work() as work:
            organizers.log_out(g.actor, work)
    session.clear()
    return see_other("/")


class _Reading:
    """Enough of a unit of work to look at a link."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.now = current_runtime().now()


def _next(path: str) -> str:
    """Only own paths."""
    root = current_runtime().settings.root
    path = path.removeprefix(root)
    return (
        path
        if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) < 300
        else ""
    )
