"""Events as records and back: CloudEvents 1.0, binary mode out, both modes in. Knows bytes and shapes, never a handler.

Attributes: id, source, type (the written name), time, subject (= the record's key), datacontenttype, and the extensions
`dataversion` (version of the data's shape) and `traceparent`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from marshmallow import ValidationError

from shared.bus.log import NewRecord, Record
from shared.bus.schema import schema_of
from shared.contracts import BY_TYPE, COMPACTED_TOPICS, Event

_FORMAT = JSONFormat()
LONGEST_ID = 64
"""Characters of an event's id that stores hold."""


class Undecodable(Exception):
    """A record that is not an event of ours; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Message:
    """An event as it came: `event` None is the tombstone of a compacted topic, told for `event_type` and `key`."""

    id: str
    time: datetime
    key: str
    event_type: type[Event]
    event: Event | None


def dump(event: Event) -> bytes:
    """The event's data as JSON bytes."""
    return json.dumps(schema_of(type(event)).dump(event), ensure_ascii=False, separators=(",", ":")).encode()


def load(event_type: type[Event], data: Any, version: int) -> Event:
    """The event from its data, upcast from an older version. Raises Undecodable."""
    if not isinstance(data, dict):
        raise Undecodable("data-not-an-object")
    if version > event_type.VERSION:
        raise Undecodable("version-from-the-future")
    try:
        event: Event = schema_of(event_type).load(event_type.upcast(dict(data), version))
    except ValidationError:
        raise Undecodable("against-the-schema") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        raise Undecodable("not-upcastable") from None
    return event


def record(
    *,
    topic: str,
    key: str,
    payload: bytes | None,
    event_id: str,
    kind: str,
    version: int,
    source: str,
    time: datetime,
    trace: str | None = None,
) -> NewRecord:
    """A record in binary mode; payload None makes it a tombstone."""
    attributes: dict[str, Any] = {
        "id": event_id,
        "source": source,
        "type": kind,
        "specversion": "1.0",
        "time": time.astimezone(UTC),
        "subject": key,
        "datacontenttype": "application/json",
        "dataversion": str(version),
    }
    if trace:
        attributes["traceparent"] = trace
    message = to_binary(CloudEvent(attributes, payload if payload is not None else b""), _FORMAT)
    return NewRecord(topic=topic, key=key, value=payload, headers=tuple(sorted(message.headers.items())))


def read(record: Record) -> Message | None:
    """The message in a record; None for an event type that we do not know. Raises Undecodable."""
    headers = dict(record.headers)
    structured = headers.get("content-type", b"").lower().startswith(b"application/cloudevents")
    try:
        # We read the data of binary mode ourselves.
        value = record.value if structured and record.value is not None else b""
        # The library makes an id up where there is none, and what has no id cannot be handled just once.
        given_id = json.loads(value)["id"] if structured else headers["ce_id"].decode()
        message = KafkaMessage(headers=headers, key=record.key, value=value)
        cloud = from_kafka(message, _FORMAT)
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes make the library raise, it is undecodable
        raise Undecodable("not-a-cloudevent") from None
    event_type = BY_TYPE.get(cloud.get_type())
    if event_type is None:
        return None
    if event_type.TOPIC != record.topic:
        raise Undecodable("wrong-topic")
    key, moment = record.key or cloud.get_subject() or "", cloud.get_time() or record.appended_at
    event_id = str(given_id)
    if not key or len(event_id) > LONGEST_ID or "\x00" in event_id:
        raise Undecodable("no-usable-id")
    if record.value is None and record.topic not in COMPACTED_TOPICS:
        raise Undecodable("no-data")
    event = None
    if record.value is not None:
        data = cloud.get_data() if structured else record.value
        event = load(event_type, _json(data), _version(cloud.get_extension("dataversion")))
        if event.key != key:
            raise Undecodable("wrong-key")
    return Message(id=event_id, time=moment, key=key, event_type=event_type, event=event)


def _json(data: Any) -> Any:
    if isinstance(data, bytes | str):
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise Undecodable("not-json") from None
    return data


def _version(text: Any) -> int:
    try:
        return int(text) if text is not None else 1
    except (TypeError, ValueError):
        raise Undecodable("no-version") from None
