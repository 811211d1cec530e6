"""Proposals whose hold is over: both are free again and hear of it."""

from __future__ import annotations

from services.introductions import store
from services.introductions.handlers import telling
from shared.service import Room

BATCH = 50


def run(room: Room) -> int:
    """End up to 50 of them; how many."""
    with room.work() as work:
        found = store.over(work, BATCH)
        for introduction in found:
            expired, event = introduction.expire(work.now)
            telling.call_off(introduction, expired, event, work, telling.BOTH)
    return len(found)
