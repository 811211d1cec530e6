"""Plays the demo: builds its own world, lets the crowd live through a conference and the three months after it, and
says how far it is. Everything happens by the product's handlers at simulated times that end with the present."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from rapport.demo.crowd import Crowd, Unexpected
from rapport.demo.people import GROUPS, TOPICS, invent
from rapport.demo.place import PLAYED, SLUG, demo_settings
from rapport.demo.postman import Postman
from rapport.dispatch import router
from rapport.registry import SERVICES
from shared.access import DEFAULT_ACCOUNT, Access
from shared.clock import FixedClock
from shared.compute import Here
from shared.parts import Parts
from shared.runtime import BATCH, Runtime, build_all
from shared.settings import Settings

ZONE = "Europe/Berlin"
DAYS_AGO = 96
DAYS = 2
MINUTES_A_STEP = timedelta(minutes=9)
STEPS = 60
EXPLORED = 30
"""Per cent of second introductions that chance has a part in, so that the dashboard can tell what choosing brings."""
A_STEP, A_QUESTION = 4, 60
"""What a step of a day and a question weigh beside one registration, for the progress bar."""
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
        "topics": [f"{topic} | {GROUPS[topic]}" if topic in GROUPS else topic for topic in TOPICS],
        "policy": {
            "concern_contact": "Robin at the info desk (invented)",
            "mails_per_day": 50,
            "exploration_percent": EXPLORED,
        },
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
        self._woken: dict[str, threading.Event] = {}
        self._total = people + DAYS * STEPS * A_STEP + 3 * A_QUESTION

    def play(self) -> dict[str, Any]:
        """Live through it all; returns the outcomes. A world that was there before is replaced once this one is done."""
        place = self.settings.data
        fresh = place.with_name(place.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        outcomes = self._live_in(fresh)
        (fresh / PLAYED).write_text(json.dumps(outcomes, indent=1))
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
        return outcomes

    def _live_in(self, folder: Path) -> dict[str, Any]:
        settings = replace(self.settings, data=folder, api_rate=0)
        self.clock = FixedClock(self._local(-30, time(9, 0)))
        ids = Random(self._seed)  # behaviour is drawn by ids: random ones would make every play another one
        parts = Parts(clock=self.clock, compute=Here(), new_id=lambda: f"{ids.getrandbits(128):032x}")
        self.runtimes = build_all(list(SERVICES.values()), settings, parts)
        for runtime in self.runtimes:
            runtime.migrate()
            self._woken[runtime.service.name] = threading.Event()
            runtime.listen(self._woken[runtime.service.name])
        secret = self.runtimes[0].settings.secret_key
        self._key = Access(secret).issue_key(key_id="d" * 32, account=DEFAULT_ACCOUNT, conferences=None)
        self._clients = {runtime.service.name: runtime.web_app().test_client() for runtime in self.runtimes}
        self._route = router(SERVICES.values())
        self._postman = Postman(self.runtimes[0].settings)
        try:
            return self._story()
        finally:
            self._postman.close()
            for runtime in self.runtimes:
                runtime.close()

    def _story(self) -> dict[str, Any]:
        crowd = self._crowd = Crowd(self._call, self._press, SLUG, self._seed, self._people)
        self._call("POST", "/api/v1/conferences", json=conference(self._first))
        self._before(crowd)
        for day in range(DAYS):
            self._day(crowd, day)
        for day in range(DAYS):  # "stay in touch?" closes after 72 hours
            self._go_to(self._local(day + 3, time(20, 30)))
        for question, days in (("week", 7), ("month", 30), ("quarter", 91)):
            for later in range(DAYS):  # those who met on the second day are asked a day later
                self._go_to(self._local(days + later, time(10, 30)))
            crowd.question(question)
            self._step(f"Asking after a {question}", A_QUESTION)
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
        for step in range(1, STEPS + 1):
            crowd.live(doors + MINUTES_A_STEP * step, self.clock.set)
            if self._quiet():
                crowd.look()
            self._step(f"Day {day + 1} of the conference", A_STEP)
        crowd.live(self._local(day, time(20, 30)), self.clock.set)
        self._quiet()
        crowd.evening()
        self._quiet()

    def _local(self, days: float, at: time) -> datetime:
        moment = datetime.combine(self._first, at, ZoneInfo(ZONE)) + timedelta(days=days)
        return moment.astimezone(UTC)

    def _go_to(self, moment: datetime) -> None:
        """Let the time pass: whatever becomes due on the way happens within two days."""
        while self.clock.now() < moment:
            self.clock.set(min(moment, self.clock.now() + timedelta(days=2)))
            self._quiet()

    def _quiet(self) -> int:
        """Relay, handle, do what is due until nothing is left, as the loops would, and have the mails sent; returns how
        many events there were. Only who wrote something, or may have something due at this time, is asked."""
        events = 0
        for woken in self._woken.values():
            woken.set()
        while any(woken.is_set() for woken in self._woken.values()):
            told = sum(self._turn(runtime) for runtime in self.runtimes)
            events += told
            for runtime in self.runtimes if told else ():
                while runtime.intake_turn():
                    self._woken[runtime.service.name].set()
        self._crowd.take(self._postman.go(self.clock.now()))
        return events

    def _turn(self, runtime: Runtime) -> int:
        """What a service has to do after it was woken; how many events it told the others."""
        woken = self._woken[runtime.service.name]
        if not woken.is_set():
            return 0
        woken.clear()
        while runtime.due_turn():
            pass
        told = runtime.relay_turn()
        if told < BATCH:
            woken.clear()  # everything that was written just now has been seen to
        return told

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

    def _press(self, path: str, form: dict[str, str]) -> None:
        answer = self._clients[self._route(path)].post(path, data=form)
        if answer.status_code not in (303, 404, 409):  # over meanwhile, or too late
            raise Unexpected(f"{path.rpartition('/')[2]}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
