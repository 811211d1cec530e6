"""What came in, through a schema: from a form (nothing typed is lost) or from JSON (refused as a whole)."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.web.guard import invalid_body


def form_data(schema: Schema) -> tuple[dict[str, Any] | None, dict[str, list[str]], MultiDict[str, str]]:
    """(values or None, sentences by field, what was typed) of the form that was sent."""
    typed: MultiDict[str, str] = request.form
    raw: dict[str, Any] = {}
    for name in typed:
        values = typed.getlist(name)
        many = isinstance(schema.fields.get(name), fields.List)
        raw[name] = [value for value in values if value != ""] if many else values[-1]
    try:
        return schema.load(raw), {}, typed
    except ValidationError as error:
        return None, dict(invalid_body(error.normalized_messages()).errors), typed  # type: ignore[arg-type]


def json_data(schema: Schema) -> dict[str, Any]:
    """The values of the JSON body. Raises Invalid."""
    try:
        loaded: dict[str, Any] = schema.load(request.get_json(silent=True, force=True) or {})
    except ValidationError as error:
        raise invalid_body(error.normalized_messages()) from None
    return loaded
