"""Pages of an attendee: the form, the confirmation, her own page. Everything works without an account or a script."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict

from services.registration import emails, queries, store
from services.registration.forms import LANGUAGES, AttendeeForm
from services.registration.handlers import attending
from shared import conferences, links
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.guard import limit, network
from shared.web.input import form_data
from shared.web.who import may

pages = Blueprint("registration", "services.registration", template_folder="templates")
EVERYBODY = Scope(DEFAULT_ACCOUNT)


@pages.get("/")
@may("anyone")
def first_page() -> Any:
    """What this is, and where to go."""
    with reading() as connection:
        found = conferences.within(connection, EVERYBODY)
    return render("registration/first.html", conferences=found, has_outbox=not current_runtime().settings.smtp_url)


@pages.get("/c/<slug>")
@may("anyone")
def form(slug: str) -> Any:
    """The registration form."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return _form(conference, {}, MultiDict({"role": request.args.get("role", ""), "languages": "en"}))


@pages.post("/c/<slug>")
@may("anyone")
def register(slug: str) -> Any:
    """Send the form. Known and unknown addresses get the same answer; only the mails differ."""
    limit("400/minute", "form", network())
    said, errors, typed = form_data(AttendeeForm(unknown=EXCLUDE))
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    errors = {**errors, **_wishes(typed, conference)}
    if said is None or errors:
        return _form(conference, errors, typed, 422)
    try:
        with unit_of_work() as work:
            _register(said, conference, work)
    except Invalid as wrong:
        return _form(conference, {name: list(texts) for name, texts in wrong.errors.items()}, typed, 422)
    return see_other(f"/c/{slug}/thanks")


def _register(said: Mapping[str, Any], conference: ConferencePublished, work: Any) -> None:
    known = store.by_address(work.connection, conference, said["email"])
    if known is not None and known.status != "withdrawn":
        attending.somebody_knocked(known, conference, work)
        return
    attendee = attending.register(said, conference, "form", work)
    attending.ask_to_confirm(attendee, conference, work)


def _wishes(typed: MultiDict[str, str], conference: ConferencePublished) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not typed.get("consents.introductions"):
        wrong["consents"] = [_("To be introduced, please allow us to share your first name and your reasons.")]
    if conference.policy.adults_only and not typed.get("adult"):
        wrong["adult"] = [_("Please say that you are 18 or older.")]
    return wrong


