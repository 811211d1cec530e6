"""Pages of an attendee: the form, the confirmation, her own page. Everything works without an account or a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from marshmallow import EXCLUDE
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from services.registration import queries, store
from services.registration.domain import Attendee, attendee_of
from services.registration.forms import AttendeeForm, ConfirmForm
from services.registration.handlers import attending
from services.registration.web import fields
from shared import conferences, links
from shared.access import DEFAULT_ACCOUNT, Scope
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Invalid, NotFound
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.qr import qr_svg
from shared.web import current_runtime, reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.languages import asked_for, in_language
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
    open_ones = sorted(
        (item for item in found if local_day(item, now) <= item.days[-1].date), key=lambda item: item.days[0].date
    )
    settings = current_runtime().settings
    has_demo = settings.bus != "kafka" and settings.environment == "development" and not settings.demo
    return render("registration/first.html", conferences=open_ones, has_demo=has_demo, has_outbox=settings.has_outbox)


@pages.get("/c/<slug>")
@may("anyone")
def form(slug: str) -> Any:
    """The registration form."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    fresh: MultiDict[str, str] = MultiDict({"role": request.args.get("role", "")})
    fresh.setlist("languages", ["en", current_locale()])
    return _form(conference, {}, fresh)


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
    errors = {**errors, **not_said(typed, conference)}
    if said is None or errors:
        return _form(conference, errors, typed, 422)
    said.setdefault("locale", current_locale())
    try:
        said = fields.with_own_times(said, typed)
        with unit_of_work() as work:
            attending.apply(said, conference, work)
    except Invalid as wrong:
        return _form(conference, wrong.errors, typed, 422)
    return see_other(f"/c/{slug}/thanks{in_language()}")


def not_said(typed: MultiDict[str, str], conference: ConferencePublished) -> dict[str, list[str]]:
    """Consents without which nobody can be introduced."""
    wrong: dict[str, list[str]] = {}
    if not typed.get("consents.introductions"):
        wrong["consents"] = [
            _("To be introduced, please allow us to share your first name and what you have in common.")
        ]
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
    """Check your mail."""
    with reading() as connection:
        conference = conferences.by_slug(connection, EVERYBODY, slug)
    return render(
        "registration/thanks.html",
        conference=conference,
        known="known" in request.args,
        again="again" in request.args,
        outbox=current_runtime().settings.has_outbox,
    )


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
            link = link_of(work.connection, token, "confirm")
            attendee = store.attendee_by_id(work.connection, link.object)
            conference = conference_of(work.connection, attendee.conference)
            _all_said(attendee.is_confirmed, typed, conference)
            if asked_for():
                said["locale"] = asked_for()
            attending.join(attendee, said, conference, work)
            page = work.link("page", attendee.id, attendee.person)
    except Invalid as wrong:
        with reading() as connection:
            return _confirmation(connection, token, wrong.errors, typed, 422)
    return see_other(f"/a/{page}?new=1")


def _all_said(already: bool, typed: MultiDict[str, str], conference: ConferencePublished) -> None:
    wrong = {} if already else not_said(typed, conference)
    if wrong:
        raise Invalid(wrong)


def _forget(token: str) -> Any:
    with unit_of_work() as work:
        link = link_of(work.connection, token, "confirm")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = conference_of(work.connection, attendee.conference)
        sure = attendee.is_confirmed and attendee.sure
        if not sure:
            attending.withdraw(attendee, conference, work)
    if sure:
        return see_other(f"/c/confirm/{token}")
    return render("registration/forgotten.html", conference=conference)


def _confirmation(
    connection: Connection, token: str, errors: Errors, typed: MultiDict[str, str] | None, status: int = 200
) -> Any:
    link = link_of(connection, token, "confirm")
    row = queries.attendee_row(connection, link.object)
    attendee, conference = attendee_of(row), conference_of(connection, row.conference)
    shown = fields.as_typed(row, attendee, conference, {})
    if typed is None:
        typed = shown.copy()
        for purpose in queries.said_by_others(connection, attendee):  # allows nothing: she ticks it herself
            typed.poplist(f"consents.{purpose}")
    return render(
        "registration/confirm.html",
        status,
        attendee=attendee,
        conference=conference,
        token=token,
        errors=errors,
        names=fields.names(),
        said=shown,
        typed=typed,
        **fields.choices(conference),
    )


