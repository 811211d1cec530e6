"""What an organizer's programs do around what is measured: register everybody, check people in, wait until all is handled and
sent, read who was introduced. Over HTTP, with several clients at once; nothing here is timed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.load import Client, in_threads
from bench.served import status
from tests.servers.waiting import wait_until

THREADS = 8
"""So many of them at once."""


def base(slug: str) -> str:
    """Where the API has a conference."""
    return f"/api/v1/conferences/{slug}"


def register(clients: Sequence[Client], slug: str, people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers, in the order in which people come."""
    made = [dict[str, Any]()] * len(people)

    def some(client: int) -> None:
        for number in range(client, len(people), len(clients)):
            made[number] = clients[client].call("POST", f"{base(slug)}/attendees", people[number])

    in_threads(len(clients), some)
    return made


def check_in_path(slug: str, attendee: Mapping[str, Any]) -> str:
    """Where somebody is checked in."""
    return f"{base(slug)}/attendees/{attendee['id']}/check-in"


def check_in(clients: Sequence[Client], slug: str, people: Sequence[Mapping[str, Any]]) -> None:
    """They are here."""

    def some(client: int) -> None:
        for one in people[client :: len(clients)]:
            clients[client].call("POST", check_in_path(slug, one), {})

    in_threads(len(clients), some)


def quiet(client: Client, *, every: float = 0.5) -> None:
    """Wait until nothing is under way; looked at `every` so many seconds."""
    wait_until(lambda: not status(client.call), 900, "everything is handled and sent", every=every)


def introductions(client: Client, slug: str) -> list[dict[str, Any]]:
    """All of them, as an organizer reads them."""
    return list(client.everything(f"{base(slug)}/introductions"))
