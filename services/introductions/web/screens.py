"""Public screens in the venue: meetings that are about to begin, by first name and initial or by codes, behind a link without
a login that an owner makes and ends. Never a topic, never who asks and who gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection

from services.introductions import store
from services.introductions.forms import ScreenForm
from services.introductions.handlers import screens
from services.introductions.queries import LiveBoard
from services.introductions.web import board, live
from services.introductions.web.board_rows import coming
from services.introductions.web.named import first_and_initial
from shared import conferences, links
from shared.contracts import ConferencePublished
from shared.days import local_time
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.links import LinkOver
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, asked_again, may

pages = Blueprint("introductions_screens", "services.introductions", template_folder="templates")
ROWS = 8
"""Meetings that fit on a screen."""
TURN = 12
"""Seconds until the next ones are shown."""
QUIET = 30
"""Seconds after which a screen without a script loads again where all meetings fit."""
CODE = 4
"""Letters and digits of somebody's code: two of a thousand people hardly ever share one at a time."""


@pages.get("/board/<slug>/screens")
@may("owner")
def listed(slug: str) -> Any:
    """Every screen with its address."""
    return _listed(slug)


@pages.post("/board/<slug>/screens")
@may("owner")
def change(slug: str) -> Any:
    """Make one, or end one."""
    said, _errors, _typed = form_data(ScreenForm())
    if said is None or not (said.get("shows") or said.get("end")):
        return _listed(slug, _("Please choose what the screen shows."), 422)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        if said.get("end"):
            screens.end(said["end"], conference, actor(), work)
        else:
            screens.make(conference, said["shows"] == "names", actor(), work)
    return see_other(f"/board/{slug}/screens")


def _listed(slug: str, refusal: str = "", status: int = 200) -> Any:
    runtime = current_runtime()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        found = store.screens_of(connection, conference.conference)
    shown = [
        {
            "id": one.id,
            "names": one.names,
            "url": f"{runtime.settings.base_url}/screen/{runtime.links.token(screens.PURPOSE, one.id, one.id, 1)}",
        }
        for one in found
    ]
    over = runtime.now() >= screens.ends(conference)
    return render(
        "introductions/screens.html", status, conference=conference, screens=shown, over=over, refusal=refusal
    )


@pages.get("/screen/<token>")
@may("link")
def screen(token: str) -> Any:
    """What hangs in the foyer."""
    part, pages_, conference = _made(token)
    return render(
        "introductions/screen.html",
        conference=conference,
        token=token,
        part=Markup(part.html),
        live=live.attributes(part),
        every=_every(),
        several=pages_ > 1,
        seconds=TURN if pages_ > 1 and not _every() else QUIET,
    )


@pages.get("/screen/<token>/live")
@may("link")
@asked_again
def look_again(token: str) -> Any:
    """What it shows now, where that is not what it showed."""
    return live.answer(f"screen|{current_locale()}|{_every()}", token, lambda: _made(token)[0])


def _every() -> bool:
    """Whether all meetings are to stand below each other, for whoever reads slowly."""
    return request.args.get("all") == "yes"


def _behind(token: str, connection: Connection) -> tuple[store.Screen, ConferencePublished]:
    link = links.resolve(connection, token, screens.PURPOSE, current_runtime().now())
    found = store.screen(connection, link.object)
    conference = None if found is None else conferences.by_id(connection, found.conference)
    if found is None or conference is None or found.ended_at is not None:
        raise LinkOver
    return found, conference


def _made(token: str) -> tuple[live.Part, int, ConferencePublished]:
    """(its living part, how many pages there are, whose conference it is). Raises LinkOver."""
    with reading() as connection:
        found, conference = _behind(token, connection)
    shown, now = board.read(conference), current_runtime().now()
    rows = coming(shown, lambda name: _called(name, shown, names=found.names))
    pages_ = 1 if _every() else max(1, -(-len(rows) // ROWS))
    turn = int(now.timestamp()) // TURN
    first = 0 if _every() else turn % pages_ * ROWS
    html = render_template(
        "introductions/screen_now.html",
        conference=conference,
        rows=rows if _every() else rows[first : first + ROWS],
        page=first // ROWS + 1,
        pages=pages_,
        time=local_time(conference, now),
        day=shown.floor.day,
        next_day=shown.floor.next_day,
        names=found.names,
    )
    part = board.part_of(shown, html)
    if pages_ > 1:
        part = replace(part, until=datetime.fromtimestamp((turn + 1) * TURN, UTC))
    return part, pages_, conference


def _called(attendee: str, shown: LiveBoard, *, names: bool) -> str:
    """First name and initial; by her code alone where that is meant, or nobody knows her name."""
    known = shown.names.get(attendee) if names else None
    return first_and_initial(known) if known else code_of(attendee)


def code_of(attendee: str) -> str:
    """What stands for somebody on a screen that shows codes; it opens nothing, and she reads it on her day."""
    return current_runtime().links.token("screen-code", attendee, "", 1)[:CODE].upper()


def code_on_screens(attendee: str, is_known: bool, conference: str, connection: Connection) -> str:
    """Her code, where a screen shows it: one of codes alone, or any while nobody knows her name; else nothing."""
    shown = store.screens_of(connection, conference)
    return code_of(attendee) if any(not one.names for one in shown) or (shown and not is_known) else ""
