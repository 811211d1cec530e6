"""The API of registration, to the letter of the fixed interface."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from marshmallow import fields

from services.registration import queries, store
from services.registration.domain import Attendee
from services.registration.forms import AttendeeChange, AttendeeInput, CheckInInput, ConferenceForm
from services.registration.handlers import attending
from services.registration.handlers import conferences as commands
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import Forbidden
from shared.forms import Schema
from shared.web import current_runtime, reading, unit_of_work
from shared.web.idempotency import idempotent
from shared.web.input import json_data
from shared.web.paging import asked, page
from shared.web.who import actor, may

api = APIBlueprint("registration_api", __name__, url_prefix="/api/v1")


class AnyObject(Schema):
    """A resource; docs/api.md has an example of each."""

    id = fields.String()
    status = fields.String()


@api.get("/conferences")
@may("key", "owner", "desk")
def list_conferences() -> Response:
    """All conferences of this key."""
    with reading() as connection:
        found = conferences.within(connection, actor().scope)
    return jsonify({"items": [queries.conference_json(item) for item in found], "next": None})


@api.post("/conferences")
@may("key")
@api.doc(summary="Create a conference")
@idempotent
def create_conference() -> Any:
    """Create a conference; the key must be for all conferences."""
    if actor().conferences is not None:
        raise Forbidden
    draft: Any = json_data(ConferenceForm())
    with unit_of_work() as work:
        made = commands.create(draft, actor(), work)
    return jsonify(queries.conference_json(made)), 201


@api.get("/conferences/<slug>")
@may("key", "owner", "desk")
def get_conference(slug: str) -> Response:
    """A conference with its slots and its whole policy."""
    with reading() as connection:
        return jsonify(queries.conference_json(conferences.by_slug(connection, actor().scope, slug)))


@api.put("/conferences/<slug>")
@may("key")
@api.doc(summary="Change a conference")
def change_conference(slug: str) -> Response:
    """Replace the conference's state."""
    draft: Any = json_data(ConferenceForm())
    with unit_of_work() as work:
        made, _changed = commands.change(slug, draft, actor(), work)
    return jsonify(queries.conference_json(made))


@api.get("/conferences/<slug>/attendees")
@may("key")
def list_attendees(slug: str) -> Response:
    """Attendees in the order they came."""
    after, limit = asked()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        rows = queries.attendee_rows(connection, conference, after, limit)
    return page(
        rows,
        limit,
        lambda row: str(row.number),
        lambda row: queries.as_json(row, conference, page_url(row.id, row.person)),
    )


@api.post("/conferences/<slug>/attendees")
@may("key")
@idempotent
def create_attendee(slug: str) -> Any:
    """Register somebody; with `confirmed` the organizer vouches for her."""
    said = json_data(AttendeeInput())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = attending.register(said, conference, "api", work, actor=actor(), status="invited")
        body = _shown(work.connection, attendee, conference)
    return jsonify(body), 201


@api.get("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
def get_attendee(slug: str, attendee_id: str) -> Response:
    """One attendee."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        attendee = store.attendee(connection, actor().scope, conference, attendee_id)
        return jsonify(_shown(connection, attendee, conference))


@api.patch("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
def change_attendee(slug: str, attendee_id: str) -> Response:
    """Change what is given; null clears."""
    said = json_data(AttendeeChange(partial=True))
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee = attending.change(attendee, said, conference, "api", work, actor=actor())
        body = _shown(work.connection, attendee, conference)
    return jsonify(body)


@api.delete("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
def withdraw_attendee(slug: str, attendee_id: str) -> Response:
    """Withdraw: her meetings end, her words are deleted, what others know of her gets a tombstone."""
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee = attending.withdraw(attendee, conference, work, actor=actor())
        body = _shown(work.connection, attendee, conference)
    return jsonify(body)


@api.post("/conferences/<slug>/attendees/<attendee_id>/check-in")
@may("key")
@idempotent
def check_in(slug: str, attendee_id: str) -> Any:
    """She is here today."""
    json_data(CheckInInput())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee, new = attending.check_in(attendee, conference, actor(), work)
        body = _shown(work.connection, attendee, conference)
    return jsonify(body), 201 if new else 200


@api.post("/conferences/<slug>/attendees/<attendee_id>/leave")
@may("key")
@idempotent
def leave(slug: str, attendee_id: str) -> Any:
    """She left for today."""
    json_data(CheckInInput())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee, new = attending.leave(attendee, conference, actor(), work)
        body = _shown(work.connection, attendee, conference)
    return jsonify(body), 201 if new else 200


@api.get("/status")
@may("key", "owner", "desk")
def status() -> Response:
    """What waits, everywhere; all zero = quiet."""
    return jsonify(current_runtime().status())


def _shown(connection: Any, attendee: Attendee, conference: ConferencePublished) -> dict[str, Any]:
    row = queries.attendee_row(connection, attendee.id)
    return queries.as_json(row, conference, page_url(attendee.id, attendee.person))


def page_url(attendee_id: str, person: str) -> str:
    """The address of an attendee's own page; the token was issued when she was added."""
    runtime = current_runtime()
    return f"{runtime.settings.base_url}/a/{runtime.links.token('page', attendee_id, person, 1)}"
