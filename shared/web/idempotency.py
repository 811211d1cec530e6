"""Idempotency-Key: the same key with the same body gets the same answer; with another body it is refused.

The answer is kept in the same transaction as the effect, so that neither is there without the other.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from shared.errors import Refused
from shared.tables import idempotency
from shared.web import reading, unit_of_work
from shared.web.who import actor


class OtherBody(Refused):
    """This Idempotency-Key came before with another request."""

    status = 422
    code = "idempotency-key-reused"


class KeyTooLong(Refused):
    """An Idempotency-Key has 1 to 255 characters of ASCII."""

    status = 422
    code = "idempotency-key-too-long"


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Honour Idempotency-Key on an API view."""

    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
            raise KeyTooLong
        with reading() as connection:
            before = _stored(connection, key)
        if before is not None:
            return before
        try:
            return _first(view, key, *args, **kwargs)
        except IntegrityError:  # the same request won a race against this one
            with reading() as connection:
                before = _stored(connection, key)
            if before is None:
                raise
            return before

    return call


def _first(view: Callable[..., Any], key: str, *args: Any, **kwargs: Any) -> Response:
    with unit_of_work() as work:
        before = _stored(work.connection, key)
        if before is not None:
            return before
        response = make_response(view(*args, **kwargs))
        work.connection.execute(
            insert(idempotency).values(
                caller=actor().id,
                key=key,
                request_hash=_hash(),
                status=response.status_code,
                body=response.get_data(as_text=True),
                created_at=work.now,
            )
        )
        return response


def _stored(connection: Connection, key: str) -> Response | None:
    row = connection.execute(
        select(idempotency).where(idempotency.c.caller == actor().id, idempotency.c.key == key)
    ).first()
    if row is None:
        return None
    if row.request_hash != _hash():
        raise OtherBody
    return Response(row.body, row.status, content_type="application/json", headers={"Idempotency-Replayed": "true"})


def _hash() -> str:
    whole = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(whole).hexdigest()
