"""A conference lived through over the API: every call of the OpenAPI document is made once and what it answered kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rapport.documents import openapi
from tests.builders import SLUG, a_conference, a_mentor, an_attendee
from tests.system import System

HERE = "/api/v1/conferences/{slug}"
SOMEBODY = HERE + "/attendees/{attendee_id}"
PAIR = "/api/v1/introductions/{introduction_id}"
WEBHOOK = HERE + "/webhooks/{webhook_id}"
NOBODY_HEARS = "http://127.0.0.1:9/hook"


def document_of(system: System, *names: str) -> dict[str, Any]:
    """The document of all services (or of some), from the very apps that answer here."""
    return openapi({name: system.app(name) for name in names or system.runtimes})


@dataclass
class Lived:
    """What was answered, by call; and the ids that later calls may use."""

    system: System
    answers: list[tuple[str, str, Any]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=lambda: {"slug": SLUG})

    def call(self, method: str, path: str, body: Any = None, **ids: str) -> Any:
        """One call that goes well; what it answered."""
        found = self.system.api(method, path.format(**{**self.ids, **ids}), json=body)
        assert found.status_code in (200, 201), (method, path, found.json)
        self.answers.append((method.lower(), path, found))
        self.system.run_until_quiet()
        return found.json

    def meet(self) -> None:
        """Two people register, come, are introduced and accept."""
        self.call("POST", "/api/v1/conferences", a_conference())
        said = {"url": NOBODY_HEARS, "types": ["introduction.met"]}
        self.ids["webhook_id"] = self.call("POST", HERE + "/webhooks", said)["id"]
        for body in (a_mentor(), an_attendee()):
            self.ids["attendee_id"] = self.call("POST", HERE + "/attendees", body)["id"]
            self.call("POST", SOMEBODY + "/check-in")
        (pair,) = self.call("GET", HERE + "/introductions")["items"]
        self.ids |= {"introduction_id": pair["id"], "relationship_id": pair["id"]}
        for side in ("mentor", "mentee"):
            self.call("POST", PAIR + "/answer", {"attendee": pair[side], "answer": "accept"})

    def follow_up(self) -> None:
        """They met, and say how it goes."""
        self.call("POST", PAIR + "/met", {"met": True})
        for question, answer in (("continue", "yes"), ("week", "talked")):
            (pair,) = self.call("GET", HERE + "/relationships")["items"]
            for side in ("mentor", "mentee"):
                said = {"attendee": pair[side], "question": question, "answer": answer}
                self.call("POST", "/api/v1/relationships/{relationship_id}/answers", said)

    def look_and_go(self) -> None:
        """An organizer looks at everything and changes what can be changed; the last one who came goes."""
        for path in (
            "/api/v1/conferences",
            HERE,
            HERE + "/attendees",
            HERE + "/introductions",
            HERE + "/relationships",
            HERE + "/webhooks",
        ):
            self.call("GET", path)
        for path in (SOMEBODY, PAIR, HERE + "/outcomes", HERE + "/outcomes/details", "/api/v1/status", WEBHOOK):
            self.call("GET", path)
        for path in (WEBHOOK + "/rotate", WEBHOOK + "/resend"):
            self.call("POST", path)
        self.call("PATCH", WEBHOOK, {"enabled": False})
        self.call("PUT", HERE, a_conference(name="PyCon, once more"))
        self.call("PATCH", SOMEBODY, {"goal": "Talk about wheels"})
        self.call("POST", SOMEBODY + "/leave")
        self.call("DELETE", SOMEBODY)
