"""Which service answers which path, from the patterns that each service declares: for the embedded dispatcher, the
reverse proxy's configuration and the tests. It never looks into a request beyond its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.service import Service

WSGIApp = Callable[[Any, Any], Iterable[bytes]]


def expression(pattern: str) -> str:
    """A pattern such as `/c/<slug>` as a regular expression for paths that start with it, segment by segment."""
    if pattern == "/":
        return "^/$"
    segments = [re.sub(r"^<\w+>$", "[^/]+", segment) for segment in pattern.strip("/").split("/")]
    return "^/" + "/".join(part if part == "[^/]+" else re.escape(part) for part in segments) + "(/|\\.|$)"


def rules(services: Iterable[Service]) -> list[tuple[str, str]]:
    """(regular expression, service name), the most specific first."""
    pairs = [(pattern, service.name) for service in services for pattern in service.patterns]
    pairs.sort(key=lambda pair: (-pair[0].count("/"), pair[0].count("<"), pair[0]))
    return [(expression(pattern), name) for pattern, name in pairs]


def router(services: Iterable[Service], default: str = "registration") -> Callable[[str], str]:
    """A function from a path to the name of the service that answers it."""
    compiled = [(re.compile(text), name) for text, name in rules(services)]

    def route(path: str) -> str:
        return next((name for text, name in compiled if text.match(path)), default)

    return route


class Dispatcher:
    """The apps of several services as one WSGI application, mounted under `root` (such as /demo)."""

    def __init__(self, services: Iterable[Service], apps: Mapping[str, WSGIApp], extra: Mapping[str, WSGIApp]) -> None:
        self._route = router(services)
        self._apps = apps
        self._extra = extra
        """Applications of the process itself by their first path segment, such as /outbox."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "") or "/"
        first = "/" + path.split("/")[1]
        app = self._extra.get(first)
        return (app or self._apps[self._route(path)])(environ, start_response)


def mounted(app: WSGIApp, root: str) -> WSGIApp:
    """`app` with `root` moved from the path to the script name."""

    def call(environ: Any, start_response: Any) -> Iterable[bytes]:
        inner = {
            **environ,
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + root,
            "PATH_INFO": environ["PATH_INFO"][len(root) :] or "/",
        }
        return app(inner, start_response)

    return call
