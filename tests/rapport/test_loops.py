"""When loops look: what is looked for seldom is looked for at once where the time jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rapport.loops import Loops
from services.followup.service import SERVICE
from shared.clock import SharedClock
from shared.parts import Parts
from shared.runtime import build
from shared.service import Due
from shared.settings import Settings
from tests.servers.waiting import wait_until
from tests.system import SECRET, prepare


def test_whoever_moves_the_clock_does_not_wait_for_what_is_looked_for_seldom(tmp_path: Path) -> None:
    offset, looks = [timedelta()], list[datetime]()
    seldom = Due(name="test", count=lambda _connection, now: looks.append(now) or 0, run=lambda _room: 0, seldom=True)
    settings = Settings(data=tmp_path, secret_key=SECRET, bus="memory", durable=False)
    runtime = build(replace(SERVICE, due=(seldom,)), settings, Parts(clock=SharedClock(lambda: offset[0])))
    prepare(runtime)
    running = Loops([runtime], ["due"], seldom=3600)
    running.start()
    try:
        wait_until(lambda: looks, 5, "it looks when it starts")
        offset[0] = timedelta(days=7)
        wait_until(lambda: len(looks) > 1, 5, "it looks again")
    finally:
        running.stop()
        runtime.close()
    assert [looks[1] - looks[0] > timedelta(days=6), len(looks)] == [True, 2]
