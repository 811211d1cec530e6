"""A day with as many people as a test wants, their meetings agreed or still open, and its pages as Chromium prints them:
what is served is introductions itself, asked by the window that prints."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.introductions import store
from services.introductions.domain import Introduction, Place
from services.introductions.handlers import hearing
from shared import address_book
from shared.access import DEFAULT_ACCOUNT
from shared.contracts.conference import MeetingPoint
from tests.browser.names import FIRST, LAST
from tests.introductions.stage import CONFERENCE, Stage, a_conference, a_person, described
from tests.system import System

ODD = (
    "Ana Silva",
    "محمد الأحمد",
    "王 小明",
    "שרה כהן",
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliane Theodora von und zu Hohenlohe-Schillingsfürst",
    "Plato",
    "Zoë O'Connor",
)
POINTS = (
    MeetingPoint(code="winter-garden", name="Winter garden", landmark="under the big fig tree", tables=40),
    MeetingPoint(
        code="gallery",
        name="Gallery of the former railway director",
        landmark="behind the blue piano, past the cloakroom, where the tall windows look over the harbour",
        tables=40,
    ),
)


def names(count: int) -> list[str]:
    """So many different names, the odd ones first."""
    plain = [f"{first} {last}" for last in LAST for first in FIRST]
    numbered = (f"{name} {'I' * turn}".strip() for turn in range(1, 9) for name in plain)
    return [*ODD, *numbered][:count]


@dataclass
class Day:
    """A day of so many people: everybody of the first half meets `each` people of the second half, one after the other."""

    system: System
    called: Sequence[str]
    each: int = 2

    def __post_init__(self) -> None:
        self.stage = Stage(self.system, replace(a_conference(), meeting_points=POINTS))
        half = len(self.called) // 2
        people = [a_person(f"P{n}", "mentor" if n < half else "mentee") for n in range(len(self.called))]
        with self.system.introductions.work() as work:
            for person, name in zip(people, self.called, strict=True):
                address_book.remember(replace(described(person), name=name), work)
                hearing.attendee_heard(person, work)
            for meeting in self._meetings([person.attendee for person in people], half):
                store.add(meeting, work)
        browser = self.system.client("introductions")
        with browser.session_transaction() as session:
            now = self.system.clock.now().isoformat()
            who = {"id": "9" * 32, "access": "8" * 32, "role": "owner", "account": DEFAULT_ACCOUNT}
            session["organizer"] = {**who, "conferences": None, "name": "Kim", "issued": now, "seen": now}
        self.organizer = browser

    def _meetings(self, people: Sequence[str], half: int) -> Iterator[Introduction]:
        slots = self.stage.conference.slots
        for turn in range(min(self.each, half)):
            for number in range(half):
                slot = slots[turn]
                yield Introduction(
                    id=f"{turn * 10_000 + number:032x}",
                    account=DEFAULT_ACCOUNT,
                    conference=CONFERENCE,
                    mentor=people[number],
                    mentee=people[half + (number + turn) % half],
                    version=1,
                    status="proposed" if number % 5 == 4 else "accepted",
                    place=Place(
                        slot=slot.id,
                        starts_at=slot.starts_at,
                        ends_at=slot.ends_at,
                        meeting_point=POINTS[number % 2].code,
                        table=1 + number // 2,
                    ),
                    hold_until=self.system.clock.now() + timedelta(hours=1),
                )

    def serve(self, page: Any) -> None:
        """Answer what the window asks for."""

        def answer(route: Any) -> None:
            asked = urlsplit(route.request.url)
            with self.organizer.get(f"{asked.path}?{asked.query}") as said:
                route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.data)

        page.route("http://localhost/**", answer)


@dataclass(frozen=True)
class Printed:
    """A PDF."""

    path: Path

    @property
    def pages(self) -> list[str]:
        """The words of each page, in the order in which they were drawn."""
        command = ["pdftotext", "-raw", "-enc", "UTF-8", str(self.path), "-"]
        text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        return [" ".join(page.split()) for page in text.split("\f")[:-1]]

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(self.pages)


def printed(page: Any, url: str, path: Path, paper: str = "A4") -> Printed:
    """What comes out of the printer."""
    page.goto(url)
    page.pdf(path=str(path), format=paper, prefer_css_page_size=False)
    return Printed(path)
