"""What the page behind a mail lets people do about being asked: pause, be asked again in a week, leave a pair alone. One tap
each, by POST, and each taken back by another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from marshmallow import EXCLUDE

from services.followup.forms import LeaveForm, PauseForm, SnoozeForm, ZoneForm
from services.followup.handlers import resting
from services.followup.store import Who
from services.followup.web.answers import holder, show
from shared.contracts import ConferencePublished
from shared.errors import Conflict
from shared.forms import FormSchema, zones
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import may
from shared.work import Work

Command = Callable[[Who, ConferencePublished, dict[str, Any], Work], None]


taps = Blueprint("followup_resting", __name__)


@taps.post("/r/<token>/pause")
@may("link")
def pause(token: str) -> Any:
    """No questions for a month or three; `months` 0 takes it back."""
    return _done(token, PauseForm(unknown=EXCLUDE), _pause, "")


@taps.post("/r/<token>/snooze")
@may("link")
def snooze(token: str) -> Any:
    """This question again in a week; `again` no takes it back."""
    return _done(token, SnoozeForm(unknown=EXCLUDE), _snooze, "relationship")


@taps.post("/r/<token>/leave")
@may("link")
def leave(token: str) -> Any:
    """Nobody of the two is asked about this meeting any more; `again` yes takes it back."""
    return _done(token, LeaveForm(unknown=EXCLUDE), _leave, "relationship")


@taps.get("/r/<token>/zone")
@may("link")
def zone(token: str) -> Any:
    """Where she is, for the hours in which nobody is asked."""
    return _zone(token)


@taps.post("/r/<token>/zone")
@may("link")
def keep_zone(token: str) -> Any:
    """It is day for her where she says; empty: as far as we know."""
    said, errors, _typed = form_data(ZoneForm(unknown=EXCLUDE))
    if said is None:
        return _zone(token, errors, 422)
    with unit_of_work() as work:
        who, _link, _conference = holder(work.connection, token, "follow_up")
        resting.keep_zone(who, said["zone"], work)
    return see_other(f"/r/{token}#pause")


def _zone(token: str, errors: dict[str, list[str]] | None = None, status: int = 200) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        who, _link, conference = holder(connection, token, "follow_up")
        guessed = resting.guessed_zone(who, conference, now, connection)
        chosen = resting.zone(who, conference, now, connection)
    return render(
        "followup/zone.html",
        status,
        conference=conference,
        token=token,
        known=guessed,
        chosen="" if chosen == guessed else chosen,
        zones=[(name, name) for name in sorted(zones())],
        errors=errors or {},
    )


def _pause(who: Who, conference: ConferencePublished, said: dict[str, Any], work: Work) -> None:
    if said["months"] == "0":
        resting.resume(who, work)
    else:
        resting.pause(who, conference, int(said["months"]), work)


def _snooze(who: Who, conference: ConferencePublished, said: dict[str, Any], work: Work) -> None:
    if said["again"] == "no":
        resting.unsnooze(who, said["relationship"], said["question"], work)
    else:
        resting.snooze(who, conference, said["relationship"], said["question"], work)


def _leave(who: Who, conference: ConferencePublished, said: dict[str, Any], work: Work) -> None:
    if said["again"] == "yes":
        resting.come_back(who, conference, said["relationship"], work)
    else:
        resting.leave(who, said["relationship"], work)


def _done(token: str, schema: FormSchema, command: Command, about: str) -> Any:
    said, errors, _typed = form_data(schema)
    if said is None:
        return show(token, errors=errors, status=422)
    try:
        with unit_of_work() as work:
            who, _link, conference = holder(work.connection, token, "follow_up")
            command(who, conference, said, work)
    except Conflict as late:
        return show(token, errors={"again": [late.sentence()]}, status=409)
    return see_other(f"/r/{token}" + (f"#p-{said[about]}" if about else "#pause"))
