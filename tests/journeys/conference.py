"""The words in which stories are written: a conference two days ahead, people who register, come, answer and report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.journeys.world import Letter, Visitor

BERLIN = ZoneInfo("Europe/Berlin")
ALL_CONSENTS = {"introductions": True, "follow_up": True, "statistics": True}
MORNING_AND_AFTERNOON = (("10:00", "12:00"), ("14:00", "16:00"))


@dataclass
class Conference:
    """One conference of one story."""

    visitor: Visitor
    slug: str
    day: date

    def at(self, clock: str, *, days: int = 0) -> datetime:
        """Local time of the conference's day, or of a day after it."""
        local = datetime.combine(self.day + timedelta(days=days), time.fromisoformat(clock), BERLIN)
        return local.astimezone(UTC)

    def go_to(self, clock: str, *, days: int = 0) -> None:
        """Let time pass until then, and everything that is due be done."""
        self.visitor.go_to(self.at(clock, days=days))

    @property
    def path(self) -> str:
        return f"/api/v1/conferences/{self.slug}"

    # People

    def address(self, name: str) -> str:
        """An address of this conference only, so that stories do not meet."""
        return f"{name.lower()}@{self.slug}.example.org"

    def register(self, name: str, role: str, *, expect: Sequence[int] = (201,), **said: Any) -> dict[str, Any]:
        """Somebody whom the organizer vouches for."""
        topics: dict[str, Any] = {"mentor": {"offers": ["Grants"]}, "mentee": {"wants": ["Grants"]}}.get(role, {})
        body: dict[str, Any] = {
            "name": f"{name} Example",
            "email": self.address(name),
            "role": role,
            "languages": ["en"],
        }
        body |= {**topics, "consents": ALL_CONSENTS, "confirmed": True, "approved": True, **said}
        made: dict[str, Any] = self.visitor.call("POST", f"{self.path}/attendees", body, expect=expect)
        return made

    def check_in(self, *people: dict[str, Any]) -> None:
        """They are here."""
        for person in people:
            self.visitor.call("POST", f"{self.path}/attendees/{person['id']}/check-in", {})

    def letters(self, name: str) -> list[Letter]:
        """The mails of somebody."""
        return self.visitor.letters_to(self.address(name))

    # Introductions and pairs

    def introductions(self) -> list[dict[str, Any]]:
        """All of them, as an organizer's program sees them."""
        return self.visitor.everything(f"{self.path}/introductions")

    def only_introduction(self) -> dict[str, Any]:
        """The one that there is."""
        self.visitor.world.quiet()
        (only,) = self.introductions()
        return dict(only)

    def relationships(self) -> list[dict[str, Any]]:
        """All pairs that met."""
        return self.visitor.everything(f"{self.path}/relationships")

    def outcomes(self) -> dict[str, Any]:
        """The dashboard's numbers."""
        return dict(self.visitor.call("GET", f"{self.path}/outcomes"))


def a_conference(visitor: Visitor, slug: str, **changes: Any) -> Conference:
    """Published, two days before it begins."""
    day = (visitor.world.now().astimezone(BERLIN) + timedelta(days=2)).date()
    blocks = changes.pop("blocks", MORNING_AND_AFTERNOON)
    body = {
        "slug": slug,
        "name": f"The {slug.replace('-', ' ').title()}",
        "timezone": "Europe/Berlin",
        "days": [{"date": day.isoformat(), "blocks": [{"start": start, "end": end} for start, end in blocks]}],
        "slot_minutes": 15,
        "change_minutes": 5,
        "meeting_points": [{"name": "Lobby", "landmark": "beside the fountain", "tables": 4}],
        "topics": ["Grants", "Testing"],
        "policy": {
            "concern_contact": "Robin at the info desk",
            "small_cells_under": 0,
        },  # all numbers of few people are told
        **changes,
    }
    visitor.call("POST", "/api/v1/conferences", body, expect=(201,))
    visitor.world.quiet()
    return Conference(visitor, slug, day)


def answer(visitor: Visitor, introduction: dict[str, Any], side: str, said: str, **more: Any) -> Any:
    """One of the two answers by API; the raw answer."""
    body = {"attendee": introduction[side], "answer": said, **more}
    return visitor.ask("POST", f"/api/v1/introductions/{introduction['id']}/answer", body)
