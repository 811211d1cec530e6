"""Whatever comes in at introductions and follow-up is answered with a sentence, never with a failure, and changes nothing.
Registration, which takes most of it, has tests of its own."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from tests.contracts.introduced import Introduced
from tests.hostile import BODIES, ODD
from tests.system import System

JSON = {"Content-Type": "application/json"}
CALLS = (
    "/api/v1/introductions/{id}/answer",
    "/api/v1/introductions/{id}/met",
    "/api/v1/relationships/{id}/answers",
)


def calls(introduced: Introduced) -> list[str]:
    """Everything that programs may send to the two services."""
    return [path.replace("{id}", introduced.id) for path in CALLS]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_gets_a_problem(system: System, introduced: Introduced, body: bytes) -> None:
    before = introduced.state()
    for path in calls(introduced):
        answer = system.api("POST", path, data=body, headers=JSON)
        assert (answer.status_code, answer.content_type) in [
            (status, "application/problem+json") for status in (400, 422)
        ], path
        assert len(answer.json.get("errors", [])) <= 20
        assert len(answer.data) < 8000  # nothing that was sent comes back
    assert introduced.state() == before


@pytest.mark.parametrize("word", [*ODD, None, 1, True, [], {}, "accept\x00"])
def test_an_odd_word_is_refused_at_its_field(system: System, introduced: Introduced, word: Any) -> None:
    before = introduced.state()
    answer, met, told = calls(introduced)
    for path, body, field in (
        (answer, {"attendee": introduced.mentee, "answer": word}, "answer"),
        (answer, {"attendee": word, "answer": "accept"}, "attendee"),
        (answer, {"attendee": introduced.mentee, "answer": "other_time", "slots": [word]}, "slots"),
        (told, {"attendee": introduced.mentee, "question": word, "answer": "yes"}, "question"),
        (told, {"attendee": introduced.mentee, "question": "continue", "answer": word}, "answer"),
    ):
        refused = system.api("POST", path, data=json.dumps(body), headers=JSON)
        assert refused.status_code == 422, (path, field)
        assert {item["field"].split(".")[0] for item in refused.json["errors"]} == {field}
    if word is not True:
        assert system.api("POST", met, data=json.dumps({"met": word}), headers=JSON).status_code == 422
    assert introduced.state() == before


@pytest.mark.parametrize("kind", ["api", "page"])
def test_twenty_megabytes_are_refused_before_they_are_read(system: System, introduced: Introduced, kind: str) -> None:
    paths = calls(introduced) if kind == "api" else introduced.links()
    headers = {"Authorization": f"Bearer {system.key}"} if kind == "api" else {}
    for path in paths:
        stream = io.BytesIO(b"x" * 20_000_000)
        answer = introduced.browser(path).post(
            path, input_stream=stream, content_type="application/json", content_length=20_000_000, headers=headers
        )
        assert (answer.status_code, stream.tell()) == (413, 20_000_000), path


@pytest.mark.parametrize("word", [*ODD, "", "\udcff"])
def test_an_odd_word_in_a_form_is_said_on_its_page_and_changes_nothing(
    system: System, introduced: Introduced, word: str
) -> None:
    before = introduced.state()
    text = word.encode("utf-8", "replace").decode()
    for path in introduced.links():
        if "stop" in path:
            continue  # its button has nothing to say
        for fields in ({"answer": text}, {"pause": text}, {"met": text}, {"relationship": text, "question": text}):
            answer = introduced.browser(path).post(path, data=fields)
            assert answer.status_code == 422, (path, fields)
            assert "There is a problem" in answer.text, (path, fields)
    assert introduced.state() == before


def test_odd_addresses_are_no_failure(system: System, introduced: Introduced) -> None:
    before = introduced.state()
    parts = (
        "%00",
        "%ED%A0%80",
        "%F0%9F%98%80",
        "a" * 5000,
        "%0d%0aX:y",
        "..%2f..%2fetc",
        "nothing?cursor=%00&limit=-1",
    )
    rules = [*CALLS, "/i/{id}", "/d/{id}", "/r/{id}", "/r/{id}/{id}/continue/yes", "/plan/{id}", "/outcomes/{id}"]
    rules += [f"/api/v1/conferences/{{id}}/{name}" for name in ("introductions", "relationships", "outcomes")]
    for number, path in enumerate(rule.replace("{id}", part) for rule in rules for part in parts):
        options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": f"10.{number}.0.1"}}
        headers = {"Authorization": f"Bearer {system.key}"}
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
            answer = introduced.browser(path).open(path, method=method, headers=headers, **options)
            assert answer.status_code < 500, (method, path)
    assert introduced.state() == before


def test_the_links_of_all_mails_are_tried(introduced: Introduced) -> None:
    kinds = {re.sub(r"/[a-z2-7]{26}", "/…", link) for link in introduced.links()}
    assert kinds == {"/i/…", "/i/stop/…", "/d/…", "/r/…", "/r/stop/…"}
