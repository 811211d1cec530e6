"""A room full of phones in a process of its own: `python -m bench.phones PLAN OUT`. Everybody's My day looks again as often
as the last answer said; people are checked in, answer and leave at fixed rates, whether or not the last call was answered.

Times count from when a phone wanted to ask, not from when a connection was free. OUT gets what came of each call and how much
processor this process took.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

from bench import sink
from bench.connections import Pool, Reply, get, post

CONNECTIONS = 48
LONGEST = 15.0
"""Seconds between two looks of a page that has nothing near."""
LOOK_UP = 0.02
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DECLINES = 0.3
"""Of those who answer."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to happen: paths of pages, check-ins and leaves in their order, rates a second, for how long."""

    introductions: int
    """The port that answers pages and answers; `registration` check-ins and leaves."""
    registration: int
    pages: list[str]
    seconds: float
    warm: float = 0
    """Seconds before, in which everybody only looks, and nothing is noted."""
    key: str = ""
    check_ins: list[str] = field(default_factory=list)
    check_in_rate: float = 0
    mails: str = ""
    """The sink's file, from which people read what to answer."""
    answer_rate: float = 0
    leaves: list[str] = field(default_factory=list)
    leave_rate: float = 0
    seed: int = 1


@dataclass(slots=True)
class Call:
    """One call: what it was and about whom, when it was wanted (time.monotonic), how long it took, what came back."""

    kind: str
    about: str
    wanted: float
    took: float
    status: int


class Room:
    """All of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._chance = plan, Random(plan.seed)
        self._pages = Pool(plan.introductions, CONNECTIONS)
        self._door = Pool(plan.registration, CONNECTIONS // 3)
        self._etags: dict[str, bytes] = {}
        self._opens = time.monotonic()
        self._began = self._opens + plan.warm
        self._ends = self._began + plan.seconds
        self.calls: list[Call] = []
        self.lag = 0.0
        """By how much this process itself was behind, at worst."""

    async def live(self) -> None:
        """For the length of the plan; what is under way at its end is waited for."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look())
            plan = self._plan
            if plan.check_in_rate:
                group.create_task(self._at_rate("check-in", plan.check_ins, plan.check_in_rate, under_way))
            if plan.leave_rate:
                group.create_task(self._at_rate("leave", plan.leaves, plan.leave_rate, under_way))
            if plan.answer_rate:
                group.create_task(self._answer(under_way))
        if under_way:
            await asyncio.wait(under_way)
        self._pages.close()
        self._door.close()

    async def _look(self) -> None:
        """Every page at its time; first looks are spread over the longest time between two."""
        due: list[tuple[float, str]] = []
        for page in self._plan.pages:
            heappush(due, (self._opens + self._chance.random() * LONGEST, page))
        under_way: set[asyncio.Task[None]] = set()
        while due and due[0][0] < self._ends:
            wanted, page = heappop(due)
            pause = wanted - time.monotonic()
            if pause > 0:  # somebody else may want to look before her
                heappush(due, (wanted, page))
                await asyncio.sleep(min(pause, LOOK_UP))
                continue
            if wanted >= self._began:
                self.lag = max(self.lag, time.monotonic() - wanted)
            task = asyncio.create_task(self._look_at(page, wanted, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            if len(under_way) % 20 == 19:
                await asyncio.sleep(0)
            while not due and under_way:
                await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        if under_way:
            await asyncio.wait(under_way)

    async def _look_at(self, page: str, wanted: float, due: list[tuple[float, str]]) -> None:
        reply = await _asked(self._pages, get(page, self._etags.get(page, b"")))
        if wanted >= self._began:
            self.calls.append(Call("page", page, wanted, time.monotonic() - wanted, reply.status))
        self._etags[page] = reply.header(b"etag") or self._etags.get(page, b"")
        every = int(reply.header(b"x-every") or b"15")
        heappush(due, (max(time.monotonic(), wanted + every), page))

    async def _at_rate(self, kind: str, paths: list[str], rate: float, under_way: set[asyncio.Task[None]]) -> None:
        for number, path in enumerate(paths):
            wanted = self._began + number / rate
            if wanted >= self._ends:
                return
            await asyncio.sleep(max(0.0, wanted - time.monotonic()))
            request = post(path, b"{}", JSON, self._plan.key)
            task = asyncio.create_task(self._call(kind, path, wanted, self._door, request))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    async def _answer(self, under_way: set[asyncio.Task[None]]) -> None:
        """People answer what they were mailed, the oldest first; who was not asked, says nothing."""
        number, asked, seen, rest = 0, dict[str, str](), set[str](), ""
        with Path(self._plan.mails).open() as file:
            while time.monotonic() < self._ends:
                wanted = self._began + number / self._plan.answer_rate
                await asyncio.sleep(max(0.0, wanted - time.monotonic()))
                number += 1
                whole, cut, rest = (rest + file.read()).rpartition("\n")
                for mail in sink.read((whole + cut).splitlines(keepends=True)):
                    if mail.invites and mail.token != "-" and mail.token not in seen:
                        asked[mail.token] = mail.introduction
                        seen.add(mail.token)
                if not asked:
                    continue
                token = next(iter(asked))
                introduction = asked.pop(token)
                said = "decline" if self._chance.random() < DECLINES else "accept"
                request = post(f"/i/{token}", f"answer={said}".encode(), FORM)
                task = asyncio.create_task(self._call(said, introduction, wanted, self._pages, request))
                under_way.add(task)
                task.add_done_callback(under_way.discard)

    async def _call(self, kind: str, about: str, wanted: float, pool: Pool, request: bytes) -> None:
        reply = await _asked(pool, request)
        self.calls.append(Call(kind, about, wanted, time.monotonic() - wanted, reply.status))

    def told(self) -> dict[str, Any]:
        """What came of it."""
        return {
            "calls": [list(asdict(call).values()) for call in self.calls],
            "cpu": time.process_time(),
            "lag": self.lag,
            "again": self._pages.again + self._door.again,
        }


async def _asked(pool: Pool, request: bytes) -> Reply:
    """The answer; status 0 where there was none."""
    try:
        return await pool.ask(request)
    except OSError:
        return Reply(0, b"", b"")


def main(plan: Path, out: Path) -> None:
    """Run a plan."""
    room = Room(Plan(**json.loads(plan.read_text())))
    gc.disable()  # a collection of a hundred thousand calls would look like a slow server
    asyncio.run(room.live())
    out.write_text(json.dumps(room.told()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
