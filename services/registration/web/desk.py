"""Pages of the door: search while typing, check in, undo; and the code on an attendee's phone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, request
from sqlalchemy import Connection

from services.registration import queries, store
from services.registration.handlers import presence
from services.registration.queries import AtTheDesk
from shared import codes, conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict, NotFound
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, sessions, unit_of_work
from shared.web.rates import limit, network
from shared.web.who import Locked, actor, may

pages = Blueprint("registration_desk", "services.registration", template_folder="templates")
KIOSK_LETTERS = 2
LONGEST = 200
COMMANDS = {"check-in": presence.check_in, "undo": presence.take_back, "leave": presence.leave}


@pages.get("/desk/<slug>")
@may("owner", "desk", "kiosk")
def desk(slug: str) -> Any:
    """The desk: type a name, tap."""
    wanted = request.args.get("q", "")[:LONGEST]
    if request.headers.get("X-Part") == "rows":
        with reading() as connection:
            conference = conferences.by_slug(connection, actor().scope, slug)
            found = _found(connection, conference, wanted)
        return render(
            "registration/desk_rows.html",
            conference=conference,
            people=found,
            wanted=wanted,
            sought=codes.sought(wanted),
        )
    return _desk(slug, wanted, request.args.get("done", "")[:32], None)


@pages.post("/desk/<slug>/<attendee_id>")
@may("owner", "desk", "kiosk")
def act(slug: str, attendee_id: str) -> Any:
    """Check in, undo that, or say that she left."""
    wanted = request.form.get("q", "")[:LONGEST]
    command = COMMANDS.get(request.form.get("action", ""))
    if command is None:
        raise NotFound
    try:
        with unit_of_work() as work:
            conference = conferences.by_slug(work.connection, actor().scope, slug)
            attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
            command(attendee, conference, actor(), work)
    except Conflict as refused:
        return _desk(slug, wanted, attendee_id, refused.sentence(), 409)
    return see_other(f"/desk/{slug}?" + urlencode({"done": attendee_id, **({"q": wanted} if wanted else {})}))


def _desk(slug: str, wanted: str, done: str, refusal: str | None, status: int = 200) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = _found(connection, conference, wanted)
        here = queries.how_many_are_here(connection, conference, now)
        row = queries.row_or_none(connection, conference, done) if done else None
    return render(
        "registration/desk.html",
        status,
        conference=conference,
        people=found,
        wanted=wanted,
        sought=codes.sought(wanted),
        here=here,
        done=None if row is None else queries.as_at_the_desk(row, conference, now),
        refusal=refusal,
        known="known" in request.args,
    )


def _found(connection: Connection, conference: ConferencePublished, wanted: str) -> list[AtTheDesk]:
    """Who fits. A kiosk is told no more than names and states, and of nobody whose name was not begun."""
    now, is_kiosk = current_runtime().now(), actor().role == "kiosk"
    found = queries.by_scan(connection, conference, wanted, now)  # what a scanner types is no name
    if found is None and is_kiosk and len("".join(fold(wanted).split())) < KIOSK_LETTERS:
        return []
    found = queries.at_the_desk(connection, conference, wanted, now) if found is None else found
    return [replace(one, about="") for one in found] if is_kiosk else found


@pages.get("/q/<code>")
@may("anyone")
def code(code: str) -> Any:
    """The code on an attendee's phone: the desk sees whose it is, everybody else sees nothing personal."""
    if g.actor is None:  # a door scans faster than any stranger may, and the whole room has its one address
        limit("200/minute", "code", network())
    device = sessions.locked_device()
    if device is not None:
        raise Locked(min(device.conferences or {""}))
    with reading() as connection:
        row = queries.by_code(connection, code[: codes.LONGEST])
        conference = None if row is None else conferences.by_id(connection, row.conference)
    if row is None or conference is None:
        raise NotFound
    helper = g.actor
    if helper is None or not helper.scope.covers(conference.account, conference.slug):
        return render("registration/code.html", conference=conference, here=_only_one(helper))
    shown = row.status in queries.SHOWN
    person = queries.as_at_the_desk(row, conference, current_runtime().now()) if shown else None
    if person is not None and helper.role == "kiosk":
        person = replace(person, about="")
    return render("registration/code_desk.html", conference=conference, person=person)


def _only_one(helper: Actor | None) -> ConferencePublished | None:
    """The conference whose desk this is, where it is the desk of one."""
    if helper is None or helper.conferences is None or len(helper.conferences) != 1:
        return None
    with reading() as connection:
        return next(iter(conferences.within(connection, helper.scope)), None)
