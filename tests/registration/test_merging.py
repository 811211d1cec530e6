"""What devices tapped without network: each tap once, at its time, and whoever tapped later is right."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registration.domain import venue
from services.registration.domain.tap import tapped_at
from services.registration.service import SERVICE
from shared import conferences
from shared.access import DEFAULT_ACCOUNT, Access, Scope
from shared.bus.memory_log import MemoryLog
from shared.clock import FixedClock
from shared.contracts import AttendeeCheckedIn
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.parts import TOPICS, Parts
from shared.runtime import build_all
from shared.settings import Settings
from tests.registration.stage import add, create, logged_in, paired, send
from tests.servers.postgres import PostgresServer
from tests.system import NOON, SECRET, System

DESK = "/desk/pyconf"


def a_tap(number: int, person: dict[str, Any], at: datetime, action: str = "check-in", **more: Any) -> dict[str, Any]:
    """One tap, as a device keeps it."""
    tapped = round(at.timestamp() * 1000)
    return {
        "id": f"{number:032x}",
        "attendee": person["id"],
        "action": action,
        "tapped": tapped,
        "difference": 0,
    } | more


def ask(device: Any, *taps: dict[str, Any], **more: Any) -> Any:
    """Send taps as the page does."""
    proof = device.get(f"{DESK}/now").json["proof"]
    headers = {"X-CSRFToken": proof, "Accept": "application/json", "X-Idle": "1"}
    return device.post(f"{DESK}/merge", json={"taps": list(taps)}, headers=headers, **more)


def merged(device: Any, *taps: dict[str, Any]) -> list[tuple[str, str]]:
    """(outcome, sentence) of every tap."""
    answer = ask(device, *taps)
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json["taps"]] == [tap["id"] for tap in taps]
    assert {len(one["tapped"]) for one in answer.json["taps"]} == {len("12:00")}
    return [(one["outcome"], one["sentence"]) for one in answer.json["taps"]]


def check_ins(system: System) -> list[datetime]:
    """When people were checked in, by the events."""
    system.run_until_quiet()
    return [event.at for _kind, event in system.events() if isinstance(event, AttendeeCheckedIn)]


def present(system: System) -> list[bool]:
    """Who is here, in the order in which they were added."""
    people = system.api("GET", "/api/v1/conferences/pyconf/attendees").json["items"]
    return [bool(person["present_on"]) for person in people]


def test_a_check_in_counts_at_the_time_of_its_tap_and_once_however_often_it_is_sent(system: System) -> None:
    create(system)
    ana, ben = add(system), add(system, name="Ben", email="ben@example.org")
    device = paired(system, logged_in(system))
    earlier = NOON - timedelta(minutes=20)
    taps = [a_tap(1, ana, earlier), a_tap(2, ben, earlier), a_tap(3, ben, earlier + timedelta(seconds=5), "undo")]
    assert merged(device, *taps) == [("done", "")] * 3
    assert merged(device, *taps, taps[0]) == [("done", "")] * 4
    assert check_ins(system) == [earlier, earlier]
    assert present(system) == [True, False]


def test_who_was_checked_in_on_two_devices_is_here_once_and_the_second_one_is_told(system: System) -> None:
    create(system)
    ana = add(system)
    owner = logged_in(system)
    first, second = paired(system, owner, label="Door 1"), paired(system, owner, "desk", "Door 2")
    nine = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
    assert merged(second, a_tap(1, ana, nine)) == [("done", "")]
    told = [("here-since", "Was here already: checked in at 10:02 by Door 2.")]
    assert merged(first, a_tap(2, ana, nine - timedelta(minutes=1))) == told
    assert merged(first, a_tap(2, ana, nine - timedelta(minutes=1))) == told
    assert merged(second, a_tap(3, ana, nine)) == [("done", "")]  # its own doing is no news to it
    assert check_ins(system) == [nine]


def test_who_tapped_later_is_right_whoever_sent_it_first(system: System) -> None:
    create(system)
    ana, ben = add(system), add(system, name="Ben", email="ben@example.org")
    owner = logged_in(system)
    device = paired(system, owner)
    for person in (ana, ben):
        send(owner, DESK, f"{DESK}/{person['id']}", action="check-in")
    system.clock.advance(timedelta(minutes=1))
    send(owner, DESK, f"{DESK}/{ana['id']}", action="undo")
    late = [
        a_tap(1, ana, NOON + timedelta(seconds=30)),
        a_tap(2, ben, NOON - timedelta(seconds=30), "undo"),
    ]
    assert merged(device, *late) == [
        ("undone", "Was checked out again at 12:01 by somebody else, which is later: not checked in."),
        ("came-back", "Was checked in again at 12:00 by somebody else, which is later: stays here."),
    ]
    assert present(system) == [False, True]
    system.clock.advance(timedelta(minutes=1))
    assert (
        merged(device, a_tap(3, ana, system.clock.now()), a_tap(4, ben, system.clock.now(), "undo"))
        == [("done", "")] * 2
    )
    assert present(system) == [True, False]


def test_a_device_says_when_somebody_came_or_went_by_her_own_phone(system: System) -> None:
    create(system)
    ana = add(system)
    device, phone = paired(system, logged_in(system)), system.client("registration")
    page = ana["links"]["page"].removeprefix("http://localhost")
    with system.registration.reading() as connection:
        conference = conferences.by_slug(connection, Scope(DEFAULT_ACCOUNT), "pyconf")
    code = venue.code_of(system.registration.links, conference, conference.days[0].date)
    assert phone.post(page + "/here", data={"code": code}).status_code == 303
    assert merged(device, a_tap(1, ana, NOON)) == [
        ("here-since", "Was here already: checked in at 12:00 by their own phone.")
    ]
    system.clock.advance(timedelta(minutes=3))
    phone.post(page + "/leave")
    assert merged(device, a_tap(2, ana, NOON + timedelta(minutes=1))) == [
        ("undone", "Was checked out again at 12:03 by their own phone, which is later: not checked in.")
    ]
    assert present(system) == [False]


@pytest.fixture
def on_postgres(postgres: PostgresServer, tmp_path: Path) -> Iterator[System]:
    """Registration alone, on PostgreSQL."""
    clock, transport = FixedClock(NOON), MemoryTransport()
    log, database = MemoryLog(TOPICS, now=clock.now), Database(postgres.create_database("registration_door"))
    parts = Parts(log=log, clock=clock, transport=transport, databases={SERVICE.name: database})
    settings = Settings(data=tmp_path, secret_key=SECRET, bus="memory", public_url="http://localhost")
    (runtime,) = build_all([SERVICE], settings, parts)
    runtime.migrate()
    yield System({SERVICE.name: runtime}, clock, log, transport, Access(SECRET))
    database.close()


@pytest.mark.postgres
def test_devices_that_send_long_lists_at_once_do_not_get_in_each_others_way(on_postgres: System) -> None:
    create(on_postgres)
    people = [add(on_postgres, email=f"p{number}@example.org") for number in range(20)]
    owner = logged_in(on_postgres)
    devices = [paired(on_postgres, owner, label=f"Door {number}") for number in range(4)]

    def send_all(number: int) -> list[str]:
        order = people if number % 2 else people[::-1]
        taps = [a_tap(100 * number + place, person, NOON) for place, person in enumerate(order)]
        return [outcome for outcome, _sentence in merged(devices[number], *taps)]

    with ThreadPoolExecutor(4) as threads:
        outcomes = [outcome for answered in threads.map(send_all, range(4)) for outcome in answered]
    assert (outcomes.count("done"), outcomes.count("here-since")) == (20, 60)


def test_each_tap_stands_by_itself_and_says_why_it_was_not_taken(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    people = [
        add(system),
        add(system, email="gone@example.org"),
        add(system, email="pending@example.org", confirmed=False),
        add(system, slug="other", email="else@example.org"),
        add(system, name="Last", email="last@example.org"),
    ]
    device = paired(system, logged_in(system))
    system.api("DELETE", f"/api/v1/conferences/pyconf/attendees/{people[1]['id']}")
    taps = [a_tap(number, person, NOON) for number, person in enumerate(people)]
    taps += [a_tap(8, {"id": "9" * 32}, NOON), a_tap(9, people[0], NOON - timedelta(days=1), "undo")]
    assert merged(device, *taps) == [
        ("done", ""),
        ("withdrawn", "This registration was withdrawn."),
        (
            "not-confirmed",
            "This registration is not confirmed yet: the link in the mail does that, or an organizer.",
        ),
        ("not-found", "Is not in the list of this conference."),
        ("done", ""),
        ("not-found", "Is not in the list of this conference."),
        ("another-day", "That was on another day, so it was not taken."),
    ]
    assert present(system) == [True, False, False, True]


def test_the_clock_of_a_device_may_be_wrong() -> None:
    hour = 3_600_000
    tapped = round(NOON.timestamp() * 1000)
    assert tapped_at(tapped - hour, hour, NOON) == NOON
    assert tapped_at(tapped + 2 * hour, -3 * hour, NOON) == NOON - timedelta(hours=1)
    assert tapped_at(tapped + hour, 0, NOON) == NOON  # never later than now
    assert tapped_at(0, -hour, NOON) == datetime(1970, 1, 1, tzinfo=UTC)


def test_five_hundred_taps_come_at_once_and_no_more(system: System) -> None:
    create(system)
    ana = add(system)
    device = paired(system, logged_in(system))
    taps = [a_tap(number, ana, NOON, "undo" if number % 2 else "check-in") for number in range(500)]
    assert merged(device, *taps) == [("done", "")] * 500
    assert (len(check_ins(system)), present(system)) == (250, [False])
    assert ask(device, *taps, a_tap(500, ana, NOON)).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"},
        {"attendee": None},
        {"action": "withdraw"},
        {"tapped": -1},
        {"tapped": 1.5},
        {"tapped": 10**30},
        {"tapped": "now"},
        {"difference": 10**14},
        {"name": "Ana"},
    ],
)
def test_a_tap_that_cannot_be_is_refused_and_nothing_is_done(system: System, wrong: dict[str, Any]) -> None:
    create(system)
    ana = add(system)
    device = paired(system, logged_in(system))
    assert ask(device, a_tap(1, ana, NOON), a_tap(2, ana, NOON) | wrong).status_code in (400, 422)
    assert present(system) == [False]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"taps": 1}', b'{"taps": [1]}', b"{}", b"\xff"])
def test_a_body_that_is_none_is_refused(system: System, body: bytes) -> None:
    create(system)
    device = paired(system, logged_in(system))
    proof = device.get(f"{DESK}/now").json["proof"]
    headers = {"X-CSRFToken": proof, "Accept": "application/json"}
    kinds = {"application/json": (400, 422), "text/plain": (415,)}
    for kind, expected in kinds.items():
        answer = device.post(f"{DESK}/merge", data=body, headers=headers, content_type=kind)
        assert answer.status_code in expected, (kind, answer.text)


def test_nothing_is_taken_without_proof_nor_from_a_locked_device(system: System) -> None:
    create(system)
    ana = add(system)
    device = paired(system, logged_in(system))
    json = {"taps": [a_tap(1, ana, NOON)]}
    assert device.post(f"{DESK}/merge", json=json).status_code == 403
    proof = device.get(f"{DESK}/now").json["proof"]
    system.clock.advance(timedelta(minutes=5))
    headers = {"X-CSRFToken": proof, "Accept": "application/json"}
    locked = device.post(f"{DESK}/merge", json=json, headers=headers)
    assert (locked.status_code, locked.json["type"]) == (401, "urn:rapport:locked")
    assert present(system) == [False]
    assert device.post(f"{DESK}/unlock", data={"pin": "4711"}).status_code == 303
    assert merged(device, *json["taps"]) == [("done", "")]
    assert check_ins(system) == [NOON]


def test_a_device_keeps_names_and_states_and_nothing_else(system: System) -> None:
    create(system)
    ana = add(system, company="Acme")
    add(system, name="Pending", email="p@example.org", confirmed=False)
    ben = add(system, name="Ben", email="ben@example.org")
    device = paired(system, logged_in(system), "desk")
    send(device, DESK, f"{DESK}/{ben['id']}", action="check-in")
    assert device.get(f"{DESK}/list").json == {
        "until": round(datetime(2026, 11, 24, 23, tzinfo=UTC).timestamp() * 1000),
        "people": [
            {"id": ana["id"], "name": "Ana Bešić", "here": False},
            {"id": ben["id"], "name": "Ben", "here": True},
        ],
    }
    shell = device.get(f"{DESK}/offline").text
    assert [word for word in ("Ana", "Ben", "Acme") if word in shell] == []
    worker = device.get("/desk/sw.js", buffered=True)
    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
