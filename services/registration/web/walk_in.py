"""Whoever stands in the venue: the form behind the poster, the code of the day, leaving; and the desk's form and slip for
people without a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict

from services.registration import policies, queries, store
from services.registration.domain import venue
from services.registration.forms import WalkInForm
from services.registration.handlers import presence, walking_in
from services.registration.web import attend, fields
from shared import address_book, conferences
from shared.codes import in_groups
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict, Invalid
from shared.i18n import current_locale
from shared.qr import qr_svg
from shared.text import fold
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.languages import in_language
from shared.web.rates import limit, network
from shared.web.who import actor, may

FORM_ID = re.compile("[0-9a-f]{32}", re.ASCII)
pages = Blueprint("registration_walk_in", "services.registration", template_folder="templates")


@pages.get("/c/<slug>/here/<code>")
@may("anyone")
def form(slug: str, code: str) -> Any:
    """Four fields, behind the poster in the venue."""
    return _form(_in_the_venue(slug, code), code, {}, MultiDict({"role": "mentee"}))


@pages.post("/c/<slug>/here/<code>")
@may("anyone")
def walk_in(slug: str, code: str) -> Any:
    """She is in, and her day opens."""
    limit("400/minute", "form", network())
    conference = _in_the_venue(slug, code)
    said, errors, typed = form_data(WalkInForm(unknown=EXCLUDE))
    errors = {**_no_topics(typed, conference), **errors, **attend.not_said(typed, conference)}
    if said is None or errors:
        return _form(conference, code, errors, typed, 422)
    said.setdefault("locale", current_locale())
    try:
        with unit_of_work() as work:
            attendee = walking_in.walk_in(said, conference, work, form=_form_id(typed))
            page = "" if attendee is None else work.link("page", attendee.id, attendee.person)
    except Invalid as wrong:
        return _form(conference, code, topics_for(wrong.errors), typed, 422)
    except Conflict as refused:
        return _form(conference, code, {"name": [refused.sentence()]}, typed, refused.status)
    return see_other(f"/a/{page}/welcome{in_language()}" if page else f"/c/{slug}/thanks{in_language(known='1')}")


def _no_topics(typed: MultiDict[str, str], conference: ConferencePublished) -> dict[str, Any]:
    """That no topic was chosen is said with all the rest, not once that is right."""
    said: dict[str, Any] = {"role": typed.get("role"), "offers": [], "wants": []}
    return {} if any(typed.getlist("topics")) else topics_for(policies.complaints(said, conference, policies.TOPICS))


def topics_for(errors: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with offers or wishes is said at the one list that this form has."""
    return {"topics" if name in ("offers", "wants") else name: texts for name, texts in errors.items()}


def _in_the_venue(slug: str, code: str) -> ConferencePublished:
    """The conference, for whoever comes with the code of today. Raises NotTodaysPoster."""
    runtime = current_runtime()
    with reading() as connection:
        conference = conferences.by_slug(connection, attend.EVERYBODY, slug)
    if venue.tidy(code) != venue.code_of(runtime.links, conference, local_day(conference, runtime.now())):
        limit("20/minute", "venue", network())
        raise venue.NotTodaysPoster
    return conference


def _form_id(typed: MultiDict[str, str]) -> str:
    """Which form it is that was sent; empty where it is none of ours."""
    text = typed.get("form", "")
    return text if FORM_ID.fullmatch(text) else ""


def _form(
    conference: ConferencePublished,
    code: str,
    errors: Mapping[str, Any],
    typed: MultiDict[str, str],
    status: int = 200,
    *,
    desk: bool = False,
) -> Any:
    return render(
        "registration/walk_in.html",
        status,
        conference=conference,
        code=code,
        desk=desk,
        form=_form_id(typed) or current_runtime().new_id(),
        errors=errors,
        typed=typed,
        names=fields.names(),
        **fields.choices(conference),
    )


@pages.get("/a/<token>/welcome")
@may("link")
def welcome(token: str) -> Any:
    """You are in; your day opens by itself."""
    with reading() as connection:
        attendee = store.attendee_by_id(connection, attend.link_of(connection, token, "page").object)
        conference = attend.conference_of(connection, attendee.conference)
    day = current_runtime().links.token("day", attendee.id, attendee.person, 1)
    return render("registration/welcome.html", conference=conference, attendee=attendee, token=token, day=day)


