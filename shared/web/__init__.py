"""What views use: a unit of work, a reading connection, own links, rendering. No rules and no queries here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, g, redirect, render_template, request
from sqlalchemy import Connection

from shared.work import Work

if TYPE_CHECKING:
    from shared.runtime import Runtime


def current_runtime() -> Runtime:
    """The runtime of the service that answers this request."""
    runtime: Runtime = current_app.extensions["rapport"]
    return runtime


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """A unit of work for this request: commits at the end of the block (or of the call, under an Idempotency-Key)."""
    outer: Work | None = g.get("work")
    if outer is not None:
        yield outer
        return
    with current_runtime().work() as work:
        g.work = work
        try:
            yield work
        finally:
            g.work = None


@contextmanager
def reading(*, one_moment: bool = False) -> Iterator[Connection]:
    """A connection that only reads, on request all of it as of one moment; inside a unit of work it is that one's."""
    outer: Work | None = g.get("work")
    if outer is not None:
        yield outer.connection
        return
    with current_runtime().reading(one_moment=one_moment) as connection:
        yield connection


def href(path: str) -> str:
    """An own path with the prefix that the pages are mounted under."""
    return request.script_root + path


def render(template: str, status: int = 200, **context: Any) -> Response:
    """A page."""
    return Response(render_template(template, **context), status=status, content_type="text/html; charset=utf-8")


def see_other(path: str) -> Any:
    """Where to look after a POST."""
    return redirect(href(path), 303)


def wants_json() -> bool:
    """Whether the answer should be JSON: the API, what programs call, or whoever asks for nothing else."""
    if request.path.startswith(("/api/", "/hooks/")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.headers.get("Accept", "*/*") != "*/*"