@pages.get("/c/<slug>/thanks")
@may("anyone")
def thanks(slug: str) -> Any:
    """Look into your mails."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return render("registration/thanks.html", conference=conference, outbox=not current_runtime().settings.smtp_url)


@pages.get("/c/confirm/<token>")
@may("link")
def look_at_confirmation(token: str) -> Any:
    """What is to be confirmed; looking changes nothing, since mail scanners look too."""
    with reading() as connection:
        link = _link(connection, token, "confirm")
        attendee, row = queries.attendee_with_row(connection, link.object)
        conference = conferences.by_id(connection, attendee.conference)
    return render("registration/confirm.html", attendee=attendee, row=row, conference=conference, token=token)


@pages.post("/c/confirm/<token>")
@may("link")
def confirm(token: str) -> Any:
    """Yes, that was me; or: no, forget it."""
    with unit_of_work() as work:
        link = _link(work.connection, token, "confirm")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = _conference(work.connection, attendee.conference)
        if request.form.get("answer") == "forget" and not attendee.is_confirmed:
            attending.withdraw(attendee, conference, work)
            forgotten = True
        else:
            if request.form.get("consent") == "on":
                attendee = attending.change(attendee, {"consents": {"introductions": True}}, conference, "page", work)
            attending.confirm(attendee, conference, work)
            forgotten = False
            page = work.link("page", attendee.id, attendee.person)
    if forgotten:
        return render("registration/forgotten.html", conference=conference)
    return see_other(f"/a/{page}?new=1")


@pages.get("/a/<token>")
@may("link")
def own_page(token: str) -> Any:
    """Her own page: state, code for the door, what she wrote."""
    with reading() as connection:
        return _own_page(connection, token, {}, None)


@pages.post("/a/<token>")
@may("link")
def change(token: str) -> Any:
    """Change what she wrote."""
    said, errors, typed = form_data(AttendeeForm(unknown=EXCLUDE, partial=True, exclude=("email",)))
    if said is None:
        with reading() as connection:
            return _own_page(connection, token, errors, typed, 422)
    said = {**_cleared(), **said}
    try:
        with unit_of_work() as work:
            link = _link(work.connection, token, "page")
            attendee = store.attendee_by_id(work.connection, link.object)
            attending.change(attendee, said, _conference(work.connection, attendee.conference), "page", work)
    except Invalid as wrong:
        with reading() as connection:
            return _own_page(connection, token, {name: list(texts) for name, texts in wrong.errors.items()}, typed, 422)
    return see_other(f"/a/{token}?saved=1")


def _cleared() -> dict[str, Any]:
    """What a form without these fields says: a box that is not ticked is not sent."""
    none: dict[str, Any] = dict.fromkeys(
        ("goal", "company", "field", "years", "capacity", "introductions", "available")
    )
    return {
        **none,
        "offers": [],
        "wants": [],
        "consents": dict.fromkeys(("introductions", "follow_up", "statistics", "next_year"), False),
    }


@pages.post("/a/<token>/withdraw")
@may("link")
def withdraw(token: str) -> Any:
    """She takes part no longer."""
    with unit_of_work() as work:
        link = _link(work.connection, token, "page")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = _conference(work.connection, attendee.conference)
        if request.form.get("sure") == "yes":
            attending.withdraw(attendee, conference, work)
    if request.form.get("sure") == "yes":
        return render("registration/forgotten.html", conference=conference)
    return render("registration/withdraw.html", conference=conference, token=token)


def _own_page(connection: Any, token: str, errors: dict[str, list[str]], typed: Any, status: int = 200) -> Any:
    link = _link(connection, token, "page")
    attendee, row = queries.attendee_with_row(connection, link.object)
    conference = _conference(connection, attendee.conference)
    runtime = current_runtime()
    day = runtime.links.token("day", attendee.id, attendee.person, 1)
    return render(
        "registration/own.html",
        status,
        attendee=attendee,
        row=row,
        conference=conference,
        token=token,
        day=day,
        qr=emails.qr_svg(f"{runtime.settings.base_url}/q/{row.code}"),
        errors=errors,
        typed=typed if typed is not None else as_typed(row, attendee, conference),
        **choices(conference),
    )


def as_typed(row: Any, attendee: Any, conference: ConferencePublished) -> MultiDict[str, str]:
    """What a form shows of an attendee."""
    labels = {topic.code: topic.label for topic in conference.topics}
    shown: MultiDict[str, str] = MultiDict()
    words = {"name": row.name, "goal": row.goal, "company": row.employer, "field": row.field, "role": attendee.role}
    numbers = {name: getattr(attendee, name) for name in ("years", "capacity", "introductions")}
    for name, value in (words | numbers).items():
        shown[name] = "" if value is None else str(value)
    for name in ("offers", "wants"):
        shown.setlist(name, [labels.get(code, code) for code in getattr(attendee, name)])
    shown.setlist("languages", list(attendee.languages))
    for value, _label in blocks_of(conference):
        if attendee.available is not None and set(value.split(",")) <= set(attendee.available):
            shown.add("available", value)
    for name, given in vars(attendee.consents).items():
        if given:
            shown[f"consents.{name}"] = "on"
    return shown


def _form(
    conference: ConferencePublished, errors: dict[str, list[str]], typed: MultiDict[str, str], status: int = 200
) -> Any:
    return render(
        "registration/form.html", status, conference=conference, errors=errors, typed=typed, **choices(conference)
    )


def choices(conference: ConferencePublished) -> dict[str, Any]:
    """What the form offers."""
    return {
        "topics": [(topic.label, topic.label) for topic in conference.topics],
        "times": blocks_of(conference),
        "languages": [(code, language_name(code)) for code in LANGUAGES],
    }


def language_name(code: str) -> str:
    """A language in its own words."""
    from babel import Locale  # noqa: PLC0415 - takes a moment to load

    return str(Locale.parse(code).get_display_name(code)).capitalize()


def blocks_of(conference: ConferencePublished) -> list[tuple[str, str]]:
    """(slot ids joined by commas, words) for every block of every day."""
    zone = ZoneInfo(conference.timezone)
    found = []
    for day in conference.days:
        for block in day.blocks:
            first, last = (f"{day.date:%Y%m%d}-{text.replace(':', '')}" for text in (block.start, block.end))
            ids = [slot.id for slot in conference.slots if first <= slot.id < last]
            if ids:
                found.append((",".join(ids), f"{day.date:%a %-d %b}, {block.start}–{block.end} ({zone.key})"))
    return [next(group) for _key, group in groupby(found, key=lambda item: item[0])]


def _link(connection: Any, token: str, purpose: str) -> links.Link:
    try:
        return links.resolve(connection, token, purpose, current_runtime().now())
    except links.LinkOver:
        limit("20/minute", "link miss", network())
        raise


def _conference(connection: Any, conference_id: str) -> ConferencePublished:
    found = conferences.by_id(connection, conference_id)
    assert found is not None, "an attendee without a conference"
    return found
