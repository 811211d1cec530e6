"""The compose file itself, brought up by testcontainers where a container engine answers: one introduction through
nginx, three services, Kafka, PostgreSQL and Redis to the mail catcher."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from testcontainers.compose import DockerCompose

from tests.chaos.clients import morning_zone
from tests.servers.process import free_port
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]
ROOT = Path(__file__).parents[2]
CONSENTS = {"introductions": True, "follow_up": True, "statistics": True}


class Stack:
    """The running stack, as its users see it."""

    def __init__(self, compose: DockerCompose, port: int, mail_port: int) -> None:
        self._base, self._mails = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{mail_port}/api/v1/messages"
        key, _, _ = compose.exec_in_container(["rapport", "api-key", "--all"], "registration-worker")
        self._headers = {"Authorization": f"Bearer {key.strip()}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a call that has to succeed."""
        answer = requests.request(method, self._base + path, json=body, headers=self._headers, timeout=30)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def mailed(self) -> set[str]:
        """Everybody to whom the catcher has a mail that proposes a meeting."""
        found = requests.get(self._mails, params={"limit": 100}, timeout=30).json()["messages"]
        return {to["Address"] for mail in found if ": meet " in mail["Subject"] for to in mail["To"]}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack, built from this checkout, with volumes of its own that are gone afterwards."""
    port, mail_port = free_port(), free_port()
    env = tmp_path_factory.mktemp("compose") / "env"
    env.write_text(f"COMPOSE_PROJECT_NAME=rapport-test-{port}\nRAPPORT_PORT={port}\nRAPPORT_MAIL_PORT={mail_port}\n")
    compose = DockerCompose(ROOT, build=True, wait=True, keep_volumes=False, env_file=[str(env)])
    with compose:
        yield Stack(compose, port, mail_port)


def conference() -> dict[str, Any]:
    """One that is open now, wherever that is."""
    zone, today = morning_zone(datetime.now(UTC))
    return {
        "slug": "compose",
        "name": "Compose Conf",
        "timezone": zone,
        "days": [{"date": today, "blocks": [{"start": "10:00", "end": "12:00"}]}],
        "slot_minutes": 15,
        "change_minutes": 5,
        "meeting_points": [{"name": "Lobby", "landmark": "by the fountain", "tables": 2}],
        "topics": ["Testing"],
        "policy": {"approve_mentors": False},
    }


def test_a_mentor_and_a_mentee_are_introduced_and_get_their_mails(stack: Stack) -> None:
    stack.call("POST", "/api/v1/conferences", conference())
    path = "/api/v1/conferences/compose"
    people = {}
    for name, role, topics in (("Ana", "mentor", "offers"), ("Ben", "mentee", "wants")):
        said: dict[str, Any] = {"name": name, "email": f"{name}@example.org".lower(), "role": role, topics: ["Testing"]}
        said |= {"consents": CONSENTS, "confirmed": True}
        people[name] = stack.call("POST", f"{path}/attendees", said)["id"]
    for attendee in people.values():
        stack.call("POST", f"{path}/attendees/{attendee}/check-in")
    (introduction,) = wait_until(
        lambda: stack.call("GET", f"{path}/introductions")["items"], 60, "the two are introduced", every=0.2
    )
    assert (introduction["mentor"], introduction["mentee"]) == (people["Ana"], people["Ben"])
    wait_until(lambda: stack.mailed() == {"ana@example.org", "ben@example.org"}, 60, "both have their mails", every=0.2)
