"""Pages of an attendee: the form, the confirmation, her own page. Everything works without an account or a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from marshmallow import EXCLUDE
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from services.registration import emails, queries, store
from services.registration.domain import attendee_of
from services.registration.forms import AttendeeForm, ConfirmForm
from services.registration.handlers import attending
from services.registration.web import fields
from shared import conferences, links
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Invalid, NotFound
from shared.i18n import gettext as _
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.rates import limit, network
from shared.web.who import may

pages = Blueprint("registration", "services.registration", template_folder="templates")
EVERYBODY = Scope(DEFAULT_ACCOUNT)
Errors = Mapping[str, Any]


@pages.get("/")
@may("anyone")
def first_page() -> Any:
    """What this is, and where to go; a conference that is over takes nobody in any more."""
    now = current_runtime().now()
    with reading() as connection:
        found = conferences.within(connection, EVERYBODY)
    open_ones = [item for item in found if local_day(item, now) <= item.days[-1].date]
    settings = current_runtime().settings
    has_demo = settings.bus != "kafka" and settings.environment == "development" and not settings.demo
    return render("registration/first.html", conferences=open_ones, has_demo=has_demo, has_outbox=settings.has_outbox)


@pages.get("/c/<slug>")
@may("anyone")
def form(slug: str) -> Any:
    """The registration form."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    role = request.args.get("role", "")
    return _form(conference, {}, MultiDict({"role": role, "languages": "en"}))


@pages.post("/c/<slug>")
@may("anyone")
def register(slug: str) -> Any:
    """Send the form, or look at what the other will see. Known and unknown addresses get the same answer."""
    limit("400/minute", "form", network())
    said, errors, typed = form_data(AttendeeForm(unknown=EXCLUDE))
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    if "preview" in typed:
        return _form(conference, {}, typed)
    errors = {**errors, **_not_said(typed, conference)}
    if said is None or errors:
        return _form(conference, errors, typed, 422)
    try:
        with unit_of_work() as work:
            attending.apply(said, conference, work)
    except Invalid as wrong:
        return _form(conference, wrong.errors, typed, 422)
    return see_other(f"/c/{slug}/thanks")


def _not_said(typed: MultiDict[str, str], conference: ConferencePublished) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not typed.get("consents.introductions"):
        wrong["consents"] = [_("To be introduced, please allow us to share your first name and your reasons.")]
    if conference.policy.adults_only and not typed.get("adult"):
        wrong["adult"] = [_("Please say that you are 18 or older.")]
    return wrong


def _form(conference: ConferencePublished, errors: Errors, typed: MultiDict[str, str], status: int = 200) -> Any:
    return render(
        "registration/form.html",
        status,
        conference=conference,
        errors=errors,
        typed=typed,
        names=fields.names(),
        preview=fields.preview(typed),
        looking="preview" in typed,
        **fields.choices(conference),
    )


