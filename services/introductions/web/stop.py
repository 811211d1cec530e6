"""The one-click stop of a class of mails (RFC 8058): what it stops, and how to get it back. Looking stops nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from sqlalchemy import Connection

from services.introductions import store
from services.introductions.handlers import stopping
from shared import attendees, links
from shared.contracts.attendee import AttendeeEvent
from shared.web import current_runtime, reading, render, unit_of_work
from shared.web.who import may

pages = Blueprint("introductions_stop", "services.introductions", template_folder="templates")


@pages.get("/i/stop/<token>")
@may("link")
def look_at_stop(token: str) -> Any:
    """What stopping means, or that it was done; only the button stops."""
    with reading() as connection:
        kind, state = _behind(token, connection, current_runtime().now())
        done = store.are_stopped(connection, state.attendee, kind)
    return _page(kind, state, done)


@pages.post("/i/stop/<token>")
@may("link")
def stop(token: str) -> Any:
    """No more of these mails: by the button, or by the mail program itself; `again` takes it back."""
    again = request.form.get("again") == "yes"
    with unit_of_work() as work:
        kind, state = _behind(token, work.connection, work.now)
        command = stopping.allow if again else stopping.stop
        command(kind, state.attendee, state.conference, work)
    return _page(kind, state, not again, again=again)


def _behind(token: str, connection: Connection, now: datetime) -> tuple[str, AttendeeEvent]:
    """(the class of mails, whose). Raises LinkOver."""
    for purpose, kind in stopping.PURPOSES.items():
        with suppress(links.LinkOver):
            link = links.resolve(connection, token, purpose, now)
            state = attendees.one(connection, link.object)
            if state is not None:
                return kind, state
    raise links.LinkOver


def _page(kind: str, state: AttendeeEvent, done: bool, *, again: bool = False) -> Any:
    day = current_runtime().links.token("day", state.attendee, state.person, 1)
    return render("introductions/stop.html", kind=kind, done=done, again=again, day=day)
