"""Whatever goes wrong becomes an answer: a page for people, RFC 9457 problem+json for programs. Nothing is echoed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, redirect, render_template, request
from jinja2 import TemplateError
from markupsafe import escape
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from shared.errors import Conflict, Invalid, Refused, Retryable, TooMany
from shared.i18n import gettext as _
from shared.i18n import noted as N_
from shared.links import LinkOver
from shared.logs import request_id
from shared.web import races, wants_json, who
from shared.web.body import MOST_ERRORS
from shared.web.rates import limit, network

logger = logging.getLogger(__name__)
SENTENCES = {
    400: N_("We could not read what was sent."),
    404: N_("There is nothing here, or it is not for you."),
    405: N_("That is not possible here."),
    408: N_("That took too long to arrive."),
    409: N_("Somebody was faster. Please look again."),
    413: N_("That is more than we can take at once."),
    415: N_("Please send the body as application/json."),
    422: N_("Please check what you entered."),
    429: N_("That was too much at once. Please wait a moment and try again."),
    500: N_("Something went wrong on our side. Nothing you did is lost by it; please try again."),
    503: N_("We cannot do this at the moment. Please try again in a moment."),
}
DRAINED = 32 * 1024 * 1024
MISSES = "20/minute"


def set_up(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, anything)


def sentence(status: int) -> str:
    """What people read about an HTTP status."""
    return _(SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500]))


def refused(error: Refused) -> Any:
    """A refusal has its own sentence."""
    if isinstance(error, who.LogInFirst) and who.redirect_to_log_in():
        return redirect(who.log_in_page(), 303)
    if isinstance(error, who.Locked) and not wants_json():
        return locked(error)
    if isinstance(error, LinkOver):
        return link_over(error)
    headers: dict[str, str] = {}
    extra: dict[str, Any] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Invalid):
        pairs = [(name, text) for name, texts in error.errors.items() for text in texts]
        extra["errors"] = [{"field": name, "detail": text} for name, text in pairs[:MOST_ERRORS]]
    if isinstance(error, Conflict) and error.state is not None:
        extra.update({**error.state, "state": dict(error.state)})
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="rapport"'
    return answer(error.status, error.code, error.sentence(), headers, extra)


def locked(error: who.Locked) -> Any:
    """A page asks for the PIN and comes back; what a form sent waits in the answer until the PIN is right."""
    if request.method in ("GET", "HEAD"):
        return redirect(who.pin_page(error.slug), 303)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    page = _page("shared/locked.html", slug=error.slug, sentence=error.sentence(), to=request.path, kept=kept)
    return Response(page, error.status, content_type="text/html; charset=utf-8")


def link_over(error: LinkOver) -> Any:
    """One page for wrong, expired and erased links; whoever tries many that never were has to wait."""
    try:
        if error.guessed:
            limit(MISSES, "miss", network())
    except TooMany as many:
        return refused(many)
    return answer(error.status, error.code, error.sentence(), template="shared/neutral.html")


def http_error(error: HTTPException) -> Any:
    """An error of the protocol."""
    status = error.code or 500
    if status < 400:
        return error
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, RequestEntityTooLarge):
        _drain()
        headers["Connection"] = "close"
    return answer(status, "http", sentence(status), headers)


def _drain() -> None:
    """Read what is still coming, or the client is cut off before it reads the answer."""
    stream, left = request.environ["wsgi.input"], DRAINED
    try:
        while left > 0 and (part := stream.read(min(left, 65536))):
            left -= len(part)
    except OSError:
        logger.debug("a client went away while sending too much")


def anything(error: Exception) -> Any:
    """Everything else is either a part that does not answer, or our mistake."""
    if races.lost(error):
        return answer(409, "conflict", sentence(409))
    if isinstance(error, DataError):
        logger.error("a value that no field refused was refused by the database", extra={"route": _route()})
        return answer(400, "http", sentence(400))
    if isinstance(error, OperationalError | InterfaceError | TimeoutError | Retryable) or _cut_off(error):
        logger.warning("a part we need does not answer", extra={"error": type(error).__name__, "route": _route()})
        return answer(503, "unavailable", sentence(503), {"Retry-After": "2"})
    logger.error("a request failed", extra={"route": _route(), "error": type(error).__name__}, exc_info=error)
    return answer(500, "failed", sentence(500))


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "none"


def _cut_off(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and bool(error.connection_invalidated)


def answer(
    status: int,
    code: str,
    text: str,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
    template: str = "shared/error.html",
) -> Response:
    """The answer as a page or as a problem."""
    extra = extra or {}
    if wants_json():
        response = _problem(status, code, text, extra)
    else:
        page = _page(template, status=status, sentence=text, reference=request_id.get(), errors=extra.get("errors", []))
        response = Response(page, status, content_type="text/html; charset=utf-8")
    response.headers.update(headers or {})
    return response


def _problem(status: int, code: str, text: str, extra: Mapping[str, Any]) -> Response:
    """RFC 9457: `status` is the HTTP status; a resource's own one is in `state`, with everything else of it."""
    problem = {
        **extra,
        "type": f"urn:rapport:{code}",
        "title": text,
        "status": status,
        "detail": text,
        "instance": f"urn:rapport:request:{request_id.get()}",
    }
    return Response(current_app.json.dumps(problem), status, content_type="application/problem+json")


def _page(template: str, **context: Any) -> str:
    try:
        return render_template(template, **context)
    except TemplateError:
        logger.exception("the page for errors has an error", extra={"template": template})
        text = escape(context["sentence"])
        return f'<!doctype html><html lang="en"><title>Rapport</title><main><h1>Rapport</h1><p>{text}</p></main></html>'
