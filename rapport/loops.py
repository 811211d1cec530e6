"""Runs the turns of services in background threads: relay, intake of events, due work, mail. A loop never dies of an
error; it says so in the log and tries again later."""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from shared.bus.inbox import is_transient
from shared.runtime import Runtime

logger = logging.getLogger(__name__)
KINDS = ("relay", "intake", "due", "mail")
LOOK_AGAIN = 0.5
MANY = 20
"""Whoever did so much in a turn has more to do, and goes on after the shortest breath."""
UNHURRIED = 5
"""Times longer a breath of what nobody waits for."""
BREATH = {"relay": 0.05, "intake": 0.05, "due": 0.2}
"""Seconds between turns that had something to do: one plan for several arrivals costs as much as for one,
and one transaction for several events hardly more."""
SELDOM = 2.0
"""Seconds between two looks for what is looked for seldom, unless the last one found some."""
JUMP = 1.0
"""Seconds by which the time jumps rather than passes."""
LONGEST_PAUSE = 10.0
STUCK_SECONDS = 600.0
"""After which a turn is taken for one that hangs: fifty mails to a slow server last no longer."""
OLD_BYTES_EVERY, OLD_BYTES_AGAIN = 30.0, 5.0
"""Seconds after which what was deleted leaves the files, too; and when to try again where somebody was in the way."""


class Loops:
    """The threads of some services; start them once, stop them once."""

    def __init__(
        self,
        runtimes: Iterable[Runtime],
        kinds: Sequence[str] = KINDS,
        *,
        stuck_seconds: float = STUCK_SECONDS,
        seldom: float = SELDOM,
    ) -> None:
        self._stuck_seconds, self._seldom = stuck_seconds, seldom
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._wakers: list[threading.Event] = []
        self._turned: dict[str, float] = {}
        for runtime in runtimes:
            for kind in kinds:
                self._add(runtime, kind)
            if runtime.signals is not None:
                self._thread(f"{runtime.service.name}-signals", self._hear(runtime))

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 6.0) -> None:
        """Let every turn end, all of them together within `timeout` seconds."""
        self._stopped.set()
        for waker in self._wakers:
            waker.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))

    def stuck(self) -> list[str]:
        """Names of the loops whose present turn hangs."""
        late = time.monotonic() - self._stuck_seconds
        return [name for name, turned in self._turned.items() if turned < late]

    def wait(self) -> None:
        """Return when stopped."""
        self._stopped.wait()

    def _add(self, runtime: Runtime, kind: str) -> None:
        waker = threading.Event()
        self._wakers.append(waker)
        runtime.listen(waker, kind)
        turns: dict[str, Callable[[], int]] = {
            "relay": runtime.relay_turn,
            "intake": lambda: runtime.intake_turn(LOOK_AGAIN),
            "due": self._due(runtime),
            "mail": runtime.mail_turn,
        }
        waits = kind != "intake"  # the log waits by itself
        self._thread(f"{runtime.service.name}-{kind}", self._loop(runtime, kind, turns[kind], waker if waits else None))

    def _due(self, runtime: Runtime) -> Callable[[], int]:
        next_at, next_seldom = time.monotonic() + OLD_BYTES_EVERY, 0.0
        behind = math.inf

        def turn() -> int:
            nonlocal next_at, next_seldom, behind
            if abs(_behind(runtime) - behind) > JUMP:  # whoever moved the clock, or woke the machine up, waits for it
                behind, next_seldom = _behind(runtime), 0.0
            if time.monotonic() >= next_at:
                gone = runtime.database.drop_old_bytes()
                next_at = time.monotonic() + (OLD_BYTES_EVERY if gone else OLD_BYTES_AGAIN)
            now = time.monotonic()
            done = runtime.due_turn(seldom=False)
            if now >= next_seldom:
                found = runtime.due_turn(seldom=True)
                next_seldom = now if found else now + self._seldom
                done += found
            return done

        return turn

    def _hear(self, runtime: Runtime) -> Callable[[], None]:
        def run() -> None:
            if runtime.signals is not None:
                runtime.signals.listen(runtime.service.name, runtime.owner, runtime.hear, self._stopped)

        return run

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=target, name=name, daemon=True))

    def _loop(
        self, runtime: Runtime, kind: str, turn: Callable[[], int], waker: threading.Event | None
    ) -> Callable[[], None]:
        def run() -> None:
            failures, name = 0, f"{runtime.service.name}-{kind}"
            while not self._stopped.is_set():
                self._turned[name] = time.monotonic()
                if waker is not None:
                    waker.clear()
                try:
                    done = turn()
                    failures = 0
                except Exception as error:  # noqa: BLE001 - a loop must outlive whatever happens in one turn
                    failures += 1
                    self._complain(runtime, kind, error, failures)
                    continue
                if done and kind in BREATH:
                    self._stopped.wait(_breath(runtime, kind, done))
                elif not done and waker is not None:
                    waker.wait(LOOK_AGAIN)

        return run

    def _complain(self, runtime: Runtime, kind: str, error: Exception, failures: int) -> None:
        fields = {"service": runtime.service.name, "loop": kind, "error": type(error).__name__, "failures": failures}
        if is_transient(error):
            logger.warning("a part we need does not answer, trying again", extra=fields)
        else:
            logger.error("a turn failed, trying again", extra=fields, exc_info=True)
        pause = min(LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10))
        self._stopped.wait(pause * random.uniform(0.5, 1.0))


def _behind(runtime: Runtime) -> float:
    """By how many seconds the clock that only counts is behind the one that tells the time; a constant, but for jumps."""
    return runtime.now().timestamp() - time.monotonic()


def _breath(runtime: Runtime, kind: str, done: int) -> float:
    if done >= MANY:
        return min(BREATH.values())
    return BREATH[kind] * (UNHURRIED if kind in runtime.service.unhurried else 1)
