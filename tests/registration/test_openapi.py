"""Registration's part of the OpenAPI document; calls made up from the whole of it are in `tests/contracts/test_api.py`."""

from __future__ import annotations

from shared.web.documents import openapi_of
from tests.registration.stage import add, create
from tests.system import System

CALLS = {
    ("/api/v1/conferences", "get"),
    ("/api/v1/conferences", "post"),
    ("/api/v1/conferences/{slug}", "get"),
    ("/api/v1/conferences/{slug}", "put"),
    ("/api/v1/conferences/{slug}/attendees", "get"),
    ("/api/v1/conferences/{slug}/attendees", "post"),
    ("/api/v1/conferences/{slug}/attendees/{attendee_id}", "get"),
    ("/api/v1/conferences/{slug}/attendees/{attendee_id}", "patch"),
    ("/api/v1/conferences/{slug}/attendees/{attendee_id}", "delete"),
    ("/api/v1/conferences/{slug}/attendees/{attendee_id}/check-in", "post"),
    ("/api/v1/conferences/{slug}/attendees/{attendee_id}/leave", "post"),
    ("/api/v1/conferences/{slug}/webhooks", "get"),
    ("/api/v1/conferences/{slug}/webhooks", "post"),
    ("/api/v1/conferences/{slug}/webhooks/{webhook_id}", "get"),
    ("/api/v1/conferences/{slug}/webhooks/{webhook_id}", "patch"),
    ("/api/v1/conferences/{slug}/webhooks/{webhook_id}/resend", "post"),
    ("/api/v1/conferences/{slug}/webhooks/{webhook_id}/rotate", "post"),
    ("/api/v1/status", "get"),
}


def test_the_document_has_every_call_with_its_body_and_its_answer(system: System) -> None:
    document = openapi_of(system.app("registration"))
    assert {
        (path, method) for path, item in document["paths"].items() for method in item if method != "parameters"
    } == CALLS
    body = document["paths"]["/api/v1/conferences/{slug}/attendees"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/AttendeeInput"}
    assert set(document["components"]["schemas"]["AttendeeInput"]["required"]) == {"name", "email", "role"}
    answer = document["paths"]["/api/v1/conferences/{slug}"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ConferenceShown"}


def test_a_change_of_an_attendee_need_not_say_anything(system: System) -> None:
    create(system)
    made = add(system)
    document = openapi_of(system.app("registration"))
    path = "/api/v1/conferences/{slug}/attendees/{attendee_id}"
    body = document["paths"][path]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/AttendeeChange"}
    change, whole = (document["components"]["schemas"][name] for name in ("AttendeeChange", "AttendeeInput"))
    assert "required" not in change
    assert set(change["properties"]) == set(whole["properties"]) - {"email"}
    changed = system.api("PATCH", path.format(slug="pyconf", attendee_id=made["id"]), json={})
    assert (changed.status_code, changed.json) == (200, made)
