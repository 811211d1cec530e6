"""What came in, through a schema: from a form (nothing typed is lost) or from JSON (refused as a whole)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.errors import Invalid
from shared.web.body import invalid_body

View = TypeVar("View", bound=Callable[..., Any])


def form_data(schema: Schema) -> tuple[dict[str, Any] | None, dict[str, list[str]], MultiDict[str, str]]:
    """(values or None, sentences by field, what was typed) of the form that was sent."""
    typed: MultiDict[str, str] = request.form
    raw: dict[str, Any] = {}
    for name in typed:
        values = typed.getlist(name)
        many = isinstance(schema.fields.get(name), fields.List)
        found = [value for value in values if value != ""]
        if found or not many:
            raw[name] = found if many else values[-1]
    try:
        return schema.load(raw), {}, typed
    except ValidationError as error:
        return None, sentences(error), typed


def json_data(schema: Schema) -> Any:
    """What the JSON body says. Raises Invalid."""
    return loaded(schema, request.get_json(silent=True, force=True) or {})


def loaded(schema: Schema, raw: Mapping[str, Any]) -> Any:
    """What a schema makes of it. Raises Invalid."""
    try:
        return schema.load(raw)
    except ValidationError as error:
        raise Invalid(sentences(error)) from None


def sentences(error: ValidationError) -> dict[str, list[str]]:
    """What a schema refused, by field."""
    messages: dict[Any, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {name: list(texts) for name, texts in invalid_body(messages).errors.items()}


def gives(schema: type[Schema], status: int = 200) -> Callable[[View], View]:
    """Say in the OpenAPI document what a view answers with."""

    def mark(view: View) -> View:
        spec: dict[str, Any] = view.__dict__.setdefault("_spec", {})
        spec["response"] = {
            "schema": schema(),
            "status_code": status,
            "description": "",
            "content_type": "application/json",
            "example": None,
            "examples": None,
            "links": None,
            "headers": None,
        }
        return view

    return mark


def takes(schema: type[Schema], *, partial: bool = False) -> Callable[[View], View]:
    """Say in the OpenAPI document what a view that calls `json_data` takes; `partial` where nothing must be given."""

    def mark(view: View) -> View:
        spec: dict[str, Any] = view.__dict__.setdefault("_spec", {})
        spec.update(body=schema(partial=partial), content_type="application/json")
        return view

    return mark