@pages.get("/c/<slug>/thanks")
@may("anyone")
def thanks(slug: str) -> Any:
    """Look into your mails."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return render("registration/thanks.html", conference=conference, outbox=current_runtime().settings.has_outbox)


@pages.get("/c/confirm/<token>")
@may("link")
def look_at_confirmation(token: str) -> Any:
    """What is to be confirmed; looking changes nothing, since mail scanners look too."""
    with reading() as connection:
        return _confirmation(connection, token, {}, None)


@pages.post("/c/confirm/<token>")
@may("link")
def confirm(token: str) -> Any:
    """Yes, that was me; or: no, forget it."""
    answer = request.form.get("answer")
    if answer == "forget":
        return _forget(token)
    said, errors, typed = form_data(ConfirmForm(unknown=EXCLUDE))
    if answer != "confirm":
        errors = {"answer": [_("Please choose one of the two.")]}
    try:
        if said is None or errors:
            raise Invalid(errors)
        with unit_of_work() as work:
            link = _link(work.connection, token, "confirm")
            attendee = store.attendee_by_id(work.connection, link.object)
            conference = _conference(work.connection, attendee.conference)
            _all_said(attendee.is_confirmed, typed, conference)
            attending.join(attendee, said, conference, work)
            page = work.link("page", attendee.id, attendee.person)
    except Invalid as wrong:
        with reading() as connection:
            return _confirmation(connection, token, wrong.errors, typed, 422)
    return see_other(f"/a/{page}?new=1")


def _all_said(already: bool, typed: MultiDict[str, str], conference: ConferencePublished) -> None:
    wrong = {} if already else _not_said(typed, conference)
    if wrong:
        raise Invalid(wrong)


def _forget(token: str) -> Any:
    with unit_of_work() as work:
        link = _link(work.connection, token, "confirm")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = _conference(work.connection, attendee.conference)
        if not attendee.is_confirmed:
            attending.withdraw(attendee, conference, work)
    if attendee.is_confirmed:
        return see_other(f"/c/confirm/{token}")
    return render("registration/forgotten.html", conference=conference)


def _confirmation(
    connection: Connection, token: str, errors: Errors, typed: MultiDict[str, str] | None, status: int = 200
) -> Any:
    link = _link(connection, token, "confirm")
    row = queries.attendee_row(connection, link.object)
    attendee, conference = attendee_of(row), _conference(connection, row.conference)
    shown = fields.as_typed(row, attendee, conference, {})
    return render(
        "registration/confirm.html",
        status,
        attendee=attendee,
        conference=conference,
        token=token,
        errors=errors,
        names=fields.names(),
        said=shown,
        typed=typed if typed is not None else shown,
        **fields.choices(conference),
    )


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
    said, errors, typed = form_data(AttendeeForm(unknown=EXCLUDE, exclude=("email",)))
    try:
        if said is None:
            raise Invalid(errors)
        with unit_of_work() as work:
            link = _link(work.connection, token, "page")
            attendee = store.attendee_by_id(work.connection, link.object)
            conference = _conference(work.connection, attendee.conference)
            whole = fields.whole_form(said, typed, attendee, conference)
            attending.change(attendee, whole, conference, "page", work)
    except Invalid as wrong:
        with reading() as connection:
            return _own_page(connection, token, wrong.errors, typed, 422)
    return see_other(f"/a/{token}?saved=1")


@pages.get("/a/<token>/withdraw")
@may("link")
def ask_before_withdrawing(token: str) -> Any:
    """The question alone, for whoever loads its page again."""
    with reading() as connection:
        attendee = store.attendee_by_id(connection, _link(connection, token, "page").object)
        conference = _conference(connection, attendee.conference)
    return render("registration/withdraw.html", conference=conference, token=token)


@pages.post("/a/<token>/withdraw")
@may("link")
def withdraw(token: str) -> Any:
    """She takes part no longer; asked once whether she is sure."""
    sure = request.form.get("sure") == "yes"
    with unit_of_work() as work:
        link = _link(work.connection, token, "page")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = _conference(work.connection, attendee.conference)
        if sure:
            attending.withdraw(attendee, conference, work)
    if sure:
        return render("registration/forgotten.html", conference=conference)
    return render("registration/withdraw.html", conference=conference, token=token)


def _own_page(
    connection: Connection, token: str, errors: Errors, typed: MultiDict[str, str] | None, status: int = 200
) -> Any:
    link = _link(connection, token, "page")
    row = queries.attendee_row(connection, link.object)
    attendee, conference = attendee_of(row), _conference(connection, row.conference)
    runtime = current_runtime()
    said = fields.as_typed(row, attendee, conference, store.addresses_named(connection, attendee.id))
    return render(
        "registration/own.html",
        status,
        attendee=attendee,
        row=row,
        conference=conference,
        token=token,
        day=runtime.links.token("day", attendee.id, attendee.person, 1),
        qr=emails.qr_svg(f"{runtime.settings.base_url}/q/{row.code}"),
        errors=errors,
        names=fields.names(),
        typed=typed if typed is not None else said,
        preview=fields.preview(said),
        news="new" if "new" in request.args else "saved" if "saved" in request.args else "",
        **fields.choices(conference),
    )


def _link(connection: Connection, token: str, purpose: str) -> links.Link:
    return links.resolve(connection, token, purpose, current_runtime().now())


def _conference(connection: Connection, conference_id: str) -> ConferencePublished:
    found = conferences.by_id(connection, conference_id)
    if found is None:
        raise NotFound
    return found
