"""Pages to check many people in at once: paste or scan a list, or tick rows; a look before, one POST, a word per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request

from services.registration import queries
from services.registration.handlers import many
from services.registration.handlers.many import Line
from shared import conferences
from shared.errors import Invalid, NotFound
from shared.web import current_runtime, reading, render, unit_of_work
from shared.web.who import actor, may

pages = Blueprint("registration_many", "services.registration", template_folder="templates")


@pages.get("/desk/<slug>/many")
@may("owner", "desk")
def several(slug: str) -> Any:
    """Where one pastes, or ticks."""
    return _page(slug, "", ())


@pages.post("/desk/<slug>/many")
@may("owner", "desk")
def check_in(slug: str) -> Any:
    """Look what these lines would do, or check everybody in whom they name; or only show other rows to tick."""
    action, text = request.form.get("action"), request.form.get("lines", "")
    ticked = request.form.getlist("who")
    if action == "show":
        return _page(slug, text, ticked)
    if action not in ("look", "check-in"):
        raise NotFound
    try:
        lines = many.lines_of(text, ticked)
    except Invalid as refused:
        return _page(slug, text, ticked, errors=refused.errors, status=422)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        lines = many.look(lines, conference, work.now, work.connection)
        if action == "check-in":
            lines = many.check_in_all(lines, conference, actor(), work)
    kept = (text, ticked) if action == "look" else ("", ())
    return _page(slug, *kept, lines=lines)


def _page(
    slug: str, text: str, ticked: Sequence[str], *, lines: Sequence[Line] = (), errors: Any = None, status: int = 200
) -> Any:
    wanted, now = request.form.get("q", "")[:80], current_runtime().now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = queries.at_the_desk(connection, conference, wanted, now, limit=many.MOST)
        named = {line.attendee.id for line in lines if line.attendee is not None}
        people = queries.several_at_the_desk(connection, conference, {*named, *ticked[: many.MOST]}, now)
    chosen = [people[one] for one in ticked if one in people]
    return render(
        "registration/many.html",
        status,
        conference=conference,
        wanted=wanted,
        text=text,
        ticked=ticked,
        people=list({one.id: one for one in [*chosen, *found] if not one.here}.values()),
        lines=[(line, people.get(line.attendee.id) if line.attendee else None) for line in lines],
        told={line.number: many.sentence(line, conference) for line in lines},
        to_do=sum(line.outcome == "found" for line in lines),
        done=sum(line.outcome == "done" for line in lines),
        errors=errors or {},
        most=many.MOST,
    )
