"""The OpenAPI document says what the services do: what bodies may say, what is answered, what lists take."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from marshmallow import Schema, ValidationError
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rapport.dispatch import Dispatcher
from rapport.documents import merged
from shared.forms import Choice
from tests.contracts.answered import Lived, document_of
from tests.system import System, services

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REFERENCE = "#/components/schemas/"
METHODS = ("get", "post", "put", "patch", "delete")


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of each."""
    for path, item in document["paths"].items():
        yield from ((method, path, operation) for method, operation in item.items() if method in METHODS)


def test_one_name_never_means_two_things() -> None:
    def part(**schemas: Any) -> dict[str, Any]:
        return {"info": {}, "paths": {}, "components": {"schemas": schemas}}

    both = merged([part(Answer={"type": "string"}), part(Answer={"type": "string"}, Other={"type": "null"})])
    assert both["components"] == {"schemas": {"Answer": {"type": "string"}, "Other": {"type": "null"}}}
    with pytest.raises(ValueError, match="by Answer:"):
        merged([part(Answer={"type": "string"}), part(Answer={"type": "null"})])


def test_what_the_document_lets_a_body_say_is_what_its_schema_accepts(system: System) -> None:
    document = document_of(system)
    schemas, bodies = document["components"]["schemas"], dict(_bodies(system))
    told = {
        (method, path): operation["requestBody"]
        for method, path, operation in calls(document)
        if "requestBody" in operation
    }
    assert set(told) == set(bodies)
    words = {
        word
        for schema in schemas.values()
        for one in schema.get("properties", {}).values()
        for word in one.get("enum", ())
    }
    chosen: dict[str, Any] = {}
    for call, schema in bodies.items():
        shown = schemas[told[call]["content"]["application/json"]["schema"]["$ref"].removeprefix(REFERENCE)]
        assert set(shown["properties"]) == set(schema.fields)
        assert set(shown.get("required", ())) == {
            name for name, one in schema.fields.items() if one.required and not schema.partial
        }
        for name, one in schema.fields.items():
            assert ("enum" in shown["properties"][name]) == isinstance(one, Choice)
            if isinstance(one, Choice):
                assert set(shown["properties"][name]["enum"]) == {word for word in words if _accepts(one, word)}
                chosen[f"{call[1]} {name}"] = shown["properties"][name]["enum"]
    assert chosen["/api/v1/introductions/{introduction_id}/answer answer"] == ["accept", "decline", "other_time"]
    assert chosen["/api/v1/relationships/{relationship_id}/answers question"] == [
        "continue",
        "week",
        "month",
        "quarter",
    ]


def _bodies(system: System) -> Iterator[tuple[tuple[str, str], Schema]]:
    for name in system.runtimes:
        app = system.app(name)
        for rule in app.url_map.iter_rules():
            body = getattr(app.view_functions[rule.endpoint], "_spec", {}).get("body")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} if body is not None else ():
                yield (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule)), body


def _accepts(one: Choice, word: Any) -> bool:
    try:
        return bool(one.deserialize(word) == word)
    except ValidationError:
        return False


def test_every_call_answers_with_exactly_the_fields_that_the_document_names(system: System) -> None:
    document, lived = document_of(system), Lived(system)
    lived.meet()
    lived.follow_up()
    lived.look_and_go()
    assert {(method, path) for method, path, _answer in lived.answers} == {
        (method, path) for method, path, _operation in calls(document)
    }
    exact = _exact(document["components"])
    for method, path, answer in lived.answers:
        told = document["paths"][path][method]["responses"][str(answer.status_code)]["content"]["application/json"]
        assert set(told["schema"]) == {"$ref"}, (method, path)
        validator = jsonschema_rs.Draft202012Validator({**told["schema"], "components": exact}, validate_formats=True)
        assert [error.message for error in validator.iter_errors(answer.json)] == [], (method, path)


def _exact(components: dict[str, Any]) -> dict[str, Any]:
    """The same where nothing may be missing and nothing be added."""
    found = copy.deepcopy(components)
    for schema in found["schemas"].values():
        schema |= {"additionalProperties": False, "required": list(schema["properties"])}
    return found


def test_every_list_comes_in_pages_and_refuses_a_cursor_that_is_not_its_own(system: System) -> None:
    lived = Lived(system)
    lived.meet()
    lived.follow_up()
    lists = {}
    for method, path, operation in calls(document_of(system)):
        names = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
        if method == "get" and "items" in (system.api("GET", path.format(**lived.ids)).json):
            lists[path] = names
        else:
            assert names == set(), path
    assert lists == dict.fromkeys(
        [
            "/api/v1/conferences",
            *(
                "/api/v1/conferences/{slug}/" + name
                for name in ("attendees", "introductions", "relationships", "webhooks")
            ),
        ],
        {"cursor", "limit"},
    )
    foreign = system.api("GET", "/api/v1/conferences/pycon/attendees?limit=1").json["next"]
    for path in lists:
        here = path.format(**lived.ids)
        queries = ("limit=1", "limit=500", "limit=0", "limit=501", "cursor=x", f"cursor={foreign}x")
        said = [system.api("GET", f"{here}?{query}") for query in queries]
        assert [answer.status_code for answer in said] == [200, 200, 422, 422, 422, 422], path
        elsewhere = 200 if path.endswith("attendees") else 422
        assert system.api("GET", f"{here}?cursor={foreign}").status_code == elsewhere, path


@pytest.mark.slow
@pytest.mark.parametrize("service", ["registration", "introductions", "followup"])
@pytest.mark.parametrize("known", [True, False], ids=["what is there", "anything"])
def test_calls_made_up_from_the_document_are_answered_as_it_says(system: System, service: str, known: bool) -> None:
    lived = Lived(system)
    lived.meet()
    if service == "followup":
        lived.follow_up()
    document = schemathesis.openapi.from_dict(document_of(system))
    document.app = Dispatcher(services(), {name: system.app(name) for name in system.runtimes}, {})
    own = {(method, path) for method, path, _operation in calls(document_of(system, service))}
    operations = [found.ok() for found in document.get_all_operations()]
    answered: dict[tuple[str, str], set[int]] = {}
    # Whoever is withdrawn has little left to answer.
    for operation in sorted(operations, key=lambda operation: operation.method.lower() == "delete"):
        call = (operation.method.lower(), operation.path)
        if call in own:
            answered[call] = _try_out(operation, system.key, lived.ids if known else {})
    assert set(answered) == own
    if known:
        assert [path for (method, path), statuses in answered.items() if method == "get" and 200 not in statuses] == []


def _try_out(operation: Any, key: str, ids: dict[str, str]) -> set[int]:
    """Some calls, about these ids where they fit; the statuses that were answered."""
    found: set[int] = set()

    @seed(1)
    @settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        case.path_parameters.update({name: ids[name] for name in case.path_parameters if name in ids})
        if ids and isinstance(case.body, dict) and "attendee" in case.body:
            case.body["attendee"] = ids["attendee_id"]
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(response, checks=CHECKS)
        found.add(response.status_code)

    check()
    return found
