"""Whatever goes wrong becomes an answer: a page for people, RFC 9457 problem+json for programs. Nothing is echoed."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, redirect, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from shared.errors import Conflict, Invalid, LostRace, Refused, Retryable, TooMany
from shared.i18n import gettext as _
from shared.links import LinkOver
from shared.logs import request_id
from shared.web import wants_json, who

logger = logging.getLogger(__name__)
SENTENCES = {
    400: "We could not read what was sent.",
    404: "There is nothing here, or it is not for you.",
    405: "That is not possible here.",
    408: "That took too long to arrive.",
    413: "That is more than we can take at once.",
    415: "Please send the body as application/json.",
    422: "Please check what you entered.",
    500: "Something went wrong on our side. Nothing you did is lost by it; please try again.",
    503: "We cannot do this at the moment. Please try again in a moment.",
}
MOST_ERRORS = 20


def set_up(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, anything)


def refused(error: Refused) -> Any:
    """A refusal has its own sentence."""
    if isinstance(error, who.LogInFirst) and who.redirect_to_log_in():
        return redirect(who.log_in_page(), 303)
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
    template = "shared/neutral.html" if isinstance(error, LinkOver) else "shared/error.html"
    return answer(error.status, error.code, error.sentence(), headers, extra, template)


def http_error(error: HTTPException) -> Any:
    """An error of the protocol."""
    status = error.code or 500
    if status < 400:
        return error
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    sentence = _(SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500]))
    if isinstance(error, RequestEntityTooLarge):
        sentence = _(SENTENCES[413])
    return answer(status, "http", sentence, headers)


def anything(error: Exception) -> Any:
    """Everything else is either a part that does not answer, or our mistake."""
    if isinstance(error, LostRace):
        return answer(409, "conflict", _("Somebody was faster. Please look again."))
    if isinstance(error, OperationalError | TimeoutError | Retryable) or _cut_off(error):
        logger.warning("a part we need does not answer", extra={"error": type(error).__name__})
        return answer(503, "unavailable", _(SENTENCES[503]), {"Retry-After": "2"})
    logger.error(
        "a request failed", extra={"route": str(request.url_rule), "error": type(error).__name__}, exc_info=error
    )
    return answer(500, "failed", _(SENTENCES[500]))


def _cut_off(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and bool(error.connection_invalidated)


def answer(
    status: int,
    code: str,
    sentence: str,
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
    template: str = "shared/error.html",
) -> Response:
    """The answer as a page or as a problem."""
    if wants_json():
        from flask import json  # noqa: PLC0415

        problem = {
            **(extra or {}),
            "type": f"urn:rapport:{code}",
            "title": sentence,
            "detail": sentence,
            "instance": request_id.get(),
        }
        # a resource in the problem may have a `status` of its own: the state wins, as RFC 9457 lets members be added
        problem.setdefault("status", status)
        problem["code"] = status
        response = Response(json.dumps(problem), status, content_type="application/problem+json")
    else:
        page = render_template(
            template,
            status=status,
            sentence=sentence,
            reference=request_id.get(),
            errors=(extra or {}).get("errors", []),
        )
        response = Response(page, status, content_type="text/html; charset=utf-8")
    response.headers.update(headers or {})
    return response
