"""The generated documents: as committed, well formed, and compatible with what was committed before."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rapport import SERVICES
from rapport.documents import ASYNCAPI, OPENAPI, asyncapi, generated
from rapport.schema_gate import incompatible
from shared.contracts import CATALOGUE

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return generated(SERVICES.values())


def committed(name: str) -> Any:
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [ASYNCAPI, OPENAPI, "docs/events.md", "deploy/nginx.conf.template"])
def test_a_document_is_as_the_code_says(name: str, texts: dict[str, str]) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == texts[name], "run `rapport documents`"


def test_every_reference_leads_somewhere(texts: dict[str, str]) -> None:
    for name in (ASYNCAPI, OPENAPI):
        document = json.loads(texts[name])
        for reference in _references(document):
            assert _resolve(document, reference) is not None, reference


def test_the_asyncapi_document_is_one_of_version_3_1() -> None:
    document = asyncapi(SERVICES.values())
    assert document["asyncapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    names = re.compile(r"^[A-Za-z0-9_\-.]+$")
    assert all(names.match(name) for name in (*document["channels"], *document["operations"]))
    assert set(document) <= {
        "asyncapi",
        "id",
        "info",
        "servers",
        "defaultContentType",
        "channels",
        "operations",
        "components",
    }
    assert all(names.match(name) for kind in document["components"].values() for name in kind)


def test_every_channel_carries_the_messages_of_its_topic() -> None:
    channels = asyncapi(SERVICES.values())["channels"]
    told = {channel["address"]: set(channel["messages"]) for channel in channels.values()}
    assert told == {topic: {e.TYPE for e in CATALOGUE if e.TOPIC == topic} for topic in {e.TOPIC for e in CATALOGUE}}


def test_every_operation_sends_or_receives_what_its_service_declares() -> None:
    document = asyncapi(SERVICES.values())
    told: dict[tuple[str, str], set[str]] = {}
    for name, operation in document["operations"].items():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")
            told.setdefault((name.split(".")[0], operation["action"]), set()).add(message["$ref"].rsplit("/", 1)[1])
    declared: dict[tuple[str, str], set[str]] = {}
    for service in SERVICES.values():
        declared[service.name, "send"] = {event.TYPE for event in service.publishes}
        declared[service.name, "receive"] = {event.TYPE for event in (*service.handles, *service.tombstones)}
    assert told == {key: types for key, types in declared.items() if types}


def test_every_message_has_a_payload_and_says_what_happened() -> None:
    document = asyncapi(SERVICES.values())
    for event in CATALOGUE:
        message = document["components"]["messages"][event.TYPE]
        schema = _resolve(document, message["payload"]["$ref"])
        assert schema["type"] == "object"
        assert event.SUBJECT in schema["required"]
        assert message["summary"].endswith(".")


def test_the_openapi_document_describes_every_call_of_the_fixed_interface(texts: dict[str, str]) -> None:
    paths = json.loads(texts[OPENAPI])["paths"]
    calls = {(method, path) for path, item in paths.items() for method in item}
    conference = "/api/v1/conferences/{slug}"
    assert calls >= {
        ("get", "/api/v1/conferences"),
        ("post", "/api/v1/conferences"),
        ("get", conference),
        ("get", f"{conference}/attendees"),
        ("post", f"{conference}/attendees"),
        ("get", conference + "/attendees/{attendee_id}"),
        ("patch", conference + "/attendees/{attendee_id}"),
        ("delete", conference + "/attendees/{attendee_id}"),
        ("post", conference + "/attendees/{attendee_id}/check-in"),
        ("get", f"{conference}/introductions"),
        ("get", f"{conference}/relationships"),
        ("get", f"{conference}/outcomes"),
        ("get", "/api/v1/status"),
    }
    rest = {re.sub(r"\{\w+\}", "{}", f"{method} {path}") for method, path in calls}
    assert rest >= {
        "get /api/v1/introductions/{}",
        "post /api/v1/introductions/{}/answer",
        "post /api/v1/introductions/{}/met",
        "post /api/v1/relationships/{}/answers",
    }


def test_events_can_be_read_by_those_who_know_the_committed_document() -> None:
    assert incompatible(committed(ASYNCAPI), asyncapi(SERVICES.values())) == []


def test_the_gate_refuses_what_somebody_could_no_longer_read() -> None:
    before = committed(ASYNCAPI)

    def changed(change: Any) -> list[str]:
        after = copy.deepcopy(before)
        change(after["components"])
        return incompatible(before, after)

    met = "IntroductionMet"
    assert changed(lambda c: c["messages"].pop("introduction.met")) == ["introduction.met is gone."]
    assert changed(lambda c: c["schemas"][met]["properties"].pop("told_by")) == ["introduction.met.told_by is gone."]
    assert changed(lambda c: c["schemas"][met]["required"].append("contradicted")) == [
        "introduction.met.contradicted is newly required."
    ]
    assert changed(lambda c: c["schemas"][met]["properties"]["version"].update(type="string")) == [
        "introduction.met.version has another type."
    ]
    assert changed(lambda c: c["schemas"]["Reason"]["properties"].pop("kind")) == [
        "introduction.proposed.reasons[].kind is gone."
    ]
    assert changed(lambda c: c["schemas"][met]["properties"].update(note={"type": "string"})) == []


def test_the_gate_lets_a_higher_version_through() -> None:
    before = committed(ASYNCAPI)
    after = copy.deepcopy(before)
    after["components"]["schemas"]["IntroductionMet"]["properties"].pop("told_by")
    after["components"]["messages"]["introduction.met"]["x-dataversion"] += 1
    assert incompatible(before, after) == []


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    found = document
    for name in reference[2:].split("/"):
        found = found[name.replace("~1", "/").replace("~0", "~")]
    return found
