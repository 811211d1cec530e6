"""The OpenAPI 3.1 part of one service's app, in the shape that we promise: problems, bearer keys, required bodies."""

from __future__ import annotations

import json
import re
from typing import Any

from apiflask import APIFlask

from shared.web.paging import MOST, USUAL

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `status` is the HTTP status. `errors` names fields. A lost race adds the `state` as it now is: "
    "how the resource stands, `state.status` says.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
            },
        },
        "state": {"type": "object"},
    },
    "required": ["type", "title", "status", "detail"],
}
REFUSALS = {
    "400": "The request cannot be read.",
    "401": "There is no key, or one that does not count any more.",
    "403": "This key may not do that.",
    "404": "There is nothing here, or it is not for this key.",
    "422": "Some fields have to be different.",
    "429": "Too many calls at once; see Retry-After.",
    "503": "Try again in a moment; see Retry-After.",
}
REFUSED_CHANGES = {
    "409": "Somebody was faster, or it is too late: `state` is how it stands.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
}
SECURITY = {"key": {"type": "http", "scheme": "bearer", "description": "From `rapport api-key`."}}
KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The same key with the same body gets the same answer.",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
PAGING = [
    {
        "in": "query",
        "name": "cursor",
        "description": "The `next` of the page before; without it the list begins.",
        "required": False,
        "schema": {"type": "string"},
    },
    {
        "in": "query",
        "name": "limit",
        "description": "How many at once.",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
]
METHODS = ("get", "post", "put", "patch", "delete")


def openapi_of(app: APIFlask) -> dict[str, Any]:
    """The document of this app, as plain data."""
    with app.test_request_context():
        spec: dict[str, Any] = json.loads(app.json.dumps(app._get_spec("json", force_update=True)))
    spec.pop("servers", None)
    spec["openapi"] = "3.1.0"
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = SECURITY
    for item in spec.setdefault("paths", {}).values():
        for method, operation in item.items():
            if method in METHODS:
                _complete(operation, method)
                if _is_list(operation, schemas):
                    operation["parameters"] = [*operation.get("parameters", []), *PAGING]
                _close(operation.get("requestBody"), schemas)
    return spec


def _complete(operation: dict[str, Any], method: str) -> None:
    """What every call has in common."""
    operation["security"] = [{"key": []}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    responses = operation.setdefault("responses", {})
    for status, what in (REFUSALS | (REFUSED_CHANGES if method != "get" else {})).items():
        schema = {"$ref": "#/components/schemas/Problem"}
        responses[status] = {"description": what, "content": {"application/problem+json": {"schema": schema}}}
    if method == "post":
        made: dict[str, Any] = next((responses[status] for status in ("201", "200") if status in responses), {})
        responses["201"] = {**made, "description": "Made."}
        responses["200"] = {**made, "description": "Nothing was left to change."}
        operation.setdefault("parameters", []).append(KEY_PARAMETER)


def _is_list(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether it answers in pages, as all lists do."""
    shown = json.dumps(operation["responses"].get("200", {}))
    names = re.findall(r'"#/components/schemas/(\w+)"', shown)
    return any(set(schemas[name].get("properties", {})) == {"items", "next"} for name in names)


def _close(part: Any, schemas: dict[str, Any]) -> None:
    """What a body may hold is all that it may hold: every schema that it leads to refuses other fields."""
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(part or {})):
        schema = schemas[name]
        if schema.get("type") == "object" and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
            _close(schema, schemas)
