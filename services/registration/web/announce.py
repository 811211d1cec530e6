"""The page of what an organizer announces on the day. What it would do to meetings, introductions shows before; the button
there sends it here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from services.registration.domain import announcing
from services.registration.forms import AnnounceForm
from services.registration.handlers import announcing as commands
from shared import conferences, installation
from shared.announced import notice_of
from shared.contracts import ConferencePublished
from shared.contracts.conference import Delay
from shared.errors import Conflict
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("registration_announce", "services.registration", template_folder="templates")


@pages.get("/organize/<slug>/announce")
@may("owner")
def announcements(slug: str) -> Any:
    """What can be announced, and what was."""
    return _page(slug)


@pages.post("/organize/<slug>/announce")
@may("owner")
def announce(slug: str) -> Any:
    """Do it, once."""
    said, errors, typed = form_data(AnnounceForm())
    if said is None:
        return _page(slug, " ".join(text for texts in errors.values() for text in texts), 422, typed.get("text"))
    try:
        with unit_of_work() as work:
            commands.announce(slug, said, actor(), work)
    except Conflict as refused:
        return _page(slug, refused.sentence(), 409)
    return see_other(f"/organize/{slug}/announce?done={said['do']}")


def _page(slug: str, refusal: str = "", status: int = 200, text: str | None = None) -> Any:
    runtime = current_runtime()
    now = runtime.now()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
    back = announcing.undo(conference, now), announcing.on_time_again(conference, now)
    return render(
        "registration/announce.html",
        status,
        conference=conference,
        refusal=refusal,
        text=notice_of(conference, now) if text is None else text,
        done=request.args.get("done", "") if not refusal else "",
        delays=[(delay, _starts(conference, delay)) for delay in announcing.in_force(conference, now)],
        undo=back[0],
        on_time=back[1] if back[1] != back[0] else None,
        on_time_from=_starts(conference, back[1]) if back[1] else "",
        waiting=installation.waiting_mails(runtime, conference.conference) if conference.mails_stopped else 0,
    )


def _starts(conference: ConferencePublished, delay: Delay) -> str:
    """The time of the programme from which on it holds."""
    hour, minute = delay.from_slot[-4:-2], delay.from_slot[-2:]
    return f"{hour}:{minute}"
