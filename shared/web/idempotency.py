"""Idempotency-Key: the same key with the same body gets the same answer; with another body it is refused.

The answer is kept in the same transaction as the effect. Of two equal calls at once, the one that loses starts again
(`shared.web.races`) and finds the answer of the other.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, make_response, request

from shared import answers
from shared.errors import Refused
from shared.web import current_runtime, reading, unit_of_work
from shared.web.body import read_object
from shared.web.who import actor
from shared.work import Work

CLEARED_EVERY = timedelta(hours=1)


class WrongKey(Refused):
    """An Idempotency-Key has 1 to 255 characters of ASCII."""

    status = 422
    code = "idempotency-key-wrong"


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Honour Idempotency-Key on an API view. Stands right under `@may`, above `@api.input` and `@api.output`."""

    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
            raise WrongKey
        caller, hashed, now = actor().id, _hash(), current_runtime().now()
        with reading() as connection:
            before = answers.find(connection, caller, key, hashed, now)
        if before is not None:
            return _again(before)
        with unit_of_work() as work:
            _clear_sometimes(work, now)
            answers.claim(caller, key, hashed, work)
            response = make_response(view(*args, **kwargs))
            answers.keep(caller, key, answers.Answer(response.status_code, response.get_data(as_text=True)), work)
        return response

    return call


def _again(answer: answers.Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"}
    return Response(answer.body, answer.status, content_type="application/json", headers=headers)


def _hash() -> str:
    """Of what is said, whatever the order of its names and the spaces between them."""
    body = request.get_data(cache=True)
    said = json.dumps(read_object(body) if body else {}, sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.full_path}\n{said}".encode()).hexdigest()


def _clear_sometimes(work: Work, now: datetime) -> None:
    cleared: dict[str, datetime] = current_app.extensions.setdefault("rapport_answers", {})
    if now - cleared.get("at", now - CLEARED_EVERY) >= CLEARED_EVERY:
        answers.clear(work)
        cleared["at"] = now
