"""Pages of the door: search while typing, check in, undo; and the code on an attendee's phone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from services.registration import queries, store
from services.registration.handlers import attending
from shared import conferences
from shared.errors import NotFound
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.guard import limit, network
from shared.web.who import actor, may

pages = Blueprint("registration_desk", "services.registration", template_folder="templates")


@pages.get("/desk/<slug>")
@may("owner", "desk")
def desk(slug: str) -> Any:
    """The desk: type a name, tap."""
    wanted = request.args.get("q", "")[:80]
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = queries.at_the_desk(connection, conference, wanted, current_runtime().now())
        counts = queries.counts(connection, conference)
    template = "registration/desk_rows.html" if request.headers.get("X-Part") == "rows" else "registration/desk.html"
    return render(
        template, conference=conference, people=found, wanted=wanted, counts=counts, done=request.args.get("done")
    )


@pages.post("/desk/<slug>/<attendee_id>")
@may("owner", "desk")
def act(slug: str, attendee_id: str) -> Any:
    """Check in, or undo."""
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        command = attending.leave if request.form.get("action") == "undo" else attending.check_in
        command(attendee, conference, actor(), work)
    wanted = request.form.get("q", "")[:80]
    return see_other(f"/desk/{slug}?done={attendee_id}" + (f"&q={wanted}" if wanted.isalnum() else ""))


@pages.get("/q/<code>")
@may("anyone")
def code(code: str) -> Any:
    """The code on an attendee's phone: the desk sees whose it is, everybody else sees nothing personal."""
    limit("200/minute", "code", network())
    with reading() as connection:
        row = queries.by_code(connection, code[:16])
        conference = None if row is None else conferences.by_id(connection, row.conference)
    helper = g.actor
    if row is None or conference is None:
        raise NotFound
    mine = helper is not None and helper.scope.covers(conference.account, conference.slug)
    if not mine:
        return render("registration/code.html", conference=conference)
    with reading() as connection:
        person = next(
            (
                p
                for p in queries.at_the_desk(connection, conference, row.name or "", current_runtime().now())
                if p.id == row.id
            ),
            None,
        )
    return render("registration/code_desk.html", conference=conference, person=person)
