"""What clients do: one conference after the other, each with people who register, change, arrive, answer and withdraw.

Everything acknowledged is written down before the next call. A client works on one conference at a time, so that for every
person and introduction there is one order of what was acknowledged.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.api import Answer, Api, NeverAnswered
from tests.chaos.record import TAKES, Record
from tests.servers.waiting import TookTooLong, wait_until

CONSENTS = {"introductions": True, "follow_up": True, "statistics": True, "next_year": False}
TOPICS = ["Grant writing", "Testing"]
MORNING = 8
PATIENCE = 30.0


@dataclass
class Person:
    """Somebody at a conference: her number is in her address and, with a version, in her name."""

    number: int
    role: str
    id: str = ""
    version: int = 1
    checked_in: bool = False
    withdrawn: bool = False

    @property
    def email(self) -> str:
        return f"p{self.number}@example.org"

    @property
    def name(self) -> str:
        return f"P{self.number}v{self.version} Chaos"

    @property
    def goal(self) -> str:
        return f"Goal {self.version} of {self.number}"


def morning_zone(now: datetime) -> tuple[str, str]:
    """(a zone without summer time in which it is about eight in the morning, the date there)."""
    hours = MORNING - now.hour
    hours = hours + 24 if hours < -12 else hours
    zone = "Etc/GMT" + (f"{-hours:+d}" if hours else "")
    return zone, f"{now + timedelta(hours=hours):%Y-%m-%d}"


class Client:
    """Plays at one conference. `chance` makes its choices."""

    def __init__(self, api: Api, record: Record, chance: random.Random, slug: str, numbers: Iterator[int]) -> None:
        self.api, self._record, self._chance, self.slug = api, record, chance, slug
        self._numbers, self._calls = numbers, itertools.count(1)
        self.zone = "UTC"
        self.people: list[Person] = []
        self._answered: set[tuple[str, str]] = set()
        self._slots: list[str] = []

    @property
    def path(self) -> str:
        return f"/api/v1/conferences/{self.slug}"

    def open(self) -> None:
        """Create the conference, for today."""
        self.zone, day = morning_zone(datetime.now(UTC))
        body = {
            "slug": self.slug,
            "name": f"Conference {self.slug}",
            "timezone": self.zone,
            "days": [{"date": day, "blocks": [{"start": "10:00", "end": "20:00"}]}],
            "slot_minutes": 15,
            "change_minutes": 5,
            "meeting_points": [{"name": "Foyer", "landmark": "at the plants", "tables": 12}],
            "topics": TOPICS,
            "policy": {"approve_mentors": False, "mails_per_day": 50},
        }
        answer = self._post("conference", "/api/v1/conferences", body)
        self._slots = [slot["id"] for slot in answer.body["slots"]]

    def register(self, role: str) -> Person:
        """Somebody new; the organizer vouches for her."""
        person = Person(next(self._numbers), role)
        body = {
            "name": person.name,
            "email": person.email,
            "role": role,
            "offers" if role == "mentor" else "wants": TOPICS,
            "goal": person.goal,
            "languages": ["en"],
            "capacity" if role == "mentor" else "introductions": TAKES if role == "mentor" else 2,
            "consents": CONSENTS,
            "confirmed": True,
        }
        facts = {"email": person.email, "number": person.number, "role": role, "version": 1, "goal": person.goal}
        answer = self._post("registered", f"{self.path}/attendees", body, **facts)
        person.id = answer.body["id"]
        self.people.append(person)
        return person

    def change(self, person: Person) -> None:
        """A new version of her name and goal."""
        person.version += 1
        facts: dict[str, Any] = {"attendee": person.id, "number": person.number}
        facts |= {"version": person.version, "goal": person.goal}
        body = {"name": person.name, "goal": person.goal}
        self._call("changed", "PATCH", f"{self.path}/attendees/{person.id}", body, **facts)

    def check_in(self, person: Person) -> None:
        """She is here."""
        facts = {"attendee": person.id, "number": person.number}
        self._post("checked_in", f"{self.path}/attendees/{person.id}/check-in", {}, **facts)
        person.checked_in = True

    def withdraw(self, person: Person) -> None:
        """She takes part no longer."""
        facts: dict[str, Any] = {"attendee": person.id, "number": person.number}
        self._call("withdrawn", "DELETE", f"{self.path}/attendees/{person.id}", None, **facts)
        person.withdrawn = True

    def introductions(self) -> list[dict[str, Any]]:
        """What there is at this moment."""
        return self.api.items(f"{self.path}/introductions")

    def answer(self, introduction: str, attendee: str, said: str) -> Answer:
        """One person's answer."""
        body: dict[str, Any] = {"attendee": attendee, "answer": said}
        if said == "other_time":
            body["slots"] = self._chance.sample(self._slots, 5)
        facts = {"introduction": introduction, "attendee": attendee, "answer": said}
        return self._post("answered", f"/api/v1/introductions/{introduction}/answer", body, **facts)

    def met(self, introduction: str) -> Answer:
        """The organizer's word that they met."""
        path = f"/api/v1/introductions/{introduction}/met"
        return self._post("met", path, {"met": True}, introduction=introduction)

    def play(self, size: int, stopped: threading.Event, rounds: int = 8) -> None:
        """A whole conference, shortened when `stopped`; nothing acknowledged is left half told."""
        self.open()
        for n in range(size):
            self.register("mentor" if n % 2 else "mentee")
        deeds = [(self.check_in, person) for person in self.people if self._chance.random() < 0.9]
        deeds += [(self.change, person) for person in self.people for _ in range(self._chance.randrange(3))]
        self._chance.shuffle(deeds)
        for n, (deed, person) in enumerate(deeds):
            deed(person)
            if n % 10 == 9:
                self.answer_all()
        self._wait_for_introductions()
        for _ in range(2 if stopped.is_set() else rounds):
            self.answer_all()
            here = [person for person in self.people if not person.withdrawn]
            if self._chance.random() < 0.3:
                self.withdraw(self._chance.choice(here))
            else:
                self.change(self._chance.choice(here))
            stopped.wait(0.5)

    def _wait_for_introductions(self) -> None:
        """People who are here look at their phones until there is something; not for ever."""
        with contextlib.suppress(TookTooLong):
            wait_until(self.introductions, PATIENCE, "somebody is introduced", every=0.5)

    def answer_all(self) -> None:
        """Everybody answers what she was not asked before, most say yes; some who both said yes met."""
        by_id = {person.id: person for person in self.people}
        for found in self.introductions():
            if found["status"] == "proposed":
                for role in ("mentor", "mentee"):
                    self._answer_once(found, by_id[found[role]])
            elif found["status"] == "accepted" and self._chance.random() < 0.5:
                self.met(found["id"])

    def _answer_once(self, found: dict[str, Any], person: Person) -> None:
        place = (found["id"] + str(found["starts_at"]), person.id)
        if place in self._answered or person.withdrawn:
            return
        self._answered.add(place)
        said = self._chance.choices(["accept", "decline", "other_time", ""], [75, 10, 10, 5])[0]
        if said:
            self.answer(found["id"], person.id, said)

    def tell_the_end(self) -> None:
        """What the client reads when all is over."""
        self._record.write("people", conference=self.slug, items=self.api.items(f"{self.path}/attendees"))
        self._record.write("introductions", conference=self.slug, items=self.introductions())

    def _post(self, what: str, path: str, body: Any, **facts: Any) -> Answer:
        return self._call(what, "POST", path, body, key=f"{self.slug}-{next(self._calls)}", **facts)

    def _call(self, what: str, method: str, path: str, body: Any, *, key: str = "", **facts: Any) -> Answer:
        facts["conference"] = self.slug
        self._record.write(f"asked {what}", **facts)
        try:
            answer = self.api.call(method, path, body, key=key)
        except NeverAnswered:
            self._record.write("unanswered", asked=what, **facts)
            raise
        shown = {name: answer.body.get(name) for name in ("id", "status", "slot", "answers", "code")}
        if answer.ok:
            self._record.write(what, tries=answer.tries, code=answer.status, shown=shown, **facts)
        else:
            self._record.write(f"refused {what}", tries=answer.tries, code=answer.status, shown=shown, **facts)
        return answer


class Crowd:
    """Several clients at once, each in a thread, until they are told to stop."""

    def __init__(self, apis: list[Api], record: Record, seed: int, size: int) -> None:
        self._record, self._size = record, size
        self._stopped = threading.Event()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.clients: list[Client] = []
        self._threads = [
            threading.Thread(target=self._work, args=(n, api, random.Random(f"{seed}-{n}")), daemon=True)
            for n, api in enumerate(apis)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what she is at."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _work(self, n: int, api: Api, chance: random.Random) -> None:
        try:
            for turn in itertools.count(1):
                client = Client(api, self._record, chance, f"chaos-{n}-{turn}", self._fresh())
                with self._lock:
                    self.clients.append(client)
                client.play(self._size, self._stopped)
                if self._stopped.is_set():
                    return
        except Exception as error:
            self._record.write("client died", error=repr(error))

    def _fresh(self) -> Iterator[int]:
        while True:
            with self._lock:
                number = next(self._numbers)
            yield number
