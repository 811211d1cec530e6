"""The OpenAPI 3.1 part of one service's app, in the shape that we promise: problems, bearer keys, required bodies."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names fields; a lost race adds the state as it now is.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "integer"},
        "errors": {
            "type": "array",
            "maxItems": 20,
            "items": {"type": "object", "properties": {"field": {"type": "string"}, "detail": {"type": "string"}}},
        },
    },
    "required": ["type", "title", "detail"],
}
REFUSALS = {
    "400": "not readable",
    "401": "no key",
    "403": "not allowed",
    "404": "not there",
    "409": "somebody was faster",
}
REFUSALS |= {
    "413": "too large",
    "415": "not JSON",
    "422": "wrong fields",
    "429": "too much at once",
    "503": "try again",
}


def openapi_of(app: APIFlask) -> dict[str, Any]:
    """The document of this app."""
    with app.test_request_context():
        spec: dict[str, Any] = dict(app._get_spec("json", force_update=True))
    spec.pop("servers", None)
    spec["openapi"] = "3.1.0"
    components = spec.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "From `rapport api-key`."}
    }
    for item in spec.get("paths", {}).values():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                _complete(operation, method)
    return spec


def _complete(operation: dict[str, Any], method: str) -> None:
    operation["security"] = [{"key": []}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    responses = operation.setdefault("responses", {})
    for status, what in REFUSALS.items():
        responses[status] = {
            "description": what,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    if method == "post":
        made = next((responses[status] for status in ("201", "200") if status in responses), {"description": "done"})
        responses.setdefault("200", {**made, "description": "nothing was left to change"})
        responses.setdefault("201", {**made, "description": "made"})
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "schema": {"type": "string", "maxLength": 255},
                "required": False,
            }
        )
