"""A day of the crowd, from the first registration to the evening, in compressed time: people come to the desk, read their
mails, tap; and every few minutes, when nothing waits any more, everything is looked at."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from shared.database import Database
from tests.journeys.conference import Conference, a_conference
from tests.journeys.counting import count, events_of
from tests.journeys.crowd import checks, pairs
from tests.journeys.crowd.attendee import Attendee
from tests.journeys.crowd.characters import ChangesHerMind, Leaves, SaysNo
from tests.journeys.crowd.desk import Desk
from tests.journeys.crowd.people import NEVER, TOPICS, Person, people
from tests.journeys.world import Letter, Visitor

MORNING = [f"{10 + minute // 60}:{minute % 60:02d}" for minute in range(0, 80, 20)]
AFTERNOON = [f"{13 + minute // 60}:{minute % 60:02d}" for minute in range(30, 70, 20)]
BLOCKS = (("10:00", "11:15"), ("13:30", "14:05"))
AROUND = (-26, -12, -6, -1, 6)
"""Minutes around the beginning of a slot at which everybody looks at her phone. Nothing that is not about to happen is
asked for at short notice from 25 minutes before it, nothing at all from ten; at six after, who sits alone was found
somebody."""
BETWEEN = ("09:05", "09:20", "11:12", "12:00", "12:45", "14:01", "14:20", "15:00")
DOORS = "09:00"
POINTS = (("Lobby", 18), ("Winter garden", 14))
LOOKED_AT = 4
"""People whose calendar is compared at each look."""


@dataclass
class Told:
    """What came of a day, for whoever ran it."""

    looks: int = 0
    introductions: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    rescued: int = 0


class CrowdDay:
    """One conference with its crowd."""

    def __init__(self, visitor: Visitor, slug: str, *, count: int = 300, seed: int = 1) -> None:
        self.visitor, self.seed = visitor, seed
        self._chance = Random(seed)
        points = [{"name": name, "landmark": f"by the {name.lower()} door", "tables": some} for name, some in POINTS]
        self.here = a_conference(visitor, slug, blocks=BLOCKS, meeting_points=points, topics=list(TOPICS))
        self.frame = _frame(self.here, sum(tables for _name, tables in POINTS))
        late = [slot for slot, (half, _position) in self.frame.rows.items() if half]
        self.crowd = [self._one(person) for person in people(count, slug, late, self._chance)]
        self.desk = Desk(visitor, slug)
        self.told = Told()
        self._read = len(visitor.world.letters())

    def _one(self, person: Person) -> Attendee:
        return Attendee(person=person, visitor=self.visitor, chance=Random(f"{self.seed} {person.number}"))

    # Before the day

    def register(self) -> None:
        """Some by the form and the mail that follows, the others by the organizer's program."""
        for one in self.crowd:
            person = one.person
            if person.form:
                sent = self.visitor.post(f"/c/{self.here.slug}", person.form_fields())
                assert sent.status == 303, sent.text[:2000]
            else:
                path = f"{self.here.path}/attendees"
                person.id = self.visitor.call("POST", path, person.registration(), expect=(201,))["id"]
        self.visitor.world.quiet()
        confirming = [letter for letter in self._new_letters(deliver=True) if "Please confirm" in letter.subject]
        for letter in confirming:
            self.visitor.press(letter.link("/c/confirm/"), "Yes, I take part")
        self.visitor.world.quiet()
        self._new_letters(deliver=True)
        registered = self.visitor.everything(f"{self.here.path}/attendees")
        ids = {attendee["email"]: attendee["id"] for attendee in registered if attendee["status"] == "confirmed"}
        for one in self.crowd:
            one.person.id = ids[one.person.address]
        self._some_do_not_want_some()

    def _some_do_not_want_some(self) -> None:
        for one in self._chance.sample(self.crowd, len(self.crowd) // 20):
            others = self._chance.sample([other.person.id for other in self.crowd if other is not one], 2)
            one.person.never = frozenset(others)
            path = f"{self.here.path}/attendees/{one.person.id}"
            self.visitor.call("PATCH", path, {"blocks": others})

    def _new_letters(self, *, deliver: bool) -> list[Letter]:
        """What came since the last look; everybody gets hers."""
        letters = self.visitor.world.letters()[self._read :]
        self._read += len(letters)
        by_address: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            by_address[letter.to].append(letter)
        for one in self.crowd if deliver else ():
            if one.person.address in by_address:
                one.take(by_address[one.person.address], self.visitor.world.now())
        self.told.mails += len(letters)
        return letters

    # On the day

    def live(self) -> None:
        """Until everybody has gone home."""
        for moment in self._moments():
            self.here.go_to(moment)
            self._new_letters(deliver=True)
            now = self.here.at(moment)
            self._check(now)
            self._one_alone(now)
            self._arrive(now)
            for one in self._chance.sample(self.crowd, len(self.crowd)):
                one.acts(now)
            self.told.looks += 1
        self.visitor.world.quiet()

    def _one_alone(self, now: datetime) -> None:
        """Somebody who is about to answer does so before the others: where everybody taps at once, one tap that asks for no
        new plan is hidden by the others."""
        due = [one for one in self.crowd if any(known.is_due(now) for known in one.known.values())]
        likely = [one for one in due if isinstance(one.person.character, SaysNo | ChangesHerMind | Leaves)]
        if not due:
            return
        self._chance.choice(likely or due).acts(now)
        self.visitor.world.quiet()
        self._new_letters(deliver=True)
        self._check(now, calendars=0)

    @staticmethod
    def _moments() -> list[str]:
        found = set(BETWEEN)
        for slot in (*MORNING, *AFTERNOON):
            hours, minutes = map(int, slot.split(":"))
            found |= {f"{(m := hours * 60 + minutes + by) // 60:02d}:{m % 60:02d}" for by in AROUND}
        return sorted(found)

    def _arrive(self, now: datetime) -> None:
        doors = self.here.at(DOORS)
        due = [
            one
            for one in self.crowd
            if one.came_at is None
            and NEVER != one.person.arrives
            and doors + timedelta(minutes=one.person.arrives) <= now
        ]
        if due:
            self.desk.open()
        for one in due:
            self.desk.check_in(one.person.id)
            one.came_at = now

    def _check(self, moment: datetime, calendars: int = LOOKED_AT) -> None:
        """Everything that must be so when nothing waits; so many people's calendars are compared."""
        introductions, now = self.here.introductions(), self.visitor.world.now()
        wrong = [
            *checks.nobody_is_in_two_places(introductions),
            *checks.nobody_gets_too_much(self.crowd, introductions, self.frame),
            *checks.nobody_is_expected_who_is_not_there(self.crowd, introductions, now),
            *checks.every_hold_ends(introductions, moment),
            *self._pairs(introductions, now),
        ]
        reachable = [one for one in self.crowd if one.day and one.gone != "withdrawn"]
        for one in self._chance.sample(reachable, min(calendars, len(reachable))):
            wrong += checks.calendar_and_page_agree(one, now)
        assert not wrong, f"seed {self.seed}, {moment}: {len(wrong)} wrong\n" + "\n".join(wrong[:20])

    def _pairs(self, introductions: Sequence[dict[str, Any]], now: datetime) -> list[str]:
        with _reading(self.visitor) as connection:
            planner = pairs.by_the_planner(connection, self.here.slug, now)
        memory = pairs.ByMemory(self.crowd, introductions, self.frame, now).pairs()
        names = {one.person.id: one.person.name for one in self.crowd}
        return [
            f"{names[mentor]} and {names[mentee]} could meet and were not asked ({who})"
            for who, found in (("the planner's input", planner), ("the crowd's memory", memory))
            for mentor, mentee in sorted(found)
        ]

    # In the evening

    def count(self) -> None:
        """The dashboard's numbers are those of the events, and those that the crowd remembers."""
        conference = self.visitor.call("GET", self.here.path)["id"]
        events = events_of(self.visitor.records(), conference)
        found = self.here.outcomes()
        expected = {
            who: {step: n for step, n in steps.items() if step != "in_touch"}  # nobody was asked yet
            for who, steps in count(events).items()
        }
        assert _only(expected, found) == expected
        introductions = self.here.introductions()
        self.told.introductions.update(row["status"] for row in introductions)
        agreed = set().union(*(one.agreed for one in self.crowd))
        met = set().union(*(one.met for one in self.crowd))
        cards = set().union(*(one.cards for one in self.crowd))
        assert {row["id"] for row in introductions if row["status"] == "met"} == met
        assert {data["introduction"] for kind, data in events if kind == "introduction.accepted"} == agreed
        assert {data["introduction"] for kind, data in events if kind == "introduction.goal_agreed"} == cards
        assert found["pairs"]["accepted"] == len(agreed)
        assert found["pairs"]["met"] == len(met)
        withdrawn = [one for one in self.crowd if one.gone == "withdrawn"]
        assert found["people"]["registered"] == len(self.crowd), len(withdrawn)
        assert found["people"]["checked_in"] == sum(one.came_at is not None for one in self.crowd)
        reminded = [sentence for one in self.crowd for sentence in checks.no_mail_beyond(one)]
        assert not reminded, reminded
        self.told.rescued = sum(
            known.rescue and known.id in agreed for one in self.crowd for known in one.known.values()
        )


def _frame(here: Conference, tables: int) -> pairs.Frame:
    rows = {}
    for half, clocks in enumerate((MORNING, AFTERNOON)):
        for number, clock in enumerate(clocks):
            rows[f"{here.day:%Y%m%d}-{clock.replace(':', '')}"] = (half, 100 * half + number)
    slots = {name: here.at(f"{name[-4:-2]}:{name[-2:]}") for name in rows}
    return pairs.Frame(slots=slots, rows=rows, tables=tables)


@contextmanager
def _reading(visitor: Visitor) -> Iterator[Connection]:
    """The introductions' own database, to ask its planner what it is told."""
    world: Any = visitor.world
    if world.name == "memory":
        with world.system.introductions.reading() as connection:
            yield connection
        return
    database = Database(world.installation.settings.database("introductions"), durable=False)
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.close()


def _only(expected: Any, found: Any) -> Any:
    """What was found of what is expected: further keys beside these are allowed."""
    if not isinstance(expected, dict):
        return found
    return {name: _only(value, found[name]) for name, value in expected.items()}


def a_day(visitor: Visitor, slug: str, *, count: int = 300, seed: int = 1) -> Told:
    """The whole of it. Raises AssertionError with what was wrong, and the seed."""
    day = CrowdDay(visitor, re.sub(r"[^a-z0-9-]", "-", slug), count=count, seed=seed)
    day.register()
    day.live()
    day.count()
    return day.told
