"""Where owners read concerns and say what follows. What was written is read on a page of its own, and each reading leaves a
line; desks, devices, keys and programs get none of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from marshmallow import EXCLUDE

from services.registration import queries, store
from services.registration.domain.concern import LONGEST, STATES, NobodyNamed, address_in
from services.registration.forms import NoteForm
from services.registration.handlers import concerns
from services.registration.handlers.conferences import record
from shared import conferences, dates
from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.errors import NotFound
from shared.i18n import noted as N_
from shared.web import reading, render, see_other, unit_of_work
from shared.web.input import form_data
from shared.web.who import actor, may

pages = Blueprint("registration_concerns", "services.registration", template_folder="templates")
Errors = Mapping[str, Any]
COMMANDS = {"apart": concerns.keep_apart, "out": concerns.take_out, "empty": concerns.empty}
FINAL = ("out", "empty")
"""Asked once more: they cannot be undone."""


@pages.get("/organize/<slug>/concerns")
@may("owner")
def overview(slug: str) -> Any:
    """Every concern: when it came and how far it is, and not a word of it."""
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.concern_rows(connection, found)
        address = address_in(found.policy.concern_contact)
        named = any(row.email == address for row in store.owners(connection, found.account))
    groups = {
        "new": [row for row in rows if row.state == "new"],
        "handling": [row for row in rows if row.state == "handling"],
        "over": [row for row in rows if row.state not in ("new", "handling")],
    }
    context: dict[str, Any] = {"groups": groups, "total": len(rows), "when": _when, "named": named}
    return render("registration/concerns.html", conference=found, **context)


@pages.get("/organize/<slug>/concerns/<concern_id>")
@may("owner")
def read(slug: str, concern_id: str) -> Any:
    """One of them. Who read it stands in the list of what was done, before she reads it."""
    with unit_of_work() as work:
        found = conferences.by_slug(work.connection, actor().scope, slug)
        row = store.concern(work.connection, found, concern_id)
        if request.method != "HEAD":
            record(N_("concern read"), actor(), found, row.id, work)
    return _page(slug, concern_id)


@pages.post("/organize/<slug>/concerns/<concern_id>")
@may("owner")
def act(slug: str, concern_id: str) -> Any:
    """How far it is, a note, and what follows for the two."""
    action = request.form.get("action", "")
    if action not in (*STATES, *COMMANDS, "note"):
        raise NotFound
    if action in FINAL and request.form.get("sure") != "yes":
        return _page(slug, concern_id, ask=action)
    said, errors, typed = form_data(NoteForm(unknown=EXCLUDE)) if action == "note" else ({}, {}, request.form)
    if said is None:
        return _page(slug, concern_id, errors, typed.get("note"), 422)
    try:
        with unit_of_work() as work:
            found = conferences.by_slug(work.connection, actor().scope, slug)
            if action in COMMANDS:
                COMMANDS[action](concern_id, found, actor(), work)
            elif action == "note":
                concerns.note(concern_id, said.get("note") or "", found, actor(), work)
            else:
                concerns.step(concern_id, action, found, actor(), work)
    except NobodyNamed as refused:
        return _page(slug, concern_id, {"action": [refused.sentence()]}, None, refused.status)
    return see_other(f"/organize/{slug}/concerns/{concern_id}")


def _page(
    slug: str,
    concern_id: str,
    errors: Errors | None = None,
    note: str | None = None,
    status: int = 200,
    *,
    ask: str = "",
) -> Any:
    with reading() as connection:
        found = conferences.by_slug(connection, actor().scope, slug)
        row = store.concern(connection, found, concern_id)
        people = queries.attendee_rows_of(connection, {row.attendee, row.about} - {None})
        begins = queries.meeting_begins(connection, row.introduction)
        before = store.times_reported(connection, row.about_mark) if row.about_mark else 0
    return render(
        "registration/concern_read.html",
        status,
        conference=found,
        concern=row,
        reporter=people.get(row.attendee),
        other=people.get(row.about),
        begins=begins,
        when=_when,
        before=before - (row.state == "serious"),
        errors=errors or {},
        note=row.note if note is None else note,
        longest=LONGEST,
        ask=ask,
    )


def _when(moment: datetime, conference: ConferencePublished) -> str:
    """As clocks at the conference show it."""
    return f"{dates.weekday_and_day(local_day(conference, moment))}, {local_time(conference, moment)}"