@pages.get("/a/<token>")
@may("link")
def own_page(token: str) -> Any:
    """Her own page: state, code for the door, what she wrote."""
    with reading() as connection:
        return own(connection, token, {}, None)


@pages.post("/a/<token>")
@may("link")
def change(token: str) -> Any:
    """Change what she wrote."""
    said, errors, typed = form_data(AttendeeForm(unknown=EXCLUDE, exclude=("email",)))
    try:
        if said is None:
            raise Invalid(errors)
        said = fields.with_own_times(said, typed)
        with unit_of_work() as work:
            link = link_of(work.connection, token, "page")
            attendee = store.attendee_by_id(work.connection, link.object)
            conference = conference_of(work.connection, attendee.conference)
            whole = fields.whole_form(said, typed, attendee, conference)
            if not attendee.sure:
                whole = fields.added_to(store.addresses_named(work.connection, attendee.id), whole)
            attending.change(attendee, whole, conference, "page", work)
    except Invalid as wrong:
        with reading() as connection:
            return own(connection, token, wrong.errors, typed, 422)
    return see_other(f"/a/{token}?saved=1")


@pages.get("/a/<token>/withdraw")
@may("link")
def ask_before_withdrawing(token: str) -> Any:
    """The question alone, for whoever loads its page again."""
    with reading() as connection:
        attendee = store.attendee_by_id(connection, link_of(connection, token, "page").object)
        conference = conference_of(connection, attendee.conference)
    return render("registration/withdraw.html", conference=conference, token=token)


@pages.post("/a/<token>/withdraw")
@may("link")
def withdraw(token: str) -> Any:
    """She takes part no longer; asked once whether she is sure."""
    sure = request.form.get("sure") == "yes"
    with unit_of_work() as work:
        link = link_of(work.connection, token, "page")
        attendee = store.attendee_by_id(work.connection, link.object)
        conference = conference_of(work.connection, attendee.conference)
        if sure:
            attending.withdraw(attendee, conference, work)
    if sure:
        return render("registration/forgotten.html", conference=conference)
    return render("registration/withdraw.html", conference=conference, token=token)


def own(
    connection: Connection, token: str, errors: Errors, typed: MultiDict[str, str] | None, status: int = 200
) -> Any:
    """Her own page."""
    link = link_of(connection, token, "page")
    row = queries.attendee_row(connection, link.object)
    attendee, conference = attendee_of(row), conference_of(connection, row.conference)
    runtime = current_runtime()
    said = fields.as_typed(row, attendee, conference, store.addresses_named(connection, attendee.id))
    if not attendee.sure:
        fields.hide(said)
    return render(
        "registration/own.html",
        status,
        attendee=attendee,
        row=row,
        conference=conference,
        token=token,
        day=runtime.links.token("day", attendee.id, attendee.person, 1),
        qr=qr_svg(f"{runtime.settings.base_url}/q/{row.code}"),
        errors=errors,
        names=fields.names(),
        typed=typed if typed is not None else said,
        preview=fields.preview(said),
        spoken=fields.spoken(attendee.locale),
        news=next((word for word in ("new", "saved", "left") if word in request.args), ""),
        may_check_in=_may_check_in(attendee, conference),
        **fields.choices(conference),
    )


def _may_check_in(attendee: Attendee, conference: ConferencePublished) -> bool:
    """Whether the code of the day means anything to her now."""
    today = local_day(conference, current_runtime().now())
    return (
        attendee.is_confirmed
        and today not in attendee.present_on
        and conference.days[0].date <= today <= conference.days[-1].date
    )


def link_of(connection: Connection, token: str, purpose: str) -> links.Link:
    """What a link stands for. Raises LinkOver."""
    return links.resolve(connection, token, purpose, current_runtime().now())


def conference_of(connection: Connection, conference_id: str) -> ConferencePublished:
    """The conference that somebody registered for."""
    found = conferences.by_id(connection, conference_id)
    if found is None:
        raise NotFound
    return found