@pages.post("/a/<token>/here")
@may("link")
def check_in(token: str) -> Any:
    """I'm here: by the code that hangs in the venue."""
    limit("20/minute", "venue", token[:26].lower())
    try:
        with unit_of_work() as work:
            attendee = store.attendee_by_id(work.connection, attend.link_of(work.connection, token, "page").object)
            conference = attend.conference_of(work.connection, attendee.conference)
            walking_in.check_in_by_code(attendee, conference, request.form.get("code", "")[:20], work)
    except Conflict as refused:
        with reading() as connection:
            return attend.own(connection, token, {"code": [refused.sentence()]}, None, refused.status)
    return see_other(f"/a/{token}/welcome")


@pages.post("/a/<token>/leave")
@may("link")
def leave(token: str) -> Any:
    """I leave for today: my meetings are off, and whoever waited for me is free at once."""
    with unit_of_work() as work:
        attendee = store.attendee_by_id(work.connection, attend.link_of(work.connection, token, "page").object)
        conference = attend.conference_of(work.connection, attendee.conference)
        presence.leave(attendee, conference, None, work)
    return see_other(f"/a/{token}?left=1")


@pages.get("/desk/<slug>/new")
@may("owner", "desk")
def new(slug: str) -> Any:
    """The desk's form for somebody without a phone."""
    return _form(_own(slug), "", {}, MultiDict({"role": "mentee"}), desk=True)


@pages.post("/desk/<slug>/new")
@may("owner", "desk")
def add(slug: str) -> Any:
    """The desk types, she says what she allows."""
    conference = _own(slug)
    said, errors, typed = form_data(WalkInForm(unknown=EXCLUDE))
    errors = {**_no_topics(typed, conference), **errors, **attend.not_said(typed, conference)}
    if said is None or errors:
        return _form(conference, "", errors, typed, 422, desk=True)
    said.setdefault("locale", current_locale())
    try:
        with unit_of_work() as work:
            attendee = walking_in.walk_in(said, conference, work, actor=actor())
    except Invalid as wrong:
        return _form(conference, "", topics_for(wrong.errors), typed, 422, desk=True)
    except Conflict as refused:
        return _form(conference, "", {"name": [refused.sentence()]}, typed, refused.status, desk=True)
    if attendee is None:
        return see_other(f"/desk/{slug}?{urlencode({'q': _known_as(said, conference), 'known': 1})}")
    return see_other(f"/desk/{slug}/slip/{attendee.id}")


def _known_as(said: Mapping[str, Any], conference: ConferencePublished) -> str:
    """The name under which this address is registered: the desk sees all of them, and may not know that one."""
    address = fold(said["email"])
    with reading() as connection:
        known = store.by_addresses(connection, conference, {address}).get(address)
        described = None if known is None else address_book.person(connection, known.person)
    return str(said["name"] if described is None else described.name)


@pages.get("/desk/<slug>/slip/<attendee_id>")
@may("owner", "desk")
def slip(slug: str, attendee_id: str) -> Any:
    """On paper what others have on their phone: name, code for the door, the way to her day on any screen."""
    conference = _own(slug)
    runtime = current_runtime()
    with reading() as connection:
        row = queries.attendee_of_conference(connection, actor().scope, conference, attendee_id)
    day = runtime.links.token("day", row.id, row.person, 1)
    return render(
        "registration/slip.html",
        conference=conference,
        name=row.name,
        code=in_groups(row.code),
        qr=qr_svg(f"{runtime.settings.base_url}/q/{row.code}"),
        day_qr=qr_svg(f"{runtime.settings.base_url}/d/{day}"),
    )


@pages.get("/desk/<slug>/poster")
@may("owner", "desk")
def poster(slug: str) -> Any:
    """Posters for the venue, one a day: they hold the code of that day."""
    conference = _own(slug)
    runtime = current_runtime()
    days = []
    for day in conference.days:
        code = venue.code_of(runtime.links, conference, day.date)
        url = f"{runtime.settings.base_url}/c/{slug}/here/{code}"
        days.append({"date": day.date, "code": code, "url": url, "qr": qr_svg(url)})
    return render("registration/poster.html", conference=conference, days=days)


def _own(slug: str) -> ConferencePublished:
    with reading() as connection:
        return conferences.by_slug(connection, actor().scope, slug)
