"""Plays the demo: builds its own world, lets the crowd live through a conference and the three months after it, and
says how far it is. Everything happens by the product's handlers at simulated times that end with the present."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from rapport import SERVICES
from rapport.demo.crowd import Crowd, Unexpected
from rapport.demo.people import TOPICS, invent
from rapport.dispatch import router
from rapport.world import demo_settings
from shared.access import DEFAULT_ACCOUNT, Access
from shared.clock import FixedClock
from shared.compute import Here
from shared.runtime import Parts, build_all
from shared.settings import Settings

SLUG = "harbour-conf"
ZONE = "Europe/Berlin"
DAYS_AGO = 96
MINUTES_A_STEP = 6
Progress = Callable[[str, int, int], None]
"""progress(what, done, total)"""


def conference(first: date) -> dict[str, Any]:
    """The invented conference: two days with three blocks each."""
    blocks = [
        {"start": "10:30", "end": "11:30"},
        {"start": "12:30", "end": "14:00"},
        {"start": "15:30", "end": "16:30"},
    ]
    return {
        "slug": SLUG,
        "name": f"Harbour Conf {first.year}",
        "timezone": ZONE,
        "days": [{"date": (first + timedelta(days=n)).isoformat(), "blocks": blocks} for n in range(2)],
        "slot_minutes": 15,
        "change_minutes": 5,
        "meeting_points": [
            {"name": "Winter garden", "landmark": "under the big fig tree", "tables": 12},
            {"name": "Gallery", "landmark": "behind the blue piano", "tables": 10},
        ],
        "topics": list(TOPICS),
        "policy": {"concern_contact": "Robin at the info desk (invented)"},
    }


class Demo:
    """One run of the demo."""

    def __init__(
        self, settings: Settings, *, people: int = 300, seed: int = 7, progress: Progress, end: datetime
    ) -> None:
        self.settings = demo_settings(settings)
        self._progress, self._seed, self._end = progress, seed, end
        self._first = (end - timedelta(days=DAYS_AGO)).astimezone(ZoneInfo(ZONE)).date()
        self._people = invent(people, Random(seed))
        self._done = 0
        self._total = people + 2 * 90 + 6

    def play(self) -> dict[str, Any]:
        """Live through it all; returns the outcomes. A world that was there before is replaced once this one is done."""
        place = self.settings.data
        fresh = place.with_name(place.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        outcomes = self._live_in(fresh)
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
        return outcomes

    def _live_in(self, folder: Path) -> dict[str, Any]:
        from dataclasses import replace

        settings = replace(self.settings, data=folder, api_rate=1_000_000)
        self.clock = FixedClock(self._local(-30, time(9, 0)))
        self.runtimes = build_all(list(SERVICES.values()), settings, Parts(clock=self.clock, compute=Here()))
        for runtime in self.runtimes:
            runtime.migrate()
        secret = self.runtimes[0].settings.secret_key
        self._key = Access(secret).issue_key(key_id="d" * 32, account=DEFAULT_ACCOUNT, conferences=None)
        self._clients = {runtime.service.name: runtime.web_app().test_client() for runtime in self.runtimes}
        self._route = router(SERVICES.values())
        try:
            return self._story()
        finally:
            for runtime in self.runtimes:
                runtime.close()

    def _story(self) -> dict[str, Any]:
        crowd = Crowd(self._call, SLUG, self._seed, self._people)
        self._call("POST", "/api/v1/conferences", json=conference(self._first))
        self._before(crowd)
        for day in range(2):
            self._day(crowd, day)
        for question, days in (("week", 7), ("month", 30), ("quarter", 91)):
            for later in range(2):  # those who met on the second day are asked a day later
                self._go_to(self._local(days + later, time(10, 30)))
            crowd.question(question)
            self._step(f"Asking after a {question}", 2)
            self._quiet()
        self._go_to(self._end)
        return dict(self._call("GET", f"/api/v1/conferences/{SLUG}/outcomes"))

    def _before(self, crowd: Crowd) -> None:
        for number, person in enumerate(self._people):
            self.clock.set(self._local(-29 + 28 * number / len(self._people), time(12, 0)))
            crowd.register(person)
            if number % 50 == 49:
                self._quiet()
            self._step("People register", 1)
        self._quiet()

    def _day(self, crowd: Crowd, day: int) -> None:
        doors = self._local(day, time(8, 30))
        self._go_to(doors)
        crowd.plan_arrivals(day, doors)
        for step in range(90):
            now = doors + timedelta(minutes=MINUTES_A_STEP * step)
            self.clock.set(now)
            crowd.live(now)
            self._quiet()
            crowd.look(now)
            self._step(f"Day {day + 1} of the conference", 1)
        self._go_to(self._local(day, time(20, 30)))
        crowd.live(self.clock.now())
        crowd.evening()
        self._quiet()

    def _local(self, days: float, at: time) -> datetime:
        moment = datetime.combine(self._first, at, ZoneInfo(ZONE)) + timedelta(days=days)
        return moment.astimezone(UTC)

    def _go_to(self, moment: datetime) -> None:
        """Let the time pass as it would: whatever becomes due on the way happens on its day."""
        while self.clock.now() < moment:
            self.clock.set(min(moment, self.clock.now() + timedelta(hours=12)))
            self._quiet()

    def _quiet(self) -> None:
        while sum(runtime.turn() for runtime in self.runtimes):
            pass

    def _step(self, what: str, steps: int) -> None:
        self._done += steps
        self._progress(what, min(self._done, self._total), self._total)

    def _call(self, method: str, path: str, *, json: Any = None, late: bool = False) -> Any:
        client = self._clients[self._route(path.split("?")[0])]
        answer = client.open(path, method=method, json=json, headers={"Authorization": f"Bearer {self._key}"})
        if answer.status_code >= 400 and not (late and answer.status_code == 409):
            raise Unexpected(
                f"{method} {path.split('?')[0]}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
            )
        return answer.get_json()


class ProgressFile:
    """How far the demo is, for the page that waits for it: a small file that is replaced at every step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def __call__(self, what: str, done: int, total: int) -> None:
        self.write({"what": what, "done": done, "total": total})

    def write(self, state: dict[str, Any]) -> None:
        """Replace the file."""
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps({**state, "pid": os.getpid()}))
        draft.replace(self.path)

    def read(self) -> dict[str, Any] | None:
        """The state, or None when there is none."""
        try:
            state: dict[str, Any] = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return None
        return state
