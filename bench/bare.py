"""The reference for registrations and for phones that look again: what one writes when nothing is promised. Flask, a
marshmallow schema of the same fields, one durable insert; one select and an ETag. gunicorn has the settings of the product's
own web, to the letter."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request
from marshmallow import Schema, ValidationError, fields, validate

from rapport.gunicorn import serve
from shared.settings import Settings


class Consents(Schema):
    introductions = fields.Boolean()
    follow_up = fields.Boolean()
    statistics = fields.Boolean()
    next_year = fields.Boolean()


class Registration(Schema):
    name = fields.String(required=True, validate=validate.Length(max=80))
    email = fields.Email(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["mentor", "mentee", "both"]))
    offers = fields.List(fields.String())
    wants = fields.List(fields.String())
    goal = fields.String()
    languages = fields.List(fields.String())
    company = fields.String()
    years = fields.Integer()
    consents = fields.Nested(Consents)
    confirmed = fields.Boolean()
    approved = fields.Boolean()


def create_app(path: Path) -> Flask:
    """One endpoint: parse, insert, answer with the resource."""
    app = Flask(__name__)
    schema, local, writer = Registration(), threading.local(), threading.Lock()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=5000"):
                local.connection.execute(f"PRAGMA {pragma}")
        found: sqlite3.Connection = local.connection
        return found

    connection().execute("CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, email TEXT UNIQUE, body TEXT)")

    @app.get("/healthz")
    def healthz() -> Any:
        return {"status": "ok"}

    @app.post("/attendees")
    def register() -> Any:
        try:
            said = schema.load(request.get_json())
        except ValidationError as error:
            return {"errors": error.normalized_messages()}, 422  # type: ignore[no-untyped-call]
        made = uuid4().hex
        with writer:  # as in the product: SQLite lets one writer in and makes the others poll
            connection().execute("BEGIN IMMEDIATE")
            connection().execute("INSERT INTO people VALUES (?, ?, ?)", (made, said["email"], json.dumps(said)))
            connection().execute("COMMIT")
        return {"id": made, **said}, 201

    @app.get("/d/<token>/live")
    def look_again(token: str) -> Any:
        row = connection().execute("SELECT body FROM people WHERE id = ?", (token,)).fetchone()
        answer = Response(f"<p>{row[0] if row else 'Nothing yet.'}</p>", content_type="text/html; charset=utf-8")
        answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:20])
        return answer.make_conditional(request)

    return app


class Bare:
    """The app in the shape that our gunicorn serves."""

    def __init__(self, path: Path) -> None:
        self._app = create_app(path)

    def start(self) -> None:
        """Nothing runs beside the pages."""

    def close(self) -> None:
        """Nothing to close."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._app(environ, start_response)


if __name__ == "__main__":
    found = Settings.read(os.environ)
    serve(found, lambda: Bare(found.data / "bare.db"), workers=1, ready="The bare endpoint listens")
