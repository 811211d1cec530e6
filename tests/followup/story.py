"""Tells follow-up what other services would tell it, lets time pass, and reads what came out. Drives follow-up alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.followup import queries
from services.followup.domain.outcomes import added_up
from shared.access import DEFAULT_ACCOUNT
from shared.bus import envelope
from shared.contracts import (
    AttendeeRegistered,
    ConferencePublished,
    Event,
    IntroductionAccepted,
    IntroductionMet,
    IntroductionProposed,
    PersonDescribed,
)
from shared.contracts.attendee import Consents
from shared.contracts.conference import Block, Day, MeetingPoint, Policy, Slot, Topic
from shared.contracts.person import Attendance
from shared.mail.message import Mail
from tests.followup import counting
from tests.system import System

ZONE = ZoneInfo("Europe/Berlin")
CONFERENCE = "c" * 32


def local(text: str) -> datetime:
    """An instant from a local time such as "2026-11-23 20:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def a_conference(**policy: Any) -> ConferencePublished:
    """Two days in Berlin, with the defaults of the product."""
    days = tuple(Day(date=date(2026, 11, day), blocks=(Block(start="10:00", end="17:00"),)) for day in (23, 24))
    slots = tuple(
        Slot(
            id=f"202611{day}-{hour:02}{minute:02}",
            starts_at=local(f"2026-11-{day} {hour:02}:{minute:02}"),
            ends_at=local(f"2026-11-{day} {hour:02}:{minute + 15:02}"),
        )
        for day in (23, 24)
        for hour in range(10, 17)
        for minute in (0, 20, 40)
    )
    return ConferencePublished(
        conference=CONFERENCE,
        version=1,
        account=DEFAULT_ACCOUNT,
        slug="pyconf",
        name="PyConf",
        timezone="Europe/Berlin",
        days=days,
        slot_minutes=15,
        change_minutes=5,
        slots=slots,
        meeting_points=(MeetingPoint(code="lobby", name="Lobby", landmark="by the fountain", tables=9),),
        topics=(Topic(code="grants", label="Grant writing"),),
        policy=Policy(**policy),
    )


