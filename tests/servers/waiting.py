"""Waiting for a condition with a deadline, the only waiting that tests do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TookTooLong(AssertionError):
    """The condition did not come true before the deadline; the message says which."""


def wait_until(condition: Callable[[], T], seconds: float = 10.0, what: str = "", every: float = 0.02) -> T:
    """Ask again until `condition()` is true and return what it returned; `TookTooLong` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TookTooLong(f"not within {seconds:g} s: {what or getattr(condition, '__name__', condition)}")
        time.sleep(every)
