"""Whether events of a newer document can still be read by those who know the older one, and old records by the newer one.

An incompatible change is allowed only with a higher version of that event (and an upcast). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def incompatible(before: Document, after: Document) -> list[str]:
    """Sentences about every change that somebody cannot read any more; empty when all is well."""
    found: list[str] = []
    for kind, old in before["components"]["messages"].items():
        new = after["components"]["messages"].get(kind)
        if new is None:
            found.append(f"{kind} is gone.")
        elif new["x-dataversion"] <= old["x-dataversion"]:
            found += _compare(kind, _Shape(before, old["payload"]), _Shape(after, new["payload"]))
    return found


class _Shape:
    """A schema within its document."""

    def __init__(self, document: Document, schema: Document) -> None:
        self._document = document
        self.schema = schema
        while "$ref" in self.schema:
            self.schema = document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                self.schema = self.schema[part]
            schema = self.schema

    def child(self, schema: Document) -> _Shape:
        return _Shape(self._document, schema)

    @property
    def properties(self) -> Mapping[str, Document]:
        found: Mapping[str, Document] = self.schema.get("properties", {})
        return found

    @property
    def required(self) -> set[str]:
        return set(self.schema.get("required", ()))

    @property
    def types(self) -> set[str]:
        found = self.schema.get("type", "any")
        return {found} if isinstance(found, str) else set(found)


def _compare(where: str, old: _Shape, new: _Shape) -> list[str]:
    found = [f"{where}.{name} is gone." for name in sorted(set(old.properties) - set(new.properties))]
    found += [f"{where}.{name} is newly required." for name in sorted(new.required - old.required)]
    if old.types != new.types or old.schema.get("format") != new.schema.get("format"):
        found.append(f"{where} has another type.")
    for name in sorted(set(old.properties) & set(new.properties)):
        found += _compare(f"{where}.{name}", old.child(old.properties[name]), new.child(new.properties[name]))
    if "items" in old.schema and "items" in new.schema:
        found += _compare(f"{where}[]", old.child(old.schema["items"]), new.child(new.schema["items"]))
    return found