@dataclass
class Story:
    """One conference, as far as follow-up hears of it."""

    system: System
    conference: ConferencePublished = field(default_factory=a_conference)
    count: int = 0
    persons: dict[str, str] = field(default_factory=dict)

    # What others tell

    def tell(self, *events: Event, handle: bool = True) -> None:
        """Append events as another service's relay would, and let follow-up handle them."""
        for event in events:
            self.count += 1
            record = envelope.record(
                topic=event.TOPIC,
                key=event.key,
                payload=envelope.dump(event),
                event_id=f"e{self.count:031}",
                kind=event.TYPE,
                version=event.VERSION,
                source="/test",
                time=self.system.clock.now(),
            )
            self.system.log.append([record])
        if handle:
            self.run()

    def forget(self, attendee: str) -> None:
        """The tombstone of a person."""
        self.count += 1
        record = envelope.record(
            topic="rapport.people",
            key=self.persons[attendee],
            payload=None,
            event_id=f"e{self.count:031}",
            kind=PersonDescribed.TYPE,
            version=1,
            source="/test",
            time=self.system.clock.now(),
        )
        self.system.log.append([record])
        self.run()

    def attendee_event(self, attendee: str, kind: type[Any] = AttendeeRegistered, version: int = 1, **what: Any) -> Any:
        """An event about an attendee with her full state."""
        consents = dict.fromkeys(("introductions", "follow_up", "statistics", "next_year"), True) | what.pop(
            "consents", {}
        )
        return kind(
            attendee=attendee,
            version=version,
            at=self.system.clock.now(),
            account=DEFAULT_ACCOUNT,
            conference=CONFERENCE,
            person=self.persons[attendee],
            role=what.pop("role", "both"),
            status=what.pop("status", "confirmed"),
            approved=True,
            consents=Consents(**consents),
            **what,
        )

    def person(self, name: str, *, goal: str | None = None, locale: str = "en", **consents: bool) -> str:
        """Somebody who registered; her attendee id."""
        number = len(self.persons) + 1
        attendee, person = f"a{number:031}", f"b{number:031}"
        self.persons[attendee] = person
        described = PersonDescribed(
            person=person,
            version=1,
            account=DEFAULT_ACCOUNT,
            name=name,
            email=f"{re.sub('[^a-z0-9]', '', name.split()[0].lower())}@example.org",
            locale=locale,
            attendances=(Attendance(attendee=attendee, conference=CONFERENCE, goal=goal),),
        )
        self.tell(described, self.attendee_event(attendee, consents=consents), handle=False)
        return attendee

    def people(self, *names: str) -> list[str]:
        """Several who consent to everything."""
        return [self.person(name) for name in names]

    def introduction(
        self, kind: type[Any], mentor: str, mentee: str, version: int, slot: str = "20261123-1420", **what: Any
    ) -> Any:
        """An event about the introduction of these two."""
        common = {
            "introduction": introduction_id(mentor, mentee),
            "version": version,
            "at": self.system.clock.now(),
            "account": DEFAULT_ACCOUNT,
            "conference": CONFERENCE,
            "mentor": mentor,
            "mentee": mentee,
        }
        if "slot" in kind.__dataclass_fields__:
            day, hour = slot.split("-")
            start = local(f"{day[:4]}-{day[4:6]}-{day[6:]} {hour[:2]}:{hour[2:]}")
            common |= {"slot": slot, "starts_at": start, "ends_at": start + timedelta(minutes=15)}
            common |= {"meeting_point": "lobby", "table": 4}
        if "hold_until" in kind.__dataclass_fields__:
            common["hold_until"] = self.system.clock.now()
        return kind(**common, **what)

    def accepted(self, mentor: str, mentee: str, slot: str = "20261123-1420") -> str:
        """Both said yes to a meeting; its id."""
        self.tell(
            self.introduction(IntroductionProposed, mentor, mentee, 1, slot),
            self.introduction(IntroductionAccepted, mentor, mentee, 2, slot),
        )
        return introduction_id(mentor, mentee)

    def met(self, mentor: str, mentee: str, slot: str = "20261123-1420") -> str:
        """They met, by the desk's word; the id."""
        found = self.accepted(mentor, mentee, slot)
        self.tell(self.introduction(IntroductionMet, mentor, mentee, 3, told_by="desk"))
        return found

    # What follows

    def run(self) -> None:
        """Let follow-up do everything that there is to do; the other services sleep."""
        for _ in range(500):
            if not self.system.followup.turn():
                return
        raise AssertionError(f"never quiet: {self.system.followup.pending()}")

    def at(self, text: str) -> None:
        """It is this local time now, and all that is due was done."""
        self.system.clock.set(local(text))
        self.run()

    @property
    def mails(self) -> list[Mail]:
        return self.system.mails

    def mails_to(self, name: str) -> list[Mail]:
        """Mails to somebody, by her first name."""
        return [mail for mail in self.mails if mail.to_address == f"{name.lower()}@example.org"]

    def page_of(self, mail: Mail) -> str:
        """The path of the page that a mail leads to."""
        found = re.search(r"http://localhost(/r/[a-z2-7]{26})", mail.text)
        assert found is not None, mail.text
        return found[1]

    def get(self, path: str) -> Any:
        """A page, as anybody with the link sees it."""
        return self.system.client("followup").get(path)

    def post(self, path: str, relationship: str, question: str, answer: str) -> Any:
        """One tap."""
        form = {"relationship": relationship, "question": question, "answer": answer}
        return self.system.client("followup").post(path, data=form)

    def say(self, relationship: str, attendee: str, question: str, answer: str, **options: Any) -> Any:
        """An answer by the API."""
        body = {"attendee": attendee, "question": question, "answer": answer}
        client = self.system.client("followup")
        key = {"Authorization": f"Bearer {options.pop('key', self.system.key)}"} | options.pop("headers", {})
        run = options.pop("run", True)
        answered = client.post(f"/api/v1/relationships/{relationship}/answers", json=body, headers=key)
        if run:
            self.run()
        return answered

    def read(self, what: str) -> Any:
        """A GET of the conference by the API."""
        headers = {"Authorization": f"Bearer {self.system.key}"}
        return self.system.client("followup").get(f"/api/v1/conferences/pyconf/{what}", headers=headers).json

    def counted(self) -> dict[str, Any]:
        """The outcomes as they are kept, with the numbers that no page and no API tells."""
        with self.system.followup.reading(one_moment=True) as connection:
            return counting.funnels(added_up(queries.totals_of(connection, CONFERENCE)))

    def published(self) -> list[Event]:
        """What follow-up told, in order."""
        return [event for _type, event in self.system.events() if event and event.TOPIC == "rapport.relationships"]

    def told(self) -> list[tuple[str, ...]]:
        """What follow-up told, short: type and what is special about it."""
        special = ("attendee", "question", "answer", "cause")
        return [
            (event.TYPE, *(str(getattr(event, name)) for name in special if hasattr(event, name)))
            for event in self.published()
        ]


def introduction_id(mentor: str, mentee: str) -> str:
    """The id that these stories give the introduction of two people."""
    return f"d{int(mentor[1:]):015}{int(mentee[1:]):016}"


def subjects(mails: Sequence[Mail]) -> list[tuple[str, str]]:
    """(first name, subject) of each."""
    return [(mail.to_name.split()[0], mail.subject) for mail in mails]
