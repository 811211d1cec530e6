"""A time that somebody keeps free by a tap on her day, or is there in again. It knows of no meetings; what follows for them,
introductions decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from services.registration import store
from services.registration.forms import TimeForm
from services.registration.handlers import attending
from services.registration.web import attend
from shared.errors import Invalid, NotFound
from shared.web import current_runtime, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("registration_own_times", "services.registration", template_folder="templates")


@pages.post("/a/<token>/times")
@may("link")
def tap(token: str) -> Any:
    """Keep one time free, or be there again: from her day, and back to it."""
    said, errors, _typed = form_data(TimeForm())
    with unit_of_work() as work:
        attendee = store.attendee_by_id(work.connection, attend.link_of(work.connection, token, "page").object)
        if said is None:
            raise Invalid(errors)
        conference = attend.conference_of(work.connection, attendee.conference)
        every = [slot.id for slot in conference.slots]
        if said["slot"] not in every:
            raise NotFound
        hers = set(every if attendee.available is None else attendee.available)
        hers = hers - {said["slot"]} if said["keep"] == "free" else hers | {said["slot"]}
        available = None if hers >= set(every) else [slot for slot in every if slot in hers]
        attending.change(attendee, {"available": available}, conference, "page", work)
        day = current_runtime().links.token("day", attendee.id, attendee.person, 1)
    return see_other(f"/d/{day}?{said['keep']}={said['slot']}")
