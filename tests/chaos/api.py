"""A client of the API that takes no answer for no answer: it asks again, with the same Idempotency-Key, until it has one."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

AGAIN = 0.1
PATIENCE = 90.0


@dataclass(frozen=True)
class Answer:
    """What came back, and how often it was asked for."""

    status: int
    body: Any
    tries: int

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class NeverAnswered(Exception):
    """The web did not come back in time."""


class Api:
    """One key at one installation. Made for one thread at a time."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._pause = threading.Event()

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", patience: float = PATIENCE) -> Answer:
        """Ask until there is an answer that is neither a broken connection, 5xx nor 429. Raises NeverAnswered."""
        deadline, tries = time.monotonic() + patience, 0
        while True:
            tries += 1
            answer = self._once(method, path, body, key, tries)
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise NeverAnswered(f"{method} {path}")
            self._pause.wait(AGAIN)

    def _once(self, method: str, path: str, body: Any, key: str, tries: int) -> Answer | None:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
            if response.status >= 500 or response.status == 429:
                return None
            return Answer(response.status, json.loads(content), tries)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def items(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        cursor = ""
        while True:
            answer = self.get(path + (f"?cursor={cursor}" if cursor else ""))
            if not answer.ok:
                return found
            found += answer.body["items"]
            if not answer.body["next"]:
                return found
            cursor = answer.body["next"]
