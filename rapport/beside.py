"""The second process of `rapport up`: it does what is due, makes mails and sends them, so that neither a page nor an event
waits for a plan or a mail. It is `rapport work all --only due,mail`, with a pipe each way for wake-up calls.

A call is a line, service and kind of work. Nothing is lost without it: everybody looks again within half a second. What the
second one marks as changed is a line, too, `marks` and names (`shared.marks`); where one may be lost, all marks are new. When
the first process is gone, however it went, the second one finds its pipe closed and ends; when the second one dies, the
first starts another.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO

from rapport import CALLED_AGAIN, environment
from shared.marks import EVERYTHING, TellingMarks
from shared.runtime import Runtime

logger = logging.getLogger(__name__)
MARKS = "marks"
HERE, BESIDE = ("relay", "intake"), ("due", "mail")
"""The kinds of work of the first process and of the second."""
PAUSE, LONGEST_PAUSE = 1.0, 30.0
HUNG_SECONDS = 60.0
"""It says every ten seconds that it goes on. One that is silent for longer is killed."""
SERIOUS = 3
"""Failures in a row from which on somebody should look."""
COMMAND = (*CALLED_AGAIN, "work", "all", "--only", ",".join(BESIDE), "--beside")


class Bell:
    """Wakes a loop of the other process."""

    def __init__(self, ring: Callable[[bytes], object], service: str, kind: str) -> None:
        self._ring, self._call = ring, f"{service} {kind}\n".encode()

    def set(self) -> None:
        """Ring."""
        self._ring(self._call)


class Beside:
    """The second process as the first one has it: started, heard, started again when it died, ended."""

    def __init__(
        self, runtimes: Sequence[Runtime], command: Sequence[str] = COMMAND, *, hung_seconds: float = HUNG_SECONDS
    ) -> None:
        self._runtimes, self._command, self._hung_seconds = runtimes, command, hung_seconds
        self._heard_at = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._threads = [
            threading.Thread(target=act, name="beside", daemon=True) for act in (self._keep, self._kill_when_hung)
        ]
        hang_bells(runtimes, BESIDE, self._ring)

    def start(self) -> None:
        """Start it, and keep it going from now on."""
        for thread in self._threads:
            thread.start()

    def hang_up(self) -> None:
        """Tell it to end its turns; it is not waited for."""
        self._stopped.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()

    def wait(self, timeout: float) -> None:
        """Return when it has ended; it is killed when it has not within `timeout` seconds."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
            return
        self._process.kill()

    def _keep(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            began = time.monotonic()
            code = self._lived()
            if self._stopped.is_set():
                return
            failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
            logger.log(
                logging.WARNING if failures < SERIOUS else logging.ERROR,
                "the process that sends mails is not there, starting it again",
                extra={"code": code, "failures": failures},
            )
            self._stopped.wait(min(LONGEST_PAUSE, PAUSE * 2 ** min(failures - 1, 10)))

    def _kill_when_hung(self) -> None:
        while not self._stopped.wait(self._hung_seconds / 6):
            process = self._process
            silent = time.monotonic() - self._heard_at > self._hung_seconds
            if silent and process is not None and process.poll() is None:
                logger.error("the process that sends mails hangs, killing it")
                process.kill()

    def _noted(self, calls: IO[bytes]) -> Iterator[bytes]:
        for call in calls:
            self._heard_at = time.monotonic()
            yield call

    def _lived(self) -> int | None:
        """Start it and hear it until it ends: how it did. None when it did not even start, or is not to."""
        try:
            process = self._started()
        except OSError:  # no memory or no descriptors left, for now
            return None
        if process is None:
            return None
        assert process.stdout is not None
        with process.stdout as calls:
            hear(self._noted(calls), self._runtimes)
        _mark(self._runtimes, (EVERYTHING,))  # it may have written something and died before it said so
        return process.wait()

    def _started(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopped.is_set():
                return None
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
            self._heard_at = time.monotonic()
            return self._process

    def _ring(self, call: bytes) -> None:
        with self._lock:  # nobody closes the pipe meanwhile: its number may be another file's right after
            process = self._process
            if process is not None and process.stdin is not None and not process.stdin.closed:
                with suppress(OSError):  # it is gone, or has calls enough to hear
                    os.write(process.stdin.fileno(), call)


def answer(runtimes: Sequence[Runtime], ended: threading.Event) -> Callable[[], None]:
    """In the second process: hear the first one, wake it for what is its work, and end with it. What comes back says to
    the first one that this one goes on."""
    calls, other = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # what anybody prints is no call
    os.set_blocking(other, False)

    def ring(call: bytes) -> bool:
        try:
            return os.write(other, call) == len(call)
        except OSError:
            return False

    marks = TellingMarks(lambda names: ring(f"{MARKS} {names}\n".encode()))
    for runtime in runtimes:
        runtime.marks = runtime.signals or marks

    def beat() -> None:
        marks.mark((), "")  # what was lost, if anything
        ring(b"\n")

    def listen() -> None:
        with open(calls, "rb") as stream:
            hear(stream, runtimes)
        ended.set()

    hang_bells(runtimes, HERE, ring)
    threading.Thread(target=listen, name="beside", daemon=True).start()
    return beat


def hang_bells(runtimes: Iterable[Runtime], kinds: Iterable[str], ring: Callable[[bytes], object]) -> None:
    """Whoever writes something for these kinds of work rings."""
    for runtime in runtimes:
        for kind in kinds:
            runtime.listen(Bell(ring, runtime.service.name, kind), kind)


def hear(stream: Iterable[bytes], runtimes: Sequence[Runtime]) -> None:
    """Wake whom the calls are for and note what was marked, until the other end is closed."""
    known = {runtime.service.name: runtime for runtime in runtimes}
    for line in stream:
        service, _, what = line.decode("ascii", "replace").strip().partition(" ")
        if service in known:
            known[service].hear(what)
        elif service == MARKS:
            _mark(runtimes, what.split())


def _mark(runtimes: Sequence[Runtime], names: Sequence[str]) -> None:
    marks = runtimes[0].marks
    if marks is not None and runtimes[0].signals is None:
        marks.mark(names, runtimes[0].new_id())
