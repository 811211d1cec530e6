"""So many requests are worked on at once; who sends slowly keeps nobody waiting."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

from rapport.at_once import READ_AHEAD, AtOnce
from tests.servers.waiting import wait_until


def test_no_more_than_so_many_requests_are_worked_on_and_all_are_in_the_end() -> None:
    inside, most, done = 0, 0, 0
    lock, gate = threading.Lock(), threading.Event()

    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        nonlocal inside, most, done
        with lock:
            inside += 1
            most = max(most, inside)
        gate.wait(10)
        with lock:
            inside, done = inside - 1, done + 1
        return [b""]

    at_once = AtOnce(app, 3)
    threads = [threading.Thread(target=at_once, args=({}, None)) for _ in range(10)]
    for thread in threads:
        thread.start()
    wait_until(lambda: inside == 3, 10, "three are inside")
    gate.set()
    for thread in threads:
        thread.join(10)
    assert (most, done) == (3, 10)


def test_a_body_is_read_before_its_turn_and_a_large_one_in_it() -> None:
    class Slow(BytesIO):
        """Says whether somebody was at work while it was read."""

        busy: list[bool]

        def read(self, size: int | None = -1, /) -> bytes:
            self.busy.append(working)
            return super().read(size)

    working = False

    def app(environ: Any, _start_response: Any) -> list[bytes]:
        nonlocal working
        working = True
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        working = False
        return [body]

    found = []
    for size in (10, READ_AHEAD + 1, 0):
        body = Slow(b"x" * size)
        body.busy = []
        answered = b"".join(AtOnce(app, 1)({"CONTENT_LENGTH": str(size or ""), "wsgi.input": body}, None))
        found.append((len(answered), body.busy))
    assert found == [(10, [False]), (READ_AHEAD + 1, [True]), (0, [True])]
