"""No token, key or address reaches the log, whatever is logged; a line is one line."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from shared.access import DEFAULT_ACCOUNT, Access
from shared.links import Links
from shared.logs import Lines, masked

TOKEN = Links("a secret").token("page", "o", "p", 1)
KEY = Access("a secret").issue_key(key_id="k" * 32, account=DEFAULT_ACCOUNT, conferences=None)
CANARY = "canary.person@example.org"


def line(as_json: bool, message: str, *args: object, **fields: object) -> str:
    record = logging.makeLogRecord({"name": "test", "levelname": "INFO", "msg": message, "args": args, **fields})
    return Lines(as_json).format(record)


@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_masked_wherever_they_stand(as_json: bool) -> None:
    paths = [f"{prefix}{token}" for prefix in PREFIXES for token in (TOKEN, TOKEN.upper(), TOKEN + ".")]
    said = line(
        as_json, "said %s %s", TOKEN, CANARY, path=paths, key=KEY, to=CANARY, escaped=CANARY.replace("@", "%40")
    )
    for secret in (TOKEN, TOKEN.upper(), KEY, KEY[10:], CANARY, "canary.person"):
        assert secret not in said


PREFIXES = ("/a/", "/i/", "/d/", "/r/", "/login/", "/c/confirm/", "http://localhost:8000/demo/i/")


@pytest.mark.parametrize("as_json", [True, False])
def test_the_text_of_an_exception_stays_out_and_its_place_stays_in(as_json: bool) -> None:
    try:
        raise ValueError(f"{CANARY} Ana Silva")
    except ValueError:
        said = line(as_json, "a turn failed", exc_info=sys.exc_info())
    assert "Ana Silva" not in said
    assert "ValueError at test_logs.py" in said


def test_a_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n" not in line(False, "one\ntwo", three="four\nfive")
    assert json.loads(line(True, "one\ntwo", event_id="e"))["event_id"] == "e"


def test_ids_are_not_masked() -> None:
    ids = [f"{number:032x}" for number in range(1, 2**128, 2**128 // 500)] + [
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "2" * 32,
    ]
    assert [masked(id_) for id_ in ids] == ids
