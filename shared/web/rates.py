"""How often a caller may do something, counted in Redis where there is one, else (or while it is away) in this process.

It holds no rule: the views and the base say how often, for whom. Whom it counts, it keeps and logs as a keyed hash only:
neither a network nor an address can be found out from it.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded

from shared.errors import TooMany
from shared.settings import Settings

MEMORY = "memory://"


class Rates:
    """The limits of one app. A limit is a text such as "50/second"."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        options: dict[str, str | int | float] = {}
        if settings.redis_url:
            options = {"socket_timeout": 1.0, "socket_connect_timeout": 0.5}
        self._limiter = Limiter(
            network,
            app=app,
            storage_uri=settings.redis_url or MEMORY,
            storage_options=options,  # type: ignore[arg-type]
            in_memory_fallback_enabled=bool(settings.redis_url),
            key_prefix=f"rapport:{settings.root}",
        )
        _only_where_asked(app, self._limiter)
        self._secret = settings.secret_key.encode()
        self._gates: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()

    def count(self, limit: str, about: str) -> None:
        """Count one more of something. Raises TooMany when that was more than the limit."""
        g.counted = hmac.new(self._secret, about.encode(), hashlib.sha256).hexdigest()[:32]
        try:
            self._gate(limit)()
        except RateLimitExceeded as exceeded:
            raise TooMany(retry_after=exceeded.limit.limit.get_expiry()) from None

    def _gate(self, limit: str) -> Callable[[], None]:
        with self._lock:
            if limit not in self._gates:

                def gate() -> None:
                    """Nothing but a place to count at."""

                gate.__qualname__ = f"gate {limit}"
                counted = self._limiter.shared_limit(limit, scope=limit, key_func=lambda: str(g.counted))
                self._gates[limit] = counted(gate)
            return self._gates[limit]


def _only_where_asked(app: Flask, limiter: Limiter) -> None:
    """No look at every request: all limits are counted by `limit`, and phones look again hundreds of times a second."""
    hooks = app.before_request_funcs[None]
    app.before_request_funcs[None] = [hook for hook in hooks if getattr(hook, "__self__", None) is not limiter]


def limit(text: str, *about: str) -> None:
    """Count one more of something (`about`: what, who) for a caller. Raises TooMany."""
    rates: Rates = current_app.extensions["rapport_rates"]
    rates.count(text, "|".join(about))


def network() -> str:
    """The caller's network (/24 or /64), believed through as many proxies as the settings say."""
    address = request.remote_addr or "unknown"
    return ".".join(address.split(".")[:3]) if "." in address else ":".join(address.split(":")[:4])
