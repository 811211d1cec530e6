"""Limits before anything is parsed, and headers on everything that leaves. Knows no view."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask, Response, g, request
from limits import parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from shared.errors import Invalid, Refused, TooMany
from shared.i18n import best_locale, speaking
from shared.logs import request_id
from shared.web import current_runtime

REQUEST_BYTES = 256 * 1024
IMPORT_BYTES = 5 * 1024 * 1024 + 64 * 1024
JSON_DEPTH = 20
CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class NotJson(Refused):
    """The body is not JSON that we can read: {why}."""

    status = 400
    code = "not-json"


class WrongType(Refused):
    """Please send the body as application/json."""

    status = 415
    code = "wrong-type"


def set_up(app: Flask) -> None:
    """Install limits and headers."""
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES, MAX_FORM_PARTS=500, MAX_FORM_MEMORY_SIZE=REQUEST_BYTES)
    app.before_request(_begin)
    app.after_request(_headers)
    app.teardown_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    runtime = current_runtime()
    request_id.set(given if re.fullmatch(r"[\w-]{8,64}", given) else runtime.new_id())
    g.speaking = speaking(best_locale(request.accept_languages.best_match(["en"]) or "en"))
    g.speaking.__enter__()
    if request.path.startswith("/api/") and request.method in ("POST", "PUT", "PATCH"):
        check_json()


def _end(_error: BaseException | None) -> None:
    bound = g.pop("speaking", None)
    if bound is not None:
        bound.__exit__(None, None, None)


def check_json() -> None:
    """Refuse a body that JSON readers would disagree about. An empty body counts as {}."""
    body = request.get_data(cache=True)
    if not body:
        return
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongType
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_no_constant, parse_int=_integer
        )
    except UnicodeDecodeError:
        raise NotJson(why="it is not UTF-8") from None
    except RecursionError:
        raise NotJson(why="it is nested too deeply") from None
    except ValueError as error:
        why = str(error) if isinstance(error, _Twice) else "it has a mistake in it"
        raise NotJson(why=why) from None
    if _depth(value) > JSON_DEPTH:
        raise NotJson(why="it is nested too deeply")
    if not isinstance(value, dict):
        raise NotJson(why="an object is expected")


class _Twice(ValueError):
    pass


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice("a key stands in it twice")
    return found


def _no_constant(_name: str) -> Any:
    raise _Twice("NaN and Infinity are no JSON")


def _integer(text: str) -> int:
    if len(text) > 18:
        raise _Twice("a number is too large")
    return int(text)


def _depth(value: Any, level: int = 1) -> int:
    if level > JSON_DEPTH:
        return level
    if isinstance(value, dict):
        return max((_depth(item, level + 1) for item in value.values()), default=level)
    if isinstance(value, list):
        return max((_depth(item, level + 1) for item in value), default=level)
    return level


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_runtime().settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = request_id.get()
    return response


class Limits:
    """How often a caller may do something: in Redis where there is one, else (and while it is away) in this process."""

    def __init__(self, redis_url: str) -> None:
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        self._url = redis_url

    def check(self, limit: str, *about: str) -> None:
        """Count one more. Raises TooMany when that was more than `limit`, such as "50/second"."""
        item = parse(limit)
        if not self._hit(item, about):
            raise TooMany(retry_after=max(1, int(item.get_expiry())) if item.get_expiry() <= 60 else 60)

    def _hit(self, item: Any, about: tuple[str, ...]) -> bool:
        if self._url:
            try:
                if self._shared is None:
                    storage: Storage = storage_from_string(self._url, socket_timeout=1, socket_connect_timeout=0.5)  # type: ignore[assignment]
                    self._shared = FixedWindowRateLimiter(storage)
                return bool(self._shared.hit(item, *about))
            except Exception:  # noqa: BLE001 - with Redis away, limits hold in this process
                self._shared = None
        return self._memory.hit(item, *about)


def limit(limit_text: str, *about: str) -> None:
    """Count one more of something for a caller. Raises TooMany."""
    from flask import current_app  # noqa: PLC0415

    limits: Limits = current_app.extensions["rapport_limits"]
    limits.check(limit_text, *about)


def network() -> str:
    """The caller's address (/24 or /64), believed through as many proxies as the settings say."""
    address = request.remote_addr or ""
    return ".".join(address.split(".")[:3]) if "." in address else ":".join(address.split(":")[:4])


def invalid_body(errors: dict[str, Any]) -> Invalid:
    """marshmallow's messages as sentences by field: dotted names, at most 20."""
    flat: dict[str, list[str]] = {}
    _flatten("", errors, flat)
    return Invalid(dict(list(flat.items())[:20]))


def _flatten(name: str, value: Any, into: dict[str, list[str]]) -> None:
    if isinstance(value, dict):
        for part, inner in value.items():
            clean = "" if part == "_schema" else str(part)[:60]
            _flatten(".".join(piece for piece in (name, clean) if piece), inner, into)
    elif isinstance(value, list):
        into.setdefault(name, []).extend(str(item) for item in value)
    else:
        into.setdefault(name, []).append(str(value))
