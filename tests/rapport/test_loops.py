"""When loops look: what is looked for seldom is looked for at once where the time jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rapport import loops
from shared.clock import SharedClock
from shared.service import Due
from tests.servers.waiting import wait_until
from tests.system import System


def test_whoever_moves_the_clock_does_not_wait_for_what_is_looked_for_seldom(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset, looks = [timedelta()], list[datetime]()
    monkeypatch.setattr(loops, "SELDOM", 3600.0)
    runtime = system.followup
    seldom = Due(name="test", count=lambda _connection, now: looks.append(now) or 0, run=lambda _room: 0, seldom=True)
    monkeypatch.setattr(runtime, "clock", SharedClock(lambda: offset[0]))
    monkeypatch.setattr(runtime, "service", replace(runtime.service, due=(seldom,)))
    running = loops.Loops([runtime], ["due"])
    running.start()
    try:
        wait_until(lambda: looks, 5, "it looks when it starts")
        offset[0] = timedelta(days=7)
        wait_until(lambda: len(looks) > 1, 5, "it looks again")
    finally:
        running.stop()
    assert [looks[1] - looks[0] > timedelta(days=6), len(looks)] == [True, 2]
