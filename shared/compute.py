"""Where pure functions are computed: here, or in a child process that keeps web threads responsive."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from shared.errors import Retryable


class Compute(Protocol):
    """A place for computing."""

    def __call__(self, function: Callable[[Any], Any], argument: Any) -> Any:
        """`function(argument)`."""

    def close(self) -> None:
        """End it."""


class Here:
    """In this thread: for tests, simulations and workers."""

    def __call__(self, function: Callable[[Any], Any], argument: Any) -> Any:
        return function(argument)

    def close(self) -> None:
        """Nothing to end."""


class ChildDied(Retryable):
    """The computing process died; a new one is started for the next call."""


class Child:
    """In one child process, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, function: Callable[[Any], Any], argument: Any) -> Any:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
            pool = self._pool
        try:
            return pool.submit(function, argument).result()
        except BrokenProcessPool:
            with self._lock:
                self._pool = None
            raise ChildDied from None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None
