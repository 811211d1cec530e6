"""What tests of introductions build: a conference, people who are there, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.introductions import store
from services.introductions.domain import Introduction
from services.introductions.handlers import hearing
from shared import address_book
from shared.access import DEFAULT_ACCOUNT
from shared.bus.schema import schema_of
from shared.contracts import (
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeWithdrawn,
    ConferencePublished,
    PersonDescribed,
)
from shared.contracts.attendee import AttendeeEvent, Consents
from shared.contracts.conference import Block, Day, MeetingPoint, Policy, Slot, Topic
from shared.contracts.person import Attendance
from shared.mail.message import Mail
from tests.system import NOON, System

TODAY = date(2026, 11, 23)
ZONE = "Europe/Berlin"
CONFERENCE = "c" * 32
TOPICS = ("grants", "python", "writing")


def slots(day: date, start: str, count: int, minutes: int = 15, change: int = 5) -> tuple[Slot, ...]:
    """So many slots of a day from a local time on."""
    hour, minute = (int(part) for part in start.split(":"))
    first = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE))
    starts = [first + timedelta(minutes=number * (minutes + change)) for number in range(count)]
    return tuple(
        Slot(
            id=f"{at:%Y%m%d-%H%M}",
            starts_at=at.astimezone(UTC),
            ends_at=(at + timedelta(minutes=minutes)).astimezone(UTC),
        )
        for at in starts
    )


def a_conference(*, times: Sequence[Slot] | None = None, tables: int = 4, **policy: Any) -> ConferencePublished:
    """One afternoon from 14:00 to 16:00 with six slots and a meeting point."""
    return ConferencePublished(
        conference=CONFERENCE,
        version=1,
        account=DEFAULT_ACCOUNT,
        slug="conf",
        name="PyConf",
        timezone=ZONE,
        days=(Day(date=TODAY, blocks=(Block(start="14:00", end="16:00"),)),),
        slot_minutes=15,
        change_minutes=5,
        slots=tuple(times) if times is not None else slots(TODAY, "14:00", 6),
        meeting_points=(MeetingPoint(code="foyer", name="Foyer", landmark="by the blue sofa", tables=tables),),
        topics=tuple(Topic(code=code, label=code.capitalize()) for code in TOPICS),
        policy=Policy(**{"concern_contact": "Kim at the info desk", **policy}),
    )


def a_person(name: str, role: str, **values: Any) -> AttendeeEvent:
    """Somebody who registered and wants to be introduced; mentors offer grants, mentees want them."""
    topics = {"mentor": {"offers": ("grants",)}, "mentee": {"wants": ("grants",)}}
    both = {"offers": ("grants",), "wants": ("python",)}
    said = {
        "consents": Consents(introductions=True),
        "languages": ("en",),
        **topics.get(role, both),
        **values,
    }
    return AttendeeChanged(
        attendee=id_of(name),
        version=said.pop("version", 1),
        at=NOON,
        account=DEFAULT_ACCOUNT,
        conference=CONFERENCE,
        person=person_of(name),
        role=role,
        status="confirmed",
        approved=said.pop("approved", True),
        **said,
    )


def id_of(name: str) -> str:
    """The attendee id of somebody in these tests."""
    return "a" + name.encode().hex().rjust(31, "0")[-31:]


def person_of(name: str) -> str:
    """The person id of somebody in these tests."""
    return "b" + name.encode().hex().rjust(31, "0")[-31:]


def described(person: AttendeeEvent) -> PersonDescribed:
    """Her name and address."""
    name = bytes.fromhex(person.attendee[1:].lstrip("0").rjust(2, "0")).decode()
    return PersonDescribed(
        person=person.person,
        version=1,
        account=DEFAULT_ACCOUNT,
        name=f"{name} Example",
        email=f"{name.lower()}@example.org",
        locale="en",
    )


class Stage:
    """Introductions' service with a conference, told of people by its own handlers."""

    def __init__(self, system: System, conference: ConferencePublished) -> None:
        self.system, self.conference = system, conference
        self.people: dict[str, AttendeeEvent] = {}
        with system.introductions.work() as work:
            hearing.conference_published(conference, work)

    def registered(self, *people: AttendeeEvent) -> None:
        """Introductions hears of them, names included."""
        with self.system.introductions.work() as work:
            for person in people:
                self.people[person.attendee] = person
                address_book.remember(described(person), work)
                hearing.attendee_heard(person, work)

    def wrote(self, person: AttendeeEvent, goal: str) -> None:
        """Introductions hears what would be a good outcome for her."""
        text = Attendance(attendee=person.attendee, conference=CONFERENCE, goal=goal)
        with self.system.introductions.work() as work:
            address_book.remember(replace(described(person), version=2, attendances=(text,)), work)

    def renamed(self, person: AttendeeEvent, name: str) -> None:
        """She is called otherwise from now on."""
        with self.system.introductions.work() as work:
            hearing.person_described(replace(described(person), version=3, name=name), work)

    def here(self, *people: AttendeeEvent, day: date = TODAY) -> None:
        """They are registered and check in, all at once; nothing is planned yet."""
        self.registered(*(person for person in people if person.attendee not in self.people))
        for person in people:
            now = self.people[person.attendee]
            self.hear(AttendeeCheckedIn, person, status="checked_in", present_on=(*now.present_on, day))

    def hear(self, kind: type[AttendeeEvent], person: AttendeeEvent, **values: Any) -> None:
        """An event about somebody, one version newer than what was known."""
        now = self.people[person.attendee]
        state = {**vars(now), "version": now.version + 1, "at": self.system.clock.now(), **values}
        self.people[person.attendee] = kind(**state)
        with self.system.introductions.work() as work:
            hearing.attendee_heard(self.people[person.attendee], work)

    def changed(self, person: AttendeeEvent, **values: Any) -> None:
        """She changed what she wrote."""
        self.hear(AttendeeChanged, person, **values)

    def left(self, person: AttendeeEvent) -> None:
        """She went home."""
        self.hear(AttendeeLeft, person, status="left", present_on=())

    def taken_back(self, person: AttendeeEvent) -> None:
        """The desk had checked her in by mistake."""
        self.hear(AttendeeLeft, person, status="confirmed", present_on=())

    def withdrew(self, person: AttendeeEvent) -> None:
        """She takes part no longer."""
        self.hear(AttendeeWithdrawn, person, status="withdrawn", present_on=())

    def publish(self, **values: Any) -> None:
        """The conference changed."""
        self.conference = replace(self.conference, version=self.conference.version + 1, **values)
        with self.system.introductions.work() as work:
            hearing.conference_published(self.conference, work)

    def quiet(self) -> None:
        """Plan, expire, mail until nothing is left."""
        self.system.run_until_quiet()

    @property
    def introductions(self) -> list[Introduction]:
        """All of them, in the order they were made."""
        with self.system.introductions.reading() as connection:
            return [item for _number, item in store.of_conference(connection, self.conference)]

    @property
    def pairs(self) -> list[tuple[str, str, str, str]]:
        """(mentor, mentee, slot, status) of each, names for ids."""
        return [
            (name_of(item.mentor), name_of(item.mentee), item.place.slot, item.status) for item in self.introductions
        ]

    def mails(self, name: str = "") -> list[Mail]:
        """Mails, of one person where a name is given."""
        return [mail for mail in self.system.mails if not name or mail.to_address == f"{name.lower()}@example.org"]

    def events(self) -> list[str]:
        """Types of what introductions published, in order of the log."""
        return [kind for kind, _event in self.system.events() if kind.startswith("introduction.")]

    def link(self, introduction: Introduction, person: AttendeeEvent) -> str:
        """The path of her page of a meeting."""
        token = self.system.introductions.links.token(
            "intro", introduction.id, person.person, introduction.link_version
        )
        return f"/i/{token}"

    def day(self, person: AttendeeEvent) -> str:
        """The path of her day."""
        return f"/d/{self.system.introductions.links.token('day', person.attendee, person.person, 1)}"

    def answer(self, introduction: Introduction, person: AttendeeEvent, word: str, **more: Any) -> Any:
        """Her answer by API."""
        body = {"attendee": person.attendee, "answer": word, **more}
        return self.system.api("POST", f"/api/v1/introductions/{introduction.id}/answer", json=body)


def name_of(attendee: str) -> str:
    """Who that is in these tests."""
    return bytes.fromhex(attendee[1:].lstrip("0").rjust(2, "0")).decode()


def states_of(people: Sequence[AttendeeEvent]) -> list[dict[str, Any]]:
    """Attendees as the store keeps them."""
    schema = schema_of(AttendeeChanged)
    return [schema.dump(person) for person in people]
