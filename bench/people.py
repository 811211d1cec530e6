"""Whom the benchmark sends: one conference that is open right now, and as many people as are asked for, always the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

TOPICS = (
    "Grant writing",
    "Databases",
    "Testing",
    "Typing",
    "Web",
    "Packaging",
    "Teaching",
    "Maps",
    "Statistics",
    "Machine learning",
    "Open source",
    "Careers",
)
MORNING = 7
TABLES = 120


def zone_of_the_morning(now: datetime) -> tuple[str, datetime]:
    """(a time zone in which it is about seven in the morning, the local time there): so that today has its slots ahead,
    whenever the benchmark runs, on the system's own clock."""
    hours = MORNING - now.hour
    hours = hours + 24 if hours < -12 else hours
    sign = "-" if hours > 0 else "+"  # Etc/GMT-3 is three hours ahead of Greenwich
    return ("Etc/GMT" if hours == 0 else f"Etc/GMT{sign}{abs(hours)}"), now + timedelta(hours=hours)


def conference(slug: str = "bench") -> dict[str, Any]:
    """A conference of today, 9 to 21 o'clock in a zone where the day has just begun, and of tomorrow."""
    zone, local = zone_of_the_morning(datetime.now(UTC))
    days = [local.date(), local.date() + timedelta(days=1)]
    return {
        "slug": slug,
        "name": "Bench",
        "timezone": zone,
        "days": [{"date": day.isoformat(), "blocks": [{"start": "09:00", "end": "21:00"}]} for day in days],
        "slot_minutes": 20,
        "change_minutes": 10,
        "meeting_points": [{"name": "Hall", "landmark": "under the clock", "tables": TABLES}],
        "topics": list(TOPICS),
    }


def attendee(number: int, role: str, chance: Random, **more: Any) -> dict[str, Any]:
    """Somebody with three topics."""
    topics = chance.sample(TOPICS, 3)
    return {
        "name": f"Person {number}",
        "email": f"person-{number}@example.org",
        "role": role,
        "offers": topics if role == "mentor" else [],
        "wants": topics if role == "mentee" else [],
        "goal": "I would like to know how others began, and what they would do differently.",
        "languages": ["en"],
        "company": f"Company {chance.randrange(400)}",
        "years": chance.randrange(1, 25),
        "consents": {"introductions": True, "follow_up": True, "statistics": True, "next_year": False},
        **more,
    }


def crowd(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Confirmed and approved people, one mentor to two mentees, in mixed order."""
    chance = Random(seed)
    people: list[dict[str, Any]] = []
    for number in range(count):
        if number % 3 == 0:
            more: dict[str, Any] = {"capacity": 6, "approved": True}
            people.append(attendee(number, "mentor", chance, confirmed=True, **more))
        else:
            people.append(attendee(number, "mentee", chance, confirmed=True, introductions=1))
    chance.shuffle(people)
    return people


def strangers(prefix: str, *, confirmed: bool) -> Callable[[], bytes]:
    """Bodies of registrations, each of somebody new; may be asked by several threads."""
    chance, lock, number = Random(2), threading.Lock(), 0

    def body() -> bytes:
        nonlocal number
        with lock:
            number += 1
            said = attendee(number, "mentor" if number % 3 == 0 else "mentee", chance)
        said["email"] = f"{prefix}-{number}@example.org"
        return json.dumps(said | ({"confirmed": True, "approved": True} if confirmed else {})).encode()

    return body


def ids(answers: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Attendee id -> address."""
    return {answer["id"]: answer["email"] for answer in answers}
