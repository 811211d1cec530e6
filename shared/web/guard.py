"""Limits before anything is parsed, and headers on everything that leaves. Knows no view and no caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.utils import host_is_trusted

from shared import forms
from shared.logs import request_id
from shared.settings import SERVICE_NAMES, Settings
from shared.web import current_runtime, languages
from shared.web.body import WrongType, read_object
from shared.web.body import invalid_body as invalid_body
from shared.web.rates import limit as limit
from shared.web.rates import network as network

REQUEST_BYTES = 256 * 1024
IMPORT_BYTES = 5 * 1024 * 1024 + 64 * 1024
PARTS = 200
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
MACHINES = ("/healthz", "/readyz", "/metrics", "/internal/status")
"""Asked for by probes under whatever name they know a machine by."""
View = TypeVar("View", bound=Callable[..., Any])
CSP = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def set_up(app: Flask) -> None:
    """Install limits and headers."""
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES, MAX_FORM_PARTS=PARTS, MAX_FORM_MEMORY_SIZE=REQUEST_BYTES)
    app.extensions["rapport_hosts"] = trusted_hosts(app.extensions["rapport"].settings)
    languages.set_up(app)
    app.before_request(_begin)
    app.after_request(_headers)
    app.teardown_request(_end)


def trusted_hosts(settings: Settings) -> tuple[str, ...]:
    """Names that this installation answers to: of its public address, of this machine, of its peers. Empty = any,
    where no public address is set: then nothing is made from the name that was asked for anyway."""
    if not settings.public_url:
        return ()
    peers = [settings.peers.replace("{service}", name) for name in SERVICE_NAMES] if settings.peers else []
    names = [urlsplit(url).hostname or "" for url in (settings.public_url, *peers)]
    return tuple(dict.fromkeys([*filter(None, names), "localhost", "127.0.0.1", "[::1]"]))


def up_to(most: int) -> Callable[[View], View]:
    """Let a view take larger requests than others."""

    def mark(view: View) -> View:
        view.__rapport_bytes__ = most  # type: ignore[attr-defined]
        return view

    return mark


def id_of_request(environ: Mapping[str, Any], new_id: Callable[[], str]) -> str:
    """The one that a proxy gave it, where that looks like one, else a new one."""
    given: str = environ.get("HTTP_X_REQUEST_ID", "")
    return given if re.fullmatch(r"[\w-]{8,64}", given, re.ASCII) else new_id()


def _begin() -> None:
    runtime = current_runtime()
    request_id.set(id_of_request(request.environ, runtime.new_id))
    forms.strict.set(request.path.startswith("/api/"))
    if "\x00" in request.path or b"%00" in request.query_string:
        raise BadRequest
    hosts: tuple[str, ...] = current_app.extensions["rapport_hosts"]
    if hosts and request.path not in MACHINES and not host_is_trusted(request.host, hosts):
        raise BadRequest
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "__rapport_bytes__", REQUEST_BYTES)
    if request.method in UNSAFE and _size(request.max_content_length) > request.max_content_length:
        raise RequestEntityTooLarge


def _size(most: int) -> int:
    """Bytes of the body, or more than `most`. One sent in chunks does not say how long it is, and what stands behind
    the limit would be cut off in silence: so it is read first."""
    if request.content_length is not None:
        return request.content_length
    body = request.get_data()
    return len(body) if len(body) < most else most + 1


def check_json() -> None:
    """Refuse a body that JSON readers would disagree about; runs once it is known who calls. None counts as {}."""
    if not request.path.startswith("/api/") or request.method not in UNSAFE or request.url_rule is None:
        return
    body = request.get_data(cache=True)
    if not body:
        return
    if not request.is_json:
        raise WrongType
    read_object(body)


def _end(_error: BaseException | None) -> None:
    forms.strict.set(False)
    request_id.set("")


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_runtime().settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = request_id.get()
    return response
