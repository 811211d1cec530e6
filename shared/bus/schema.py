"""Marshmallow schemas made from the event dataclasses: one source for reading, writing and the AsyncAPI document.

Unknown fields are ignored (a newer publisher may say more); missing ones take the dataclass's default.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, post_load


class _Unconditional(fields.Field[Any]):
    """A field of a dataclass whose type says everything: no validators, no hooks. Marshmallow looks for them, and makes
    a validator of none, for every single value of every event."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """The value itself; what is missing or null is left to marshmallow."""
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._deserialize(value, attr, data, **kwargs)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kwargs: Any) -> Any:
        """The value itself, or null."""
        value = getattr(obj, attr)
        return None if value is None else self._serialize(value, attr, obj)


class Instant(_Unconditional, fields.AwareDateTime):
    """An aware instant, written as RFC 3339 in UTC with Z."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        parsed: datetime = super()._deserialize(value, attr, data, **kwargs)
        return parsed.astimezone(UTC)


class TupleOf(_Unconditional, fields.List[Any]):
    """A JSON list that becomes a tuple."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(value, attr, obj) if value else []

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        try:
            return tuple([self.inner.deserialize(one, **kwargs) for one in value])
        except ValidationError:
            return tuple(super()._deserialize(value, attr, data, **kwargs))  # says which of them is wrong


class WholeNumber(_Unconditional, fields.Integer):
    """An integer as JSON Schema means it: 3 and 3.0, never 2.7, true or "3"."""

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -(2**53) < value < 2**53:
            raise ValidationError("Not a whole number in range.")
        if value != int(value):
            raise ValidationError("Not a whole number.")
        return int(value)


class Real(_Unconditional, fields.Float):
    """A finite number, never a bool or a string."""

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        return super()._validated(value)


class Text(_Unconditional, fields.String):
    """Text that every store can hold: without NUL and lone surrogates."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str):  # JSON has no bytes
            raise self.make_error("invalid")
        if "\x00" in value or not (value.isascii() or all(not "\ud800" <= one <= "\udfff" for one in value)):
            raise ValidationError("Not a text that can be stored.")
        return value

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


class Flag(_Unconditional, fields.Boolean):
    """True or false."""


class Day(_Unconditional, fields.Date):
    """A date, YYYY-MM-DD."""


class _EventSchema(Schema):
    dataclass: type[Any]

    class Meta:
        unknown = EXCLUDE

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Of a dataclass; marshmallow's own looks for keys first."""
        return getattr(obj, attr, default)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return self.dataclass(**data)


_classes: dict[Any, type[_EventSchema]] = {}
_schemas: dict[Any, _EventSchema] = {}


def schema_class(cls: type[Any]) -> type[_EventSchema]:
    """The schema class of a dataclass, named like it; always the same one."""
    if cls not in _classes:
        _classes[cls] = _class_of(cls)
    return _classes[cls]


def schema_of(cls: type[Any]) -> _EventSchema:
    """One instance of the schema of a dataclass; `load` gives the dataclass, `dump` JSON types."""
    if cls not in _schemas:
        _schemas[cls] = schema_class(cls)()
    return _schemas[cls]


def _class_of(cls: type[Any]) -> type[_EventSchema]:
    hints = get_type_hints(cls)
    members: dict[str, Any] = {"dataclass": cls}
    for item in dataclasses.fields(cls):
        optional = item.default is not dataclasses.MISSING or item.default_factory is not dataclasses.MISSING
        members[item.name] = _field(hints[item.name], required=not optional)
    return type(cls.__name__, (_EventSchema,), members)


SIMPLE: dict[Any, type[fields.Field[Any]]] = {
    str: Text,
    int: WholeNumber,
    float: Real,
    bool: Flag,
    date: Day,
    datetime: Instant,
}


def _field(hint: Any, **options: Any) -> fields.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _field(inner, allow_none=True, **options)
    if origin is tuple:
        return TupleOf(_field(arguments[0]), **options)
    if origin is dict:
        return fields.Dict(keys=_field(arguments[0]), values=_field(arguments[1]), **options)
    if dataclasses.is_dataclass(hint):
        part: type[Any] = hint  # type: ignore[assignment]
        return fields.Nested(schema_class(part), **options)
    return SIMPLE[hint](**options)
