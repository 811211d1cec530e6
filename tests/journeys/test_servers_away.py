"""The servers behind the full form go away in the middle of the day: Redis, and nobody notices; Kafka, and the form goes
on taking registrations."""

from __future__ import annotations

import time
from typing import Any

from tests.journeys.conference import a_conference, answer
from tests.journeys.world import Visitor

AWAY = 10.0
FORMS_A_MINUTE = 300
"""Below what one network may send."""
"""Seconds that Kafka is away."""


def test_redis_is_flushed_and_killed_and_nobody_notices(full: Visitor) -> None:
    valkey: Any = full.world.valkey  # type: ignore[attr-defined]
    here = a_conference(full, "no-redis")
    ana, ben = here.register("Ana", "mentor"), here.register("Ben", "mentee")
    here.go_to("08:00")
    valkey.empty()
    here.check_in(ana)
    valkey.kill()
    try:
        here.check_in(ben)
        introduction = here.only_introduction()
        assert introduction["status"] == "proposed"
        assert [answer(full, introduction, side, "accept").status for side in ("mentor", "mentee")] in (
            [200, 200],
            [201, 201],
        )
        assert here.only_introduction()["status"] == "accepted"
        assert full.get(here.letters("Ana")[-1].link("/i/")).status == 200
    finally:
        valkey.start()
    cem = here.register("Cem", "mentee")
    here.check_in(cem)
    full.world.quiet()
    assert len(here.introductions()) == 2


def test_kafka_is_away_and_the_form_goes_on(full: Visitor) -> None:
    kafka: Any = full.world.kafka  # type: ignore[attr-defined]
    here = a_conference(full, "no-kafka")
    kafka.kill()
    began = time.monotonic()
    names: list[str] = []
    try:
        while time.monotonic() - began < AWAY:
            assert full.get(f"/c/{here.slug}").status == 200
            if len(names) >= FORMS_A_MINUTE:
                continue
            name = f"Person{len(names)}"
            fields = [("name", name), ("email", here.address(name)), ("role", "mentee"), ("wants", "Grants")]
            fields += [("consents.introductions", "on"), ("languages", "en")]
            assert full.post(f"/c/{here.slug}", fields).status == 303
            names.append(name)
            here.register(f"Vouched{len(names)}", "mentee")
    finally:
        kafka.start()
    full.world.quiet()
    assert {name: len(here.letters(name)) for name in names} == dict.fromkeys(names, 1)
    for name in names[:3]:
        full.press(here.letters(name)[0].link("/c/confirm/"), "Yes, I take part")
    ana = here.register("Ana", "mentor", capacity=3)
    here.go_to("08:00")
    people = full.everything(f"{here.path}/attendees")
    here.check_in(
        ana, *[person for person in people if person["status"] == "confirmed" and person["id"] != ana["id"]][:3]
    )
    full.world.quiet()
    assert [introduction["status"] for introduction in here.introductions()] == ["proposed"] * 3
