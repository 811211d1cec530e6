"""How many requests a process works on at once: few, however many wait. It knows nothing of what they ask for.

Threads of one interpreter take turns. Each of ours stops at every statement of a database and then waits for its next turn,
so with sixteen at work everybody, also who holds a lock, waits for fifteen others twenty times: a process that answers 330
looks a second with six came to a standstill with sixteen. Whoever sends slowly is not waited for in here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from rapport.dispatch import WSGIApp

NEAR, APART = 4, 12
"""With databases that are files, and with a server of them, for whose answers threads wait without being in anybody's way."""
READ_AHEAD = 64 * 1024
"""Bytes of a body that are there before its request is worked on; who sends more is let in as she is."""


class AtOnce:
    """An application that works on so many requests at once; the others wait for their turn."""

    def __init__(self, app: WSGIApp, most: int) -> None:
        self._app, self._turns = app, threading.BoundedSemaphore(most)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        _read_ahead(environ)
        with self._turns:
            return self._app(environ, start_response)


def _read_ahead(environ: Any) -> None:
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdigit() and 0 < int(length) <= READ_AHEAD:
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
