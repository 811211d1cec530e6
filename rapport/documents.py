"""What is generated from the code and kept in the repository: the AsyncAPI 3.1 and OpenAPI 3.1 documents of the whole
product, the table of events, the proxy's configuration. `rapport documents` writes them; a test compares.
"""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from rapport.proxy import nginx
from rapport.tables_of_events import table_of_events
from shared.bus.schema import schema_class
from shared.contracts import CATALOGUE, COMPACTED_TOPICS, Event
from shared.runtime import build_all
from shared.service import Service
from shared.settings import Settings

ASYNCAPI = "shared/documents/asyncapi.json"
OPENAPI = "shared/documents/openapi.json"
HEADERS = {
    "ce_id": "Id of the event; the same id is the same event.",
    "ce_source": "The service that published it, such as /introductions.",
    "ce_specversion": "1.0",
    "ce_type": "The event's name.",
    "ce_time": "When it was written, RFC 3339.",
    "ce_subject": "The record's key: the id of what it is about.",
    "ce_dataversion": "Version of the data's shape.",
    "content-type": "application/json",
}


def generated(services: Collection[Service]) -> dict[str, str]:
    """Path in the repository -> text, of everything that is generated."""
    with TemporaryDirectory() as folder:
        runtimes = build_all(list(services), Settings(data=Path(folder), bus="memory", secret_key="documents only" * 3))
        api = openapi({runtime.service.name: runtime.web_app() for runtime in runtimes})
        for runtime in runtimes:
            runtime.close()
    return {
        ASYNCAPI: as_text(asyncapi(services)),
        OPENAPI: as_text(api),
        "docs/events.md": table_of_events(services),
        "deploy/nginx.conf.template": nginx(services),
    }


def as_text(document: Mapping[str, Any]) -> str:
    """A document as it is kept in the repository."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def asyncapi(services: Collection[Service]) -> dict[str, Any]:
    """The AsyncAPI 3.1 document: channels are topics, operations are what the services send and receive."""
    topics = sorted({event.TOPIC for event in CATALOGUE})
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Rapport events",
            "version": version("rapport"),
            "description": "CloudEvents 1.0 over Kafka, binary mode out, both modes in; JSON data of at most 64 KiB.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic): _channel(topic) for topic in topics},
        "operations": _operations(services),
        "components": {"messages": {event.TYPE: _message(event) for event in CATALOGUE}, "schemas": _schemas()},
    }


def _name(topic: str) -> str:
    return topic.removeprefix("rapport.")


def _channel(topic: str) -> dict[str, Any]:
    compacted = topic in COMPACTED_TOPICS
    messages = {e.TYPE: {"$ref": f"#/components/messages/{e.TYPE}"} for e in CATALOGUE if topic == e.TOPIC}
    policy = "compact" if compacted else "delete"
    return {
        "address": topic,
        "description": "The newest state of every key; a record without a value is a tombstone."
        if compacted
        else "Kept in order per key.",
        "messages": messages,
        "bindings": {
            "kafka": {"topic": topic, "topicConfiguration": {"cleanup.policy": [policy]}, "bindingVersion": "0.5.0"}
        },
    }


def _message(event: type[Event]) -> dict[str, Any]:
    what = " ".join(inspect.cleandoc(event.__doc__ or "").split())
    return {
        "name": event.TYPE,
        "title": event.TYPE,
        "summary": what,
        "contentType": "application/json",
        "x-dataversion": event.VERSION,
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string", "description": text} for name, text in HEADERS.items()},
            "required": ["ce_id", "ce_source", "ce_specversion", "ce_type"],
        },
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": event.SUBJECT}, "bindingVersion": "0.5.0"}},
    }


def _operations(services: Collection[Service]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for service in services:
        for action, events in (("send", service.publishes), ("receive", {*service.handles, *service.tombstones})):
            for topic in sorted({event.TOPIC for event in events}):
                chosen = [event for event in CATALOGUE if event in events and topic == event.TOPIC]
                channel = f"#/channels/{_name(topic)}"
                found[f"{service.name}.{action}.{_name(topic)}"] = {
                    "action": action,
                    "channel": {"$ref": channel},
                    "messages": [{"$ref": f"{channel}/messages/{event.TYPE}"} for event in chosen],
                }
    return found


def _schemas() -> dict[str, Any]:
    spec = APISpec(
        title="events",
        version="1",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=lambda schema: _schema_name(schema))],
    )
    for event in CATALOGUE:
        spec.components.schema(event.__name__, schema=schema_class(event))
    schemas: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    return schemas


def _schema_name(schema: Any) -> str:
    named = schema if inspect.isclass(schema) else type(schema)
    return str(named.__name__)


def openapi(apps: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all services as one, as the reverse proxy shows them."""
    from shared.web.documents import openapi_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # apispec's "already added"; `_each_once` sees to it
        parts = [openapi_of(app) for app in apps.values()]
    return _each_once(merged(parts))


def merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The documents of several services as one. Raises ValueError where one name would mean two things."""
    tags = [tag for part in parts for tag in part.get("tags", [])]
    paths: dict[str, Any] = {}
    components: dict[str, Any] = {}
    for part in parts:
        _take_over(part["paths"], paths)
        for kind, items in part.get("components", {}).items():
            _take_over(items, components.setdefault(kind, {}))
    info = {**parts[0]["info"], "title": "Rapport", "version": version("rapport")}
    return {**parts[0], "info": info, "tags": tags, "paths": paths, "components": components}


def _take_over(items: Mapping[str, Any], into: dict[str, Any]) -> None:
    for name, item in items.items():
        if into.setdefault(name, item) != item:
            raise ValueError(f"Two services mean different things by {name}: give one of them another name.")


def _each_once(document: dict[str, Any]) -> dict[str, Any]:
    """The document without schemas that stand in it twice, as `Name` and `Name1`."""
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    for name in sorted(schemas):
        plain = name.rstrip("0123456789")
        if plain != name and schemas.get(plain) == schemas[name]:
            text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{plain}"')
    found: dict[str, Any] = json.loads(text)
    for name in sorted(schemas):
        plain = name.rstrip("0123456789")
        if plain != name and schemas.get(plain) == schemas[name]:
            del found["components"]["schemas"][name]
    return found
