"""Who was erased stays erased, even when a relay that was paused wakes up and sends what it had read before."""

from __future__ import annotations

import json

from sqlalchemy import select

from shared import tables
from shared.bus import envelope, outbox
from shared.contracts import PersonDescribed
from tests.builders import SLUG, a_conference, an_attendee
from tests.system import System

PATH = f"/api/v1/conferences/{SLUG}/attendees"


def person_records(system: System) -> list[bytes | None]:
    """What the people topic holds, in order."""
    consumer = system.log.consumer(system.registration.new_id(), [PersonDescribed.TOPIC])
    return [record.value for record in consumer.poll(1000, 0)]


def in_address_books(system: System) -> list[str]:
    """Everybody whom introductions and follow-up know by name."""
    found: list[str] = []
    for runtime in (system.introductions, system.followup):
        with runtime.reading() as connection:
            found += connection.execute(select(tables.address_book.c.name)).scalars().all()
    return found


def test_a_relay_that_wakes_up_after_an_erasure_resurrects_nobody(system: System) -> None:
    assert system.api("POST", "/api/v1/conferences", json=a_conference()).status_code == 201
    system.run_until_quiet()
    attendee = system.api("POST", PATH, json=an_attendee()).json["id"]
    system.run_until_quiet()
    assert in_address_books(system) == ["Ana Silva", "Ana Silva"]

    assert system.api("PATCH", f"{PATH}/{attendee}", json={"name": "Ana Canary"}).status_code == 200
    with system.registration.reading() as connection:  # the relay reads the state, and is paused before it appends
        rows = outbox.unsent(connection, 100)
        states = system.registration.service.states
        paused = outbox.records(connection, rows, states, "/registration")
    assert any(b"Ana Canary" in (record.value or b"") for record in paused)

    assert system.api("DELETE", f"{PATH}/{attendee}").status_code == 200
    system.run_until_quiet()
    assert (person_records(system)[-1], in_address_books(system)) == (None, [])

    system.log.append(paused)  # it wakes up
    assert b"Ana Canary" in (person_records(system)[-1] or b"")
    system.run_until_quiet()
    assert (person_records(system)[-1], in_address_books(system)) == (None, [])
    system.log.compact()
    assert person_records(system) == []


def test_a_description_that_comes_late_never_overwrites_a_newer_one_anywhere(system: System) -> None:
    assert system.api("POST", "/api/v1/conferences", json=a_conference()).status_code == 201
    system.run_until_quiet()
    attendee = system.api("POST", PATH, json=an_attendee()).json["id"]
    with system.registration.reading() as connection:
        paused = outbox.records(
            connection, outbox.unsent(connection, 100), system.registration.service.states, "/registration"
        )
    system.run_until_quiet()
    assert system.api("PATCH", f"{PATH}/{attendee}", json={"name": "Ana Second"}).status_code == 200
    system.run_until_quiet()
    system.log.append(paused)
    system.run_until_quiet()
    assert in_address_books(system) == ["Ana Second", "Ana Second"]
    newest = [value for value in person_records(system) if value][-1]
    event = envelope.load(PersonDescribed, json.loads(newest), 1)
    assert isinstance(event, PersonDescribed)
    assert event.name == "Ana Second"


def test_no_outbox_row_of_the_people_topic_holds_anything_personal(system: System) -> None:
    assert system.api("POST", "/api/v1/conferences", json=a_conference()).status_code == 201
    system.run_until_quiet()
    system.api("POST", PATH, json=an_attendee(goal="Canary goal", company="Canary Inc", field="Canaries"))
    system.run_until_quiet()
    with system.registration.reading() as connection:
        rows = connection.execute(select(tables.outbox)).all()
    assert {row.payload for row in rows if row.topic == PersonDescribed.TOPIC} == {None}
    assert [row.type for row in rows if b"Canar" in (row.payload or b"") or b"Silva" in (row.payload or b"")] == []
