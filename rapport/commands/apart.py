"""A solver in a process of its own, so that Ctrl-C and a time limit end it at once: HiGHS asks nobody whether to go on.
Small programs are solved here, faster than a process starts. Where it is solved changes no answer."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType

from services.introductions.planner.highs import Answer, Program, solve

SMALL = 15_000
"""Entries of a program's rows that are solved within a tenth of a second or two."""
LOOK = 0.1
"""Seconds between two looks at whether to go on."""
NOTHING = Answer(x=None, prices=None, complete=False)


class Apart:
    """A solver (`engine.climb.Solve`): None once `go_on` says no. `waiting` is called again and again meanwhile."""

    def __init__(self, go_on: Callable[[], bool], waiting: Callable[[], None]) -> None:
        self.go_on, self.waiting = go_on, waiting
        self.process: BaseProcess | None = None
        self.memory = 0
        """KiB that the process had at most, its imports included; known once it has ended."""

    def __enter__(self) -> Apart:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self._end()

    def __call__(self, program: Program) -> Answer | None:
        if not self.go_on():
            return None
        if program.rows.nnz <= SMALL:
            return solve(program)
        if self.process is None:
            self._begin()
        try:
            self.line.send(program)
            while not self.line.poll(LOOK):
                self.waiting()
                if not self.go_on():
                    return None
            answer: Answer = self.line.recv()
        except (EOFError, OSError):  # it died: of too little memory, most likely
            return NOTHING
        return answer

    def _begin(self) -> None:
        """A process that Ctrl-C does not reach: at a terminal it goes to everybody, and a process keeps what is blocked
        when it starts."""
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_answer, args=(theirs,), daemon=True)
        resource_tracker.ensure_running()  # or it would lift the block below by starting
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def _end(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.join()
        self.process.close()
        self.line.close()
        self.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _answer(line: Connection) -> None:
    """Program after program until it is killed."""
    while True:
        try:
            program: Program = line.recv()
        except EOFError:
            return
        line.send(solve(program))
