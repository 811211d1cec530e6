"""The table event - topic - published by - handled by, read from the services themselves (docs/events.md)."""

from __future__ import annotations

import inspect
from collections.abc import Collection

from shared.contracts import CATALOGUE, FOR_THE_RECORD, Event
from shared.service import Service


def table_of_events(services: Collection[Service]) -> str:
    """docs/events.md as text."""
    lines = [
        "# Events",
        "",
        "Printed by `rapport events`; a test compares. Every event is a CloudEvent on the topic of its subject; what its",
        "fields mean stands in `shared/contracts/`, their shapes in `shared/documents/asyncapi.json`.",
        "",
        "| event | version | topic | key | what happened | published by | handled by |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(event, services) for event in CATALOGUE]
    return "\n".join(lines) + "\n"


def _row(event: type[Event], services: Collection[Service]) -> str:
    publishers = ", ".join(service.name for service in services if event in service.publishes)
    handlers = ", ".join(
        service.name for service in services if event in service.handles or event in service.tombstones
    )
    if not handlers and event in FOR_THE_RECORD:
        handlers = "(for the record)"
    what = " ".join(inspect.cleandoc(event.__doc__ or "").split())
    cells = (event.TYPE, str(event.VERSION), event.TOPIC, event.SUBJECT, what, publishers, handlers)
    return "| " + " | ".join(cells) + " |"
