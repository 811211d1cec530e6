"""Two people who were introduced, agreed, met, and were asked in the evening: by the API and the clock alone."""

from __future__ import annotations

import re
from typing import Any

from rapport.dispatch import router
from tests.registration.stage import add, create
from tests.system import System


class Introduced:
    """The pair, with what can be called about it."""

    def __init__(self, system: System) -> None:
        self.system = system
        create(system)
        self.mentor, self.mentee = (
            add(system, email=f"{role}@example.org", role=role, approved=True, **_topics(role))["id"]
            for role in ("mentor", "mentee")
        )
        system.run_until_quiet()
        for person in (self.mentor, self.mentee):
            system.api("POST", f"/api/v1/conferences/pyconf/attendees/{person}/check-in", json={})
        system.run_until_quiet()
        (introduction,) = system.api("GET", "/api/v1/conferences/pyconf/introductions").json["items"]
        self.id: str = introduction["id"]
        for person in (self.mentor, self.mentee):
            self.call("answer", attendee=person, answer="accept")
        self.call("met", met=True)
        system.run_until_quiet()

    def call(self, what: str, **body: Any) -> Any:
        """An API call about the introduction."""
        return self.system.api("POST", f"/api/v1/introductions/{self.id}/{what}", json=body)

    def evening(self) -> None:
        """It is eight in the evening: both are asked."""
        self.system.advance(hours=8)

    def browser(self, path: str) -> Any:
        """A browser at the service that the proxy would choose."""
        services = [runtime.service for runtime in self.system.runtimes.values()]
        return self.system.client(router(services)(path.split("?")[0]) or "registration")

    def links(self) -> list[str]:
        """Links of the newest mails of every kind that lead to the two services' pages with a form."""
        found: dict[str, str] = {}
        for mail in self.system.mails:
            for link in re.findall(r"http://localhost(/(?:i|d|r)(?:/stop)?/[a-z2-7]{26})\b", mail.text):
                found[re.sub(r"[a-z2-7]{26}", "", link)] = link
        return list(found.values())

    def state(self) -> tuple[Any, ...]:
        """What the API shows of it, and how many events there were."""
        self.system.run_until_quiet()
        shown = self.system.api("GET", f"/api/v1/introductions/{self.id}").json
        pairs = self.system.api("GET", "/api/v1/conferences/pyconf/relationships").json
        return shown, pairs, len(self.system.events())


def _topics(role: str) -> dict[str, Any]:
    return {"offers": [], "wants": [], {"mentor": "offers", "mentee": "wants"}[role]: ["Python"]}
