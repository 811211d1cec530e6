"""The same call with the same Idempotency-Key: the same answer, and once only. With another body: a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contracts.introduced import Introduced
from tests.system import System


def call(system: System, path: str, body: str) -> Any:
    """With a key, and the bytes as they are."""
    headers = {"Idempotency-Key": "the-same", "Content-Type": "application/json"}
    return system.api("POST", path, data=body, headers=headers)


@pytest.mark.parametrize(
    ("path", "said", "other"),
    [
        ("/api/v1/introductions/{id}/answer", {"answer": "accept"}, {"answer": "decline"}),
        ("/api/v1/introductions/{id}/met", {"met": False}, {"met": True}),
        ("/api/v1/relationships/{id}/answers", {"question": "week", "answer": "talked"}, {"answer": "not_yet"}),
    ],
)
def test_the_same_key_answers_the_same_and_another_body_is_refused(
    system: System, introduced: Introduced, path: str, said: dict[str, Any], other: dict[str, Any]
) -> None:
    path = path.replace("{id}", introduced.id)
    said = said if "met" in said else {"attendee": introduced.mentee, **said}
    first = call(system, path, json.dumps(said))
    assert first.status_code in (200, 201)
    state = introduced.state()
    backwards = json.dumps(dict(reversed(said.items())), indent=4)
    again = [call(system, path, body) for body in (json.dumps(said), backwards)]
    assert [(answer.status_code, answer.json) for answer in again] == [(first.status_code, first.json)] * 2
    refused = call(system, path, json.dumps({**said, **other}))
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert introduced.state() == state
