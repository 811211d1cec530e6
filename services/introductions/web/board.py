"""The live board of a conference: six figures, who needs a hand, today's tables, who waits and why; people on it are found by
name. And the wall: the same for a big screen in the crew's room."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection

from services.introductions import queries, store
from services.introductions.domain import OPEN
from services.introductions.forms import BoardForm
from services.introductions.handlers import answering, rescuing
from services.introductions.web import live
from services.introductions.web.board_rows import alone_row, figures, late_row, slot_rows, waiting_groups, where
from services.introductions.web.named import called, first_and_initial, names_of_all
from shared import attendees, codes, conferences
from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.errors import Conflict, NotFound
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("introductions_board", "services.introductions", template_folder="templates")
EVERY = 3
"""Seconds between two looks: an event is on its way for up to a second, and the board is to know within five."""
MOST_FOUND = 20
LONGEST = 200


@pages.get("/board/<slug>")
@may("owner", "desk")
def board(slug: str) -> Any:
    """The board."""
    return _page(slug)


@pages.get("/board/<slug>/live")
@may("owner", "desk")
def look_again(slug: str) -> Any:
    """What changes by itself, where it is not as it was."""
    return _look_again(slug, "board")


@pages.get("/board/<slug>/wall")
@may("owner", "desk")
def wall(slug: str) -> Any:
    """Large figures for whoever stands in the room; no names unless somebody asks for them."""
    conference = _within(slug)
    part = made(conference, "wall")
    return render(
        "introductions/wall.html",
        conference=conference,
        part=Markup(part.html),
        live=live.attributes(part),
        names=_with_names(),
    )


@pages.get("/board/<slug>/wall/live")
@may("owner", "desk")
def look_again_at_wall(slug: str) -> Any:
    """The same of the wall."""
    return _look_again(slug, "wall")


@pages.post("/board/<slug>/<introduction_id>")
@may("owner", "desk")
def act(slug: str, introduction_id: str) -> Any:
    """Look for somebody else at once, for who waits alone."""
    said, _errors, _typed = form_data(BoardForm())
    if said is None:
        return _page(slug, _("Please choose what to do."), 422)
    try:
        with unit_of_work() as work:
            introduction, conference = store.within(work.connection, actor().scope, introduction_id)
            if conference.slug != slug:
                raise NotFound
            if rescuing.hurry(introduction, work) is not introduction:
                answering.record(N_("somebody else looked for"), introduction, actor(), work)
    except Conflict as late:
        return _page(slug, late.sentence(), 409)
    return see_other(f"/board/{slug}?done=1")


def _page(slug: str, refusal: str = "", status: int = 200) -> Any:
    conference = _within(slug)
    part = made(conference, "board")
    wanted, who = request.args.get("q", "")[:LONGEST], request.args.get("who", "")[:32]
    with reading() as connection:
        found = _found(wanted, who, conference, connection) if wanted.strip() or who else None
    return render(
        "introductions/board.html",
        status,
        conference=conference,
        part=Markup(part.html),
        live=live.attributes(part),
        wanted=wanted,
        sought=codes.sought(wanted),
        found=found,
        most=MOST_FOUND,
        done=bool(request.args.get("done")),
        refusal=refusal,
    )


def _within(slug: str) -> ConferencePublished:
    with reading() as connection:
        return conferences.by_slug(connection, actor().scope, slug)


def _look_again(slug: str, page: str) -> Any:
    """Whose conference it is was read once: it never changes."""
    known: dict[str, tuple[str, str]] = current_app.extensions.setdefault("rapport_boards", {})
    if slug not in known:
        conference = _within(slug)
        known[slug] = conference.account, conference.conference
    if not actor().scope.covers(known[slug][0], slug):
        raise NotFound
    look = f"{page}|{current_locale()}|{actor().role}|{_with_names()}"
    return live.answer(look, known[slug][1], lambda: made(_within(slug), page))


def read(conference: ConferencePublished) -> queries.LiveBoard:
    """The board that everybody shares, under a mark that is not newer than what was read."""
    mark = live.mark("", conference.conference)
    with reading() as connection:
        return queries.live_board(connection, conference, current_runtime().now(), mark, store.of_day)


def made(conference: ConferencePublished, page: str) -> live.Part:
    """The living part of the board or the wall."""
    shown, owner, names = read(conference), actor().role == "owner", _with_names()
    kind = page, current_locale(), owner, names, request.script_root
    if kind not in shown.drawn:
        shown.drawn[kind] = _drawn(shown, page, owner=owner, names=names)
    return part_of(shown, shown.drawn[kind])


def _drawn(shown: queries.LiveBoard, page: str, *, owner: bool, names: bool) -> str:
    floor = shown.floor
    groups, more = waiting_groups(shown, topics=owner)
    return render_template(
        f"introductions/{page}_now.html",
        conference=floor.conference,
        floor=floor,
        as_of=local_time(floor.conference, floor.now),
        figures=figures(shown),
        alone=[alone_row(one, shown) for one in floor.alone],
        late=[late_row(one, shown) for one in floor.late],
        slots=slot_rows(shown),
        waiting=groups,
        waiting_more=more,
        names=names,
    )


def part_of(shown: queries.LiveBoard, html: str) -> live.Part:
    """A part that is looked at again; with each minute the time on it is another one."""
    minute = shown.floor.now.replace(second=0, microsecond=0)
    return live.Part(
        html=html,
        attendee="",
        conference=shown.floor.conference.conference,
        mark=shown.mark,
        until=minute + live.LONGEST,
        every=EVERY,
    )


def _with_names() -> bool:
    return request.args.get("names") == "yes"


def _found(wanted: str, who: str, conference: ConferencePublished, connection: Connection) -> list[dict[str, Any]]:
    """People of that name, the one with that code, or one by id: whether she is here, and her meetings of today."""
    today = local_day(conference, current_runtime().now())
    names = names_of_all(connection, conference)
    words, who = fold(wanted).split(), who or _by_code(wanted, conference, connection)
    fitting = {
        name: known
        for name, known in names.items()
        if (name == who if who else all(word in fold(known) for word in words))
    }
    some = sorted(fitting, key=lambda name: fold(fitting[name]))[:MOST_FOUND]
    states = {state["attendee"]: state for state in attendees.states(connection, conference.conference, some)}
    return [
        {
            "id": name,
            "name": names[name],
            "here": today.isoformat() in states[name]["present_on"],
            "meetings": _meetings(name, conference, connection),
        }
        for name in some
        if name in states and states[name]["status"] != "withdrawn"
    ]


def _by_code(wanted: str, conference: ConferencePublished, connection: Connection) -> str:
    """The attendee whose code for the door this is; "" where nobody's here is, or it may be a name."""
    code, links = codes.of_scan(wanted), current_runtime().links
    if code is None:
        return ""
    states = attendees.states(connection, conference.conference)
    of_code = (one["attendee"] for one in states if links.door_code(one["attendee"], one["person"]) == code)
    return next(of_code, "")


def _meetings(attendee: str, conference: ConferencePublished, connection: Connection) -> list[str]:
    """When, where and with whom, of today's meetings that were or are to be."""
    today = f"{local_day(conference, current_runtime().now()):%Y%m%d}-"
    mine = [
        item
        for item in store.of_attendee(connection, attendee)
        if item.place.slot.startswith(today) and item.status in (*OPEN, "met")
    ]
    others = {item.id: item.other(item.side_of(attendee) or "mentor") for item in mine}
    names = called(attendees.people(connection, list(others.values())), connection)
    words = {"proposed": _("asked"), "accepted": _("both said yes"), "met": _("met")}
    return [
        ", ".join(
            (
                local_time(conference, item.place.starts_at),
                where(item, conference),
                first_and_initial(names.get(others[item.id])),
                words[item.status],
            )
        )
        for item in mine
    ]
