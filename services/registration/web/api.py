"""The API of registration, to the letter of the fixed interface."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from services.registration import queries, store
from services.registration.forms import (
    AttendeeChange,
    AttendeeInput,
    AttendeeList,
    AttendeeShown,
    ConferenceForm,
    ConferenceList,
    ConferenceShown,
    Nothing,
    StatusShown,
)
from services.registration.handlers import attending, presence
from services.registration.handlers import conferences as commands
from shared import conferences, installation
from shared.contracts import ConferencePublished
from shared.errors import Forbidden
from shared.web import current_runtime, reading, unit_of_work
from shared.web.idempotency import idempotent
from shared.web.input import gives, json_data, takes
from shared.web.paging import asked, page
from shared.web.who import actor, may

api = APIBlueprint("registration_api", __name__, url_prefix="/api/v1")
# Made once: making a schema takes longer than reading a body with it.
ATTENDEE, CHECK_IN = AttendeeInput(), Nothing()


@api.post("/conferences")
@may("key")
@idempotent
@gives(ConferenceShown, 201)
@takes(ConferenceForm)
def create_conference() -> Any:
    """Create a conference; the key must be for this one or for all."""
    draft = json_data(ConferenceForm())
    if not actor().may_see(draft.slug):
        raise Forbidden
    with unit_of_work() as work:
        made = commands.create(draft, actor(), work)
    return jsonify(queries.conference_json(made)), 201


@api.get("/conferences")
@may("key", "owner", "desk")
@gives(ConferenceList)
def list_conferences() -> Response:
    """Conferences of this key, by short name."""
    after, limit = asked()
    with reading() as connection:
        found = conferences.within(connection, actor().scope, after, limit)
    return page(found, limit, lambda item: str(item.slug), queries.conference_json)


@api.get("/conferences/<slug>")
@may("key", "owner", "desk")
@gives(ConferenceShown)
def get_conference(slug: str) -> Response:
    """A conference with its slots and its whole policy."""
    with reading() as connection:
        return jsonify(queries.conference_json(conferences.by_slug(connection, actor().scope, slug)))


@api.put("/conferences/<slug>")
@may("key")
@gives(ConferenceShown)
@takes(ConferenceForm)
def change_conference(slug: str) -> Response:
    """Replace the conference's state."""
    draft = json_data(ConferenceForm())
    with unit_of_work() as work:
        made, _changed = commands.change(slug, draft, actor(), work)
    return jsonify(queries.conference_json(made))


@api.post("/conferences/<slug>/attendees")
@may("key")
@idempotent
@gives(AttendeeShown, 201)
@takes(AttendeeInput)
def create_attendee(slug: str) -> Any:
    """Register somebody; with `confirmed` the organizer vouches for her."""
    said = json_data(ATTENDEE)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = attending.register(said, conference, "api", work, actor=actor(), status="invited")
        body = _shown(work.connection, attendee.id, conference)
    return jsonify(body), 201


@api.get("/conferences/<slug>/attendees")
@may("key")
@gives(AttendeeList)
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


@api.get("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
@gives(AttendeeShown)
def get_attendee(slug: str, attendee_id: str) -> Response:
    """One attendee."""
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        row = queries.attendee_of_conference(connection, actor().scope, conference, attendee_id)
    return jsonify(queries.as_json(row, conference, page_url(row.id, row.person)))


@api.patch("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
@gives(AttendeeShown)
@takes(AttendeeChange, partial=True)
def change_attendee(slug: str, attendee_id: str) -> Response:
    """Change what is given; null clears."""
    said = json_data(AttendeeChange(partial=True))
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee = attending.change(attendee, said, conference, "api", work, actor=actor())
        body = _shown(work.connection, attendee.id, conference)
    return jsonify(body)


@api.delete("/conferences/<slug>/attendees/<attendee_id>")
@may("key")
@gives(AttendeeShown)
def withdraw_attendee(slug: str, attendee_id: str) -> Response:
    """Withdraw: her meetings end, her words are deleted, what others know of her gets a tombstone."""
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee = attending.withdraw(attendee, conference, work, actor=actor())
        body = _shown(work.connection, attendee.id, conference)
    return jsonify(body)


@api.post("/conferences/<slug>/attendees/<attendee_id>/check-in")
@may("key")
@idempotent
@gives(AttendeeShown, 201)
def check_in(slug: str, attendee_id: str) -> Any:
    """She is here today."""
    json_data(CHECK_IN)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee, new = presence.check_in(attendee, conference, actor(), work)
        body = _shown(work.connection, attendee.id, conference)
    return jsonify(body), 201 if new else 200


@api.post("/conferences/<slug>/attendees/<attendee_id>/leave")
@may("key")
@idempotent
@gives(AttendeeShown, 201)
def leave(slug: str, attendee_id: str) -> Any:
    """She left for today."""
    json_data(CHECK_IN)
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        attendee = store.attendee(work.connection, actor().scope, conference, attendee_id)
        attendee, new = presence.leave(attendee, conference, actor(), work)
        body = _shown(work.connection, attendee.id, conference)
    return jsonify(body), 201 if new else 200


@api.get("/status")
@may("key", "owner", "desk")
@gives(StatusShown)
def status() -> Response:
    """What waits, everywhere; all zero = quiet."""
    return jsonify(installation.status(current_runtime()))


def _shown(connection: Any, attendee_id: str, conference: ConferencePublished) -> dict[str, Any]:
    row = queries.attendee_row(connection, attendee_id)
    return queries.as_json(row, conference, page_url(row.id, row.person))


def page_url(attendee_id: str, person: str) -> str:
    """The address of an attendee's own page; the token was issued when she was added."""
    runtime = current_runtime()
    return f"{runtime.settings.base_url}/a/{runtime.links.token('page', attendee_id, person, 1)}"
