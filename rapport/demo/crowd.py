"""The invented crowd as clients of the product: it registers, checks in, answers and is asked, only by the public API.

It never touches a table or a handler; what it knows of the others it reads where an organizer's program would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from rapport.demo import behaviour
from rapport.demo.people import Person

Call = Callable[..., Any]
"""call(method, path, json=None) -> decoded JSON; raises Unexpected on anything that the crowd did not count on."""


class Unexpected(Exception):
    """The product answered something that the crowd did not expect."""


@dataclass
class Crowd:
    """Everybody at one conference."""

    call: Call
    slug: str
    seed: int
    people: list[Person]
    ids: dict[str, Person] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _moved: set[tuple[str, str]] = field(default_factory=set)
    _count: int = 0

    # Before the day

    def register(self, person: Person) -> None:
        """One registration, confirmed by the organizer's program."""
        body: dict[str, Any] = {
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "offers": list(person.offers),
            "wants": list(person.wants),
            "languages": list(person.languages),
            "company": person.company,
            "field": person.field,
            "years": person.years,
            "capacity": person.capacity,
            "introductions": person.wish,
            "consents": {
                "introductions": True,
                "follow_up": person.follow_up,
                "statistics": person.counted,
                "next_year": False,
            },
            "confirmed": True,
            "approved": True,
        }
        if person.goal:
            body["goal"] = person.goal
        body = {name: value for name, value in body.items() if value is not None}
        made = self.call("POST", f"/api/v1/conferences/{self.slug}/attendees", json=body)
        self.ids[made["id"]] = person

    # On the day

    def plan_arrivals(self, day: int, doors: datetime) -> None:
        """Decide who comes when."""
        for attendee in self.ids:
            after = behaviour.arrival(self._chance(attendee, f"day {day}"), day)
            if after is not None:
                self._at(doors + after, self._check_in(attendee))

    def live(self, now: datetime) -> None:
        """Do everything that is due by now."""
        self._due.sort(key=lambda item: item[:2])
        while self._due and self._due[0][0] <= now:
            self._due.pop(0)[2]()

    def look(self, now: datetime) -> None:
        """Everybody reads mails: new proposals get an answer sometime, meetings that are over perhaps a word."""
        for introduction in self._all("introductions"):
            seen = self._seen.get(introduction["id"], 0)
            if introduction["status"] == "proposed" and seen < 1:
                self._seen[introduction["id"]] = 1
                for side in ("mentor", "mentee"):
                    self._will_answer(introduction, side, now)
            over = datetime.fromisoformat(introduction["ends_at"])
            if introduction["status"] == "accepted" and seen < 2 and over <= now:
                self._seen[introduction["id"]] = 2
                self._perhaps_report(introduction, now)

    # Afterwards

    def evening(self) -> None:
        """Who had a meeting answers the evening mail, or does not."""
        for introduction in self._all("introductions"):
            if (
                introduction["status"] in ("accepted", "met", "unreported")
                and self._seen.get(introduction["id"], 0) < 3
            ):
                self._seen[introduction["id"]] = 3
                self._answer_evening(introduction)

    def question(self, question: str) -> None:
        """Who is asked +1 week, +1 month or +3 months later answers, or does not."""
        for pair in self._all("relationships"):
            chemistry = behaviour.chemistry(self.seed, pair["id"])
            for side in ("mentor", "mentee"):
                attendee = pair[side]
                chance = self._chance(pair["id"], question + side)
                person = self.ids[attendee]
                if person.follow_up and behaviour.answers_question(chance, question, chemistry.value > 0.5):
                    answer = chemistry.keeps_talking(chance, question)
                    self._say(pair["id"], attendee, question, answer)

    # How

    def _answer_evening(self, introduction: dict[str, Any]) -> None:
        chemistry = behaviour.chemistry(self.seed, introduction["id"])
        happened = self._chance(introduction["id"], "met").random() < behaviour.MEETS
        for side in ("mentor", "mentee"):
            chance = self._chance(introduction["id"], "evening" + side)
            if not self.ids[introduction[side]].follow_up or chance.random() >= behaviour.ANSWERS_EVENING:
                continue
            if introduction["status"] != "met":
                self._met(introduction["id"], happened)
            if happened:
                self._say(introduction["id"], introduction[side], "continue", chemistry.wants_more(chance))

    def _will_answer(self, introduction: dict[str, Any], side: str, now: datetime) -> None:
        decided = behaviour.first_answer(self._chance(introduction["id"], "first" + side), side)
        if decided is None:
            return
        wait, answer = decided
        self._at(now + wait, self._answer(introduction["id"], introduction[side], answer))

    def _perhaps_report(self, introduction: dict[str, Any], now: datetime) -> None:
        happened = self._chance(introduction["id"], "met").random() < behaviour.MEETS
        chance = self._chance(introduction["id"], "report")
        if happened and chance.random() < behaviour.REPORTS_MEETING:
            self._at(now + timedelta(minutes=chance.randint(1, 60)), lambda: self._met(introduction["id"], True))

    def _check_in(self, attendee: str) -> Callable[[], None]:
        def act() -> None:
            self.call("POST", f"/api/v1/conferences/{self.slug}/attendees/{attendee}/check-in", json={})

        return act

    def _answer(self, introduction: str, attendee: str, answer: str) -> Callable[[], None]:
        def act() -> None:
            body: dict[str, Any] = {"attendee": attendee, "answer": answer}
            if answer == "other_time":
                body["slots"] = self._later_slots(introduction)
                if not body["slots"]:
                    body = {"attendee": attendee, "answer": "accept"}
                self._seen.pop(introduction, None)  # both are asked again
            self.call("POST", f"/api/v1/introductions/{introduction}/answer", json=body, late=True)

        return act

    def _later_slots(self, introduction: str) -> list[str]:
        now = self.call("GET", f"/api/v1/introductions/{introduction}")["slot"]
        if introduction in {known for known, _ in self._moved}:
            return []
        self._moved.add((introduction, now))
        slots = self.call("GET", f"/api/v1/conferences/{self.slug}")["slots"]
        return [slot["id"] for slot in slots if slot["id"] > now and slot["id"][:8] == now[:8]][:4]

    def _met(self, introduction: str, happened: bool) -> None:
        self.call("POST", f"/api/v1/introductions/{introduction}/met", json={"met": happened}, late=True)

    def _say(self, relationship: str, attendee: str, question: str, answer: str) -> None:
        body = {"attendee": attendee, "question": question, "answer": answer}
        self.call("POST", f"/api/v1/relationships/{relationship}/answers", json=body, late=True)

    def _all(self, what: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self.call("GET", f"/api/v1/conferences/{self.slug}/{what}?limit=500{cursor}")
            yield from page["items"]
            if not page["next"]:
                return
            cursor = f"&cursor={page['next']}"

    def _at(self, when: datetime, act: Callable[[], None]) -> None:
        self._count += 1
        self._due.append((when, self._count, act))

    def _chance(self, *about: str) -> Random:
        return Random("|".join((str(self.seed), *about)))
