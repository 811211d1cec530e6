"""The invented crowd as clients of the product: it registers, checks in, answers and is asked by the public API, and writes goal
cards on the page behind the link of its mails.

It never touches a table or a handler; what it knows of the others it reads where an organizer's program would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from rapport.demo import behaviour
from rapport.demo.letters import Told
from rapport.demo.people import Person

Call = Callable[..., Any]
"""call(method, path, json=None) -> decoded JSON; raises Unexpected on anything that the crowd did not count on."""
Press = Callable[[str, dict[str, str]], None]
"""press(path, form): send a form of a page; that it is too late for it is no surprise."""


class Unexpected(Exception):
    """The product answered something that the crowd did not expect."""


@dataclass
class Crowd:
    """Everybody at one conference."""

    call: Call
    press: Press
    slug: str
    seed: int
    people: list[Person]
    ids: dict[str, Person] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _states: dict[str, dict[str, Any]] = field(default_factory=dict)
    _links: dict[tuple[str, str], Told] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)
    _slots: list[str] = field(default_factory=list)
    _cursor: str = ""
    _now: datetime = datetime.min.replace(tzinfo=UTC)
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
            "helps": list(person.helps),
            "goals": list(person.goals),
            "first_timer": person.first_timer,
            "likes_newcomers": person.likes_newcomers,
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

    def live(self, until: datetime, set_clock: Callable[[datetime], None]) -> None:
        """Do everything that is due by then, each at its own moment."""
        while self._due and self._due[0][0] <= until:
            when, _number, act = heappop(self._due)
            set_clock(max(when, self._now))
            self._now = max(when, self._now)
            act()
        self._now = until
        set_clock(until)

    def look(self) -> None:
        """Everybody reads mails: new proposals get an answer sometime, and who meets perhaps says so afterwards."""
        for introduction in self._new_ones():
            if introduction["status"] in ("proposed", "accepted"):
                self._hears_of(introduction)

    def take(self, told: Iterable[Told]) -> None:
        """Mails arrive; of several about a meeting the newest counts."""
        for one in told:
            known = self._links.get((one.introduction, one.address))
            if known is None or known.sequence <= one.sequence:
                self._links[one.introduction, one.address] = one

    # Afterwards

    def evening(self) -> None:
        """Who had a meeting answers the evening mail, or does not."""
        for introduction in self._all("introductions"):
            held = introduction["status"] in ("accepted", "met", "unreported")
            if held and introduction["id"] not in self._asked:
                self._asked.add(introduction["id"])
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
        happened = self._meets(introduction["id"])
        for side in ("mentor", "mentee"):
            chance = self._chance(introduction["id"], "evening" + side)
            if not self.ids[introduction[side]].follow_up or chance.random() >= behaviour.ANSWERS_EVENING:
                continue
            if introduction["status"] != "met":
                self._met(introduction["id"], happened)
            if happened:
                self._say(introduction["id"], introduction[side], "continue", chemistry.wants_more(chance))

    def _hears_of(self, introduction: dict[str, Any]) -> None:
        """Both will answer, or not; and somebody perhaps reports the meeting."""
        about = introduction["id"] + introduction["slot"]
        for side in ("mentor", "mentee"):
            decided = behaviour.first_answer(self._chance(about, "first" + side), side)
            if decided is not None:
                wait, answer = decided
                self._at(self._now + wait, self._answer(introduction, introduction[side], answer))
        if not self._meets(introduction["id"]):
            return
        over = datetime.fromisoformat(introduction["ends_at"])
        self._at(over - timedelta(minutes=1), self._write_card(introduction))
        chance = self._chance(about, "report")
        if chance.random() < behaviour.REPORTS_MEETING:
            self._at(over + timedelta(minutes=chance.randint(1, 60)), self._report(introduction))

    def _write_card(self, introduction: dict[str, Any]) -> Callable[[], None]:
        """One of the two, who has a mail about it, on her phone; nobody writes one for a meeting that is not agreed on."""

        def act() -> None:
            known, chance = self._states.get(introduction["id"], introduction), self._chance(introduction["id"], "card")
            card = behaviour.chemistry(self.seed, introduction["id"]).writes_card(chance)
            writer = self.ids[introduction[chance.choice(("mentor", "mentee"))]]
            link = self._links.get((introduction["id"], writer.email))
            if card is None or link is None or known["slot"] != introduction["slot"] or known["status"] != "accepted":
                return
            form = {"goal": "enough"}
            if card.sentence:
                by = date.fromisoformat(introduction["slot"][:8]) + timedelta(days=card.days)
                form = {"goal": "next", "sentence": card.sentence, "by": by.isoformat()}
            self.press(f"{link.path}/goal", form)

        return act

    def _meets(self, introduction: str) -> bool:
        return self._chance(introduction, "met").random() < behaviour.MEETS

    def _report(self, introduction: dict[str, Any]) -> Callable[[], None]:
        def act() -> None:
            known = self._states.get(introduction["id"], introduction)
            if known["slot"] == introduction["slot"] and known["status"] in ("proposed", "accepted"):
                self._met(introduction["id"], True)

        return act

    def _check_in(self, attendee: str) -> Callable[[], None]:
        def act() -> None:
            self.call("POST", f"/api/v1/conferences/{self.slug}/attendees/{attendee}/check-in", json={})

        return act

    def _answer(self, introduction: dict[str, Any], attendee: str, answer: str) -> Callable[[], None]:
        def act() -> None:
            known = self._states.get(introduction["id"], introduction)
            if known["slot"] != introduction["slot"] or known["status"] not in ("proposed", "accepted"):
                return  # the page says that it has changed
            body: dict[str, Any] = {"attendee": attendee, "answer": answer}
            if answer == "other_time":
                body["slots"] = self._later_slots(known)
                if not body["slots"]:
                    body = {"attendee": attendee, "answer": "accept"}
            told = self.call("POST", f"/api/v1/introductions/{introduction['id']}/answer", json=body, late=True)
            told = told.get("state", told)
            self._states[introduction["id"]] = told
            if told["slot"] != introduction["slot"] and told["status"] == "proposed":
                self._hears_of(told)  # another time: both are asked again

        return act

    def _later_slots(self, introduction: dict[str, Any]) -> list[str]:
        """Up to four later times of that day; nobody moves a meeting twice."""
        now = introduction["slot"]
        if introduction["id"] in self._moved:
            return []
        self._moved.add(introduction["id"])
        if not self._slots:
            self._slots = [slot["id"] for slot in self.call("GET", f"/api/v1/conferences/{self.slug}")["slots"]]
        return [slot for slot in self._slots if slot > now and slot[:8] == now[:8]][:4]

    def _met(self, introduction: str, happened: bool) -> None:
        self.call("POST", f"/api/v1/introductions/{introduction}/met", json={"met": happened}, late=True)

    def _say(self, relationship: str, attendee: str, question: str, answer: str) -> None:
        body = {"attendee": attendee, "question": question, "answer": answer}
        self.call("POST", f"/api/v1/relationships/{relationship}/answers", json=body, late=True)

    def _new_ones(self) -> Iterator[dict[str, Any]]:
        """The introductions that nobody has seen yet: from the last page that was full."""
        while True:
            page = self.call("GET", f"/api/v1/conferences/{self.slug}/introductions?limit=20{self._cursor}")
            for introduction in page["items"]:
                if introduction["id"] not in self._states:
                    self._states[introduction["id"]] = introduction
                    yield introduction
            if not page["next"]:
                return
            self._cursor = f"&cursor={page['next']}"

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
        heappush(self._due, (when, self._count, act))

    def _chance(self, *about: str) -> Random:
        return Random("|".join((str(self.seed), *about)))
