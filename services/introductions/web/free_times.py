"""Keep a time free, from her day: who agreed on a meeting then is asked first; the time itself belongs to her registration,
which the same tap goes on to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from services.introductions import store
from services.introductions.forms import KeepFreeForm
from services.introductions.handlers import keeping_free, mailing
from services.introductions.web import day
from shared import conferences
from shared.errors import NotFound
from shared.web import current_runtime, href, reading, render, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("introductions_free_times", "services.introductions", template_folder="templates")


@pages.get("/d/<token>/keep-free")
@may("link")
def ask(token: str) -> Any:
    """The question alone, for whoever loads its page again."""
    return _question(token, request.args.get("slot", ""))


@pages.post("/d/<token>/keep-free")
@may("link")
def keep(token: str) -> Any:
    """Keep this time free, or be there again."""
    said, errors, _typed = form_data(KeepFreeForm())
    if said is None:
        return day.page(token, errors, 422)
    with unit_of_work() as work:
        state = day.behind(token, work.connection, work.now)
        conference = conferences.by_id(work.connection, state.conference)
        agreed = keeping_free.agreed_at(state.attendee, said["slot"], work) if said["keep"] == "free" else None
        side = None if agreed is None else agreed.side_of(state.attendee)
        sure = said.get("sure") == "yes"
        if agreed is not None and side is not None and conference is not None and sure:
            keeping_free.give_up(agreed, conference, side, work)
    if agreed is not None and not sure:
        return _question(token, said["slot"])
    profile = current_runtime().links.token("page", state.attendee, state.person, 1)
    return redirect(href(f"/a/{profile}/times"), 307)  # the same form once more, where her times are kept


def _question(token: str, slot: str) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        state = day.behind(token, connection, now)
        conference = conferences.by_id(connection, state.conference)
        found = [
            mailing.about(item, conference, state.attendee, connection, now)
            for item in store.of_attendee(connection, state.attendee)
            if conference is not None and item.place.slot == slot and item.status == "accepted"
        ]
    if not found:
        raise NotFound
    return render("introductions/keep_free.html", conference=conference, token=token, slot=slot, about=found[0])
