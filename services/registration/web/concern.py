"""Where an attendee reports a concern: who takes it, what follows and who hears of it. Her link to it outlives all others;
looking changes nothing, and what she wrote is never shown behind a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from marshmallow import EXCLUDE
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from services.registration import queries, store
from services.registration.domain.concern import LONGEST, Meeting, ends_at, nearest
from services.registration.forms import ConcernForm
from services.registration.handlers import concerns
from services.registration.web.attend import EVERYBODY, link_of
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.errors import Invalid, TooMany
from shared.i18n import gettext as _
from shared.links import CONCERN, LinkOver, hash_of
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.languages import in_language
from shared.web.rates import limit
from shared.web.who import may

pages = Blueprint("registration_concern", "services.registration", template_folder="templates")
OFTEN = "10/hour"
Errors = Mapping[str, Any]


@pages.get("/c/<slug>/concern")
@may("anyone")
def where(slug: str) -> Any:
    """For whoever has no link of her own: who takes concerns, and what follows."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return _render([conference], token="", names={})


@pages.get("/concern/<token>")
@may("link")
def look(token: str) -> Any:
    """The form, and all that one wants to know before writing."""
    return _page(token)


@pages.get("/concern/<token>/sent")
@may("link")
def sent(token: str) -> Any:
    """It has arrived."""
    return _page(token, arrived=True)


@pages.post("/concern/<token>")
@may("link")
def report(token: str) -> Any:
    """Send it. Nothing that was typed is lost where something is missing, or too much was sent."""
    said, errors, typed = form_data(ConcernForm(unknown=EXCLUDE))
    if said is None:
        return _page(token, errors, typed, 422)
    try:
        limit(OFTEN, "concern", hash_of(token))
        with unit_of_work() as work:
            concerns.report(said, link_of(work.connection, token, CONCERN).person, work)
    except Invalid as wrong:
        return _page(token, wrong.errors, typed, 422)
    except TooMany:
        often = _("That was a lot within an hour. Please wait a little, or turn to the person named above.")
        return _page(token, {"text": [often]}, typed, 429)
    return see_other(f"/concern/{token}/sent{in_language()}")


def _page(
    token: str,
    errors: Errors | None = None,
    typed: MultiDict[str, str] | None = None,
    status: int = 200,
    *,
    arrived: bool = False,
) -> Any:
    now = current_runtime().now()
    with reading() as connection:
        mine = store.attendances(connection, link_of(connection, token, CONCERN).person)
        known = (conferences.by_id(connection, one) for one in dict.fromkeys(mine.values()))
        found = [one for one in known if one is not None and now < ends_at(one)]
        if not found:
            raise LinkOver
        first = nearest(found, now)
        found.sort(key=lambda one: (one is not first, one.days[0].date))
        names = _meetings(connection, mine, {one.conference: one for one in found})
    return _render(found, token=token, names=names, errors=errors or {}, typed=typed, status=status, arrived=arrived)


def _meetings(
    connection: Connection, mine: Mapping[str, str], found: Mapping[str, ConferencePublished]
) -> dict[str, str]:
    """Introduction -> the meeting in words: when, and the first name of the other where others may read it."""
    meetings = [item for item in store.meetings(connection, mine) if item.conference in found]
    rows = queries.attendee_rows_of(connection, {item.other for item in meetings})
    several = len({one.timezone for one in found.values()}) > 1
    return {item.introduction: _words(item, rows.get(item.other), found[item.conference], several) for item in meetings}


def _words(item: Meeting, other: Any, conference: ConferencePublished, with_zone: bool) -> str:
    day = dates.short_day(local_day(conference, item.starts_at))
    name = other.name.split()[0] if other is not None and other.name and other.sure else _("somebody")
    zone = f" ({conference.timezone})" if with_zone else ""
    return f"{name}, {day}, {local_time(conference, item.starts_at)}{zone}"


def _render(
    found: list[ConferencePublished],
    *,
    token: str,
    names: Mapping[str, str],
    errors: Errors | None = None,
    typed: MultiDict[str, str] | None = None,
    status: int = 200,
    arrived: bool = False,
) -> Any:
    return render(
        "registration/concern.html",
        status,
        about_concern=True,
        options=[(one.conference, one.name) for one in found],
        zones=[*dict.fromkeys(one.timezone for one in found)],
        takers=[(one.name, one.policy.concern_contact) for one in found],
        token=token,
        meetings=names,
        errors=errors or {},
        typed=typed if typed is not None else MultiDict(),
        arrived=arrived,
        longest=LONGEST,
    )
