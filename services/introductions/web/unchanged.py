"""Answers a phone whose page has nothing new before Flask hears of it: of five thousand phones nine in ten looks are such.
It asks one mark, repeats the headers that Flask gave the same answer before, counts it as Flask would, and knows no page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from services.introductions.web.live import MOST, Lives
from shared.web.guard import id_of_request

Headers = tuple[tuple[str, str], ...]
OF_THE_ANSWER = ("ETag", "X-Every", "X-Request-Id")
SHAPES = 1000
"""Sets of headers that are told apart; there are a few."""


class _Known(NamedTuple):
    key: str
    route: str
    headers: Headers


class Unchanged:
    """A WSGI application in front of the service's own."""

    def __init__(self, app: Callable[..., Iterable[bytes]], extensions: Mapping[str, Any]) -> None:
        """`extensions`: Flask's, where what pages last showed is kept, and figures are."""
        self._app, self._extensions = app, extensions
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._shapes: dict[Headers, Headers] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked is None or environ["REQUEST_METHOD"] != "GET" or "HTTP_COOKIE" in environ:
            return self._app(environ, start_response)
        address = f"{environ.get('PATH_INFO')}?{environ.get('QUERY_STRING')}"
        known = self._known.get(address)
        every = None if known is None else self._every_if_still(known.key, asked)
        if known is not None and every is not None:
            self._extensions["rapport_figures"].count("GET", known.route, 304, began)
            asked_as = id_of_request(environ, self._extensions["rapport"].new_id)
            own = zip(OF_THE_ANSWER, (asked, str(every), asked_as), strict=True)
            start_response("304 NOT MODIFIED", [*known.headers, *own])
            return []
        return self._app(environ, self._noting(address, environ, start_response))

    def _every_if_still(self, key: str, etag: str) -> int | None:
        lives: Lives | None = self._extensions.get("rapport_lives")
        return None if lives is None else lives.every_if_still(key, etag)

    def _noting(self, address: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Callable[..., Any]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status.startswith("304") and "rapport.live" in environ:
                key, route = environ["rapport.live"]
                self._keep(address, key, route, tuple(headers))
            return start_response(status, headers, *more)

        return start

    def _keep(self, address: str, key: str, route: str, headers: Headers) -> None:
        others = tuple(header for header in headers if header[0] not in OF_THE_ANSWER)
        with self._lock:
            if len(self._shapes) > SHAPES:
                self._shapes.clear()
            others = self._shapes.setdefault(others, others)
            self._known[address] = _Known(key, route, others)
            self._known.move_to_end(address)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
