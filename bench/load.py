"""Clients: threads that keep their connection. Closed loop (as fast as it is answered) and open loop (at fixed times,
whether or not the last call was answered, as people at a door come)."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Unexpected(AssertionError):
    """The server answered something else than the benchmark needs."""


class Client:
    """One kept connection."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = dict(headers)

    def send(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """(status, body) of the answer."""
        try:
            self._connection.request(method, path, body, self._headers)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()  # gunicorn ends idle connections
            self._connection.request(method, path, body, self._headers)
            answer = self._connection.getresponse()
        return answer.status, answer.read()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a good answer. Raises Unexpected."""
        status, answer = self.send(method, path, None if body is None else json.dumps(body).encode())
        if status >= 300:
            raise Unexpected(f"{method} {path}: {status} {answer[:300]!r}")
        return json.loads(answer)

    def everything(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page."""
        cursor = ""
        while True:
            page = self.call("GET", f"{path}?cursor={cursor}" if cursor else path)
            yield from page["items"]
            if not page["next"]:
                return
            cursor = page["next"]

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def in_threads(count: int, act: Callable[[int], None]) -> None:
    """`act(0)` to `act(count - 1)` at the same time. Raises what the first of them raised."""
    errors: list[Exception] = []

    def run(number: int) -> None:
        try:
            act(number)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def posted_a_second(clients: Sequence[Client], path: str, next_body: Callable[[], bytes], seconds: float) -> float:
    """201 answers a second to POSTs of ever new bodies, sent as fast as they are answered."""
    count, took = posted(clients, path, next_body, seconds)
    return count / took


def posted(clients: Sequence[Client], path: str, next_body: Callable[[], bytes], seconds: float) -> tuple[int, float]:
    """(201 answers, seconds until the last of them), for a while of at least so many seconds."""
    for client in clients:
        client.close()  # a connection that idled since the last round may be ended by the server at any moment
    counts = [0] * len(clients)
    began = time.perf_counter()

    def post(number: int) -> None:
        while time.perf_counter() - began < seconds:
            status, answer = clients[number].send("POST", path, next_body())
            if status != 201:
                raise Unexpected(f"POST {path}: {status} {answer[:300]!r}")
            counts[number] += 1

    in_threads(len(clients), post)
    return sum(counts), time.perf_counter() - began


@dataclass(frozen=True)
class Answered:
    """A call of the open loop: how late it left, when it was answered (time.monotonic), what came back."""

    late: float
    at: float
    took: float
    status: int


def at_rate(clients: Sequence[Client], calls: Sequence[str], rate: float) -> list[Answered]:
    """POST `{}` to these paths, `rate` a second, each at its time. Needs enough clients for those under way."""
    answers: list[Answered | None] = [None] * len(calls)
    numbers = iter(range(len(calls)))
    lock = threading.Lock()
    began = time.monotonic() + 0.1

    def run(client: int) -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            left = time.monotonic()
            status, _body = clients[client].send("POST", calls[number], b"{}")
            at = time.monotonic()
            answers[number] = Answered(left - due, at, at - left, status)

    in_threads(len(clients), run)
    return [answer for answer in answers if answer is not None]
