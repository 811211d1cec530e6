"""Programs that hear of events: an owner's forms on the page of hooks, and the same by API."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Blueprint, Response, jsonify, request
from marshmallow import EXCLUDE
from sqlalchemy import Connection

from services.registration import store
from services.registration.domain.outward import z
from services.registration.forms import (
    Nothing,
    WebhookChange,
    WebhookInput,
    WebhookList,
    WebhookShown,
)
from services.registration.handlers import webhooks as commands
from services.registration.web.hooks import hooks_page
from shared import conferences
from shared.contracts import ConferencePublished
from shared.errors import Invalid
from shared.outside import NoAddress
from shared.web import current_runtime, reading, see_other, unit_of_work
from shared.web.input import form_data, gives, json_data, takes
from shared.web.paging import asked, page
from shared.web.who import actor, may

pages = Blueprint("registration_webhooks", "services.registration", template_folder="templates")
api = APIBlueprint("registration_webhooks_api", __name__, url_prefix="/api/v1")


@pages.post("/organize/<slug>/webhooks")
@may("owner")
def add(slug: str) -> Any:
    """A new one; its secret is shown once."""
    said, errors, typed = form_data(WebhookInput(unknown=EXCLUDE))
    if said is None:
        return hooks_page(slug, errors, typed, status=422)
    try:
        made, secret = _made(slug, said)
    except Invalid as wrong:
        return hooks_page(slug, wrong.errors, typed, status=422)
    return hooks_page(slug, {}, typed, secret=(made, secret))


@pages.post("/organize/<slug>/webhooks/<webhook_id>")
@may("owner")
def act(slug: str, webhook_id: str) -> Any:
    """Another secret (shown once), disable, enable, or send again what failed."""
    action = request.form.get("action", "")
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        if action in ("enable", "disable"):
            commands.enable(webhook_id, action == "enable", conference, actor(), work)
        elif action == "resend":
            commands.resend(webhook_id, conference, actor(), work)
        elif action == "rotate":
            commands.rotate(webhook_id, conference, actor(), work)
    if action == "rotate":
        return hooks_page(slug, {}, None, secret=(webhook_id, _secret(conference, webhook_id)))
    return see_other(f"/organize/{slug}/hooks")


@api.post("/conferences/<slug>/webhooks")
@may("key")
@gives(WebhookShown, 201)
@takes(WebhookInput)
def create_webhook(slug: str) -> Any:
    """A program hears of events from now on. Its secret is said here and never again, so there is no Idempotency-Key."""
    made, secret = _made(slug, json_data(WebhookInput()))
    return jsonify({**_shown(slug, made), "secret": secret}), 201


@api.get("/conferences/<slug>/webhooks/<webhook_id>")
@may("key")
@gives(WebhookShown)
def get_webhook(slug: str, webhook_id: str) -> Response:
    """One of them, and how many events left, wait, or were given up."""
    return jsonify(_shown(slug, webhook_id))


@api.get("/conferences/<slug>/webhooks")
@may("key")
@gives(WebhookList)
def list_webhooks(slug: str) -> Response:
    """Programs that hear of this conference's events, in the order they came."""
    after, limit = asked()
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        rows = store.webhooks_of(connection, conference.conference)
        behind = [row for row in rows if row.id > after][: limit + 1]
        return page(behind, limit, lambda row: str(row.id), lambda row: _as_json(row, connection))


@api.patch("/conferences/<slug>/webhooks/<webhook_id>")
@may("key")
@gives(WebhookShown)
@takes(WebhookChange, partial=True)
def change_webhook(slug: str, webhook_id: str) -> Response:
    """Disable it, or enable it again."""
    said = json_data(WebhookChange(partial=True))
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        store.webhook_of(work.connection, conference, webhook_id)
        if "enabled" in said:
            commands.enable(webhook_id, said["enabled"], conference, actor(), work)
    return jsonify(_shown(slug, webhook_id))


@api.post("/conferences/<slug>/webhooks/<webhook_id>/rotate")
@may("key")
@gives(WebhookShown, 201)
def rotate_webhook(slug: str, webhook_id: str) -> Any:
    """Another secret, said here and never again; for a day the old one signs as well."""
    json_data(Nothing())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        commands.rotate(webhook_id, conference, actor(), work)
    return jsonify({**_shown(slug, webhook_id), "secret": _secret(conference, webhook_id)}), 201


@api.post("/conferences/<slug>/webhooks/<webhook_id>/resend")
@may("key")
@gives(WebhookShown, 201)
def resend_webhook(slug: str, webhook_id: str) -> Any:
    """What was given up leaves once more."""
    json_data(Nothing())
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        count = commands.resend(webhook_id, conference, actor(), work)
    return jsonify(_shown(slug, webhook_id)), 201 if count else 200


def _made(slug: str, said: dict[str, Any]) -> tuple[str, str]:
    """(its id, its secret). Raises Invalid."""
    try:
        current_runtime().outside.check(said["url"])
    except NoAddress as wrong:
        raise Invalid({"url": [wrong.sentence()]}) from None
    with unit_of_work() as work:
        conference = conferences.by_slug(work.connection, actor().scope, slug)
        made = commands.make(said, conference, actor(), work)
    return made, _secret(conference, made)


def _secret(conference: ConferencePublished, webhook_id: str) -> str:
    with reading() as connection:
        version = store.webhook_of(connection, conference, webhook_id, locked=False).version
    return commands.secret(webhook_id, version, current_runtime().vault)


def _shown(slug: str, webhook_id: str) -> dict[str, Any]:
    with reading() as connection:
        conference = conferences.by_slug(connection, actor().scope, slug)
        return _as_json(store.webhook_of(connection, conference, webhook_id, locked=False), connection)


def _as_json(row: Any, connection: Connection) -> dict[str, Any]:
    counts, _newest = store.delivered(connection, row.id)
    return {
        "id": row.id,
        "url": row.url,
        "types": list(row.types),
        "enabled": row.disabled_at is None,
        "created_at": z(row.created_at),
        "delivered": counts.get("done", 0),
        "waiting": counts.get("waiting", 0),
        "failed": counts.get("failed", 0),
        "secret": None,
    }
