"""Registration's part of the OpenAPI document: calls made up from it are answered, never with a failure."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error

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


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_calls_made_up_from_the_document_never_fail(system: System, number: int) -> None:
    create(system)
    made = add(system)
    app = system.app("registration")
    document = schemathesis.openapi.from_dict(openapi_of(app))
    document.app = app

    def try_out(operation: Any) -> None:
        @seed(number)
        @settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            case.path_parameters.update({"slug": "pyconf", "attendee_id": made["id"]} if number == 1 else {})
            response = case.call(headers={"Authorization": f"Bearer {system.key}"})
            case.validate_response(response, checks=[not_a_server_error])

        check()

    for operation in document.get_all_operations():
        try_out(operation.ok())
