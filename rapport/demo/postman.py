"""Sends the demo's mails in a process of its own, while the story waits: whether somebody is told that a meeting is off depends
on whether she was told of it before, so mails that leave when they can would make every play another one."""

from __future__ import annotations

import logging
import multiprocessing
from datetime import datetime
from multiprocessing.connection import Connection

from rapport.demo.letters import LetterTransport, Told
from shared.clock import FixedClock
from shared.compute import Here
from shared.settings import Settings

PATIENCE = 60.0


class Postman:
    """The process, from the story's side."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_deliver, args=(settings, theirs), daemon=True, name="postman")
        self._process.start()
        theirs.close()

    def go(self, now: datetime) -> list[Told]:
        """Have the mails sent that are due at `now`; once they are out, what they tell of meetings. Raises EOFError when the
        process is gone."""
        self._ours.send(now)
        if not self._ours.poll(PATIENCE):
            raise TimeoutError
        told: list[Told] = self._ours.recv()
        return told

    def close(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.terminate()


def _deliver(settings: Settings, story: Connection) -> None:
    """The process itself: sends what is due at each moment that it is told, until nobody tells any more."""
    from rapport.registry import SERVICES
    from shared.bus.memory_log import MemoryLog
    from shared.parts import TOPICS, Parts
    from shared.runtime import build_all

    logging.getLogger().setLevel(logging.ERROR)
    clock: FixedClock | None = None
    try:
        while True:
            now: datetime = story.recv()
            if clock is None:
                clock = FixedClock(now)
                letters = LetterTransport(settings.data / "outbox", settings.mail_from, now=clock.now)
                log = MemoryLog(TOPICS, now=clock.now)
                parts = Parts(log=log, clock=clock, transport=letters, compute=Here())
                runtimes = build_all(list(SERVICES.values()), settings, parts)
            clock.set(now)
            while sum(runtime.mail_turn() for runtime in runtimes):
                pass
            story.send(letters.taken())
    except (EOFError, OSError):
        return  # the story is over
