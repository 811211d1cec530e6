"""What an organizer's programs do around a measured day: register everybody, check people in, wait until all is handled and
sent, read who was introduced. Over HTTP, with several clients at once; nothing here is timed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.installations import Running
from bench.load import in_threads
from bench.served import status
from tests.servers.waiting import wait_until

BASE = "/api/v1/conferences/day"
THREADS = 8


def register(running: Running, people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers, in the order in which people come."""
    made = [dict[str, Any]()] * len(people)
    clients = [running.client("registration", number) for number in range(THREADS)]

    def some(client: int) -> None:
        for number in range(client, len(people), THREADS):
            made[number] = clients[client].call("POST", f"{BASE}/attendees", people[number])

    in_threads(THREADS, some)
    return made


def check_in(running: Running, people: Sequence[Mapping[str, Any]]) -> None:
    """They are here."""
    clients = [running.client("registration", number) for number in range(THREADS)]

    def some(client: int) -> None:
        for one in people[client::THREADS]:
            clients[client].call("POST", f"{BASE}/attendees/{one['id']}/check-in", {})

    in_threads(THREADS, some)


def quiet(running: Running) -> None:
    """Wait until nothing is under way."""
    client = running.client("registration")
    wait_until(lambda: not status(client.call), 900, "everything is handled and sent", every=0.5)


def introductions(running: Running) -> list[dict[str, Any]]:
    """All of them, as an organizer reads them."""
    return list(running.client("introductions").everything(f"{BASE}/introductions"))
