"""Pages of the process itself, beside the services': the outbox and the demo's lobby. Whoever asks is a stranger to them,
so they say who may look by where a request comes from, and refuse forms that another site sent."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from shared.settings import Settings
from shared.web.bare import bare_app
from shared.web.problems import sentence

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
SAFE = ("GET", "HEAD", "OPTIONS")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def own_app(settings: Settings) -> Flask:
    """An app with the common look whose errors are pages too."""
    app = bare_app(settings, "rapport", template_folder="templates")
    app.register_error_handler(HTTPException, _problem)
    return app


def _problem(error: HTTPException) -> Response:
    status = error.code or 500
    page = render_template("shared/error.html", status=status, sentence=sentence(status), reference="", errors=[])
    response = Response(page, status, content_type="text/html; charset=utf-8")
    for name, value in error.get_headers(request.environ):
        if name == "Allow":
            response.headers[name] = value
    return response


def only_this_machine() -> None:
    """Refuse whoever does not sit at this machine, or came by a proxy or under another name. Raises NotFound."""
    if not from_this_machine():
        raise NotFound


def from_this_machine() -> bool:
    """Whether the request was made on this machine, to this machine: by its address, its name, and without a proxy."""
    try:
        loopback = ip_address(request.remote_addr or "").is_loopback
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return loopback and name in LOCAL_NAMES and not any(header in request.headers for header in FORWARDED)


def sent_from_here() -> bool:
    """Whether a form came from our own page: browsers say so, and programs that say nothing are no browsers."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin in ("null", request.host_url.rstrip("/"))
