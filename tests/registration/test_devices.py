"""Devices at the door: added by a lead, paired once, locked when nobody taps, opened by a PIN, ended from afar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.parts import Parts
from shared.runtime import build_all
from tests.registration.stage import PIN, add, added, create, logged_in, paired, proof, send
from tests.system import System

DESK, UNLOCK, PAGE = "/desk/pyconf", "/desk/pyconf/unlock", "/desk/pyconf/devices"


def states(owner: Any) -> list[tuple[str, str]]:
    """(device, how it stands) as the page of devices says."""
    rows = re.findall(
        r'data-label="Device">(.*?)</th>.*?<span class="badge[^"]*">(.*?)</span>', owner.get(PAGE).text, re.S
    )
    return [(label, standing) for label, standing in rows]


def audited(owner: Any) -> list[tuple[str, str]]:
    """(who, what) of every line, oldest first."""
    shown = owner.get("/organize/pyconf/audit").text
    found = re.findall(r'data-label="Who">(.*?)</td><td class="whole" data-label="What">(.*?) <span', shown, re.S)
    return [(who.strip(), what.strip()) for who, what in reversed(found)]


def device_ids(owner: Any) -> list[str]:
    """Ids of the devices that can be ended."""
    return re.findall(r'name="end" value="(\w+)"', owner.get(PAGE).text)


def test_a_lead_adds_a_device_that_is_paired_by_one_tap_and_opened_by_its_pin(system: System) -> None:
    create(system)
    owner = logged_in(system)
    answer = send(owner, PAGE, label="Door 1", role="kiosk", pin=PIN)
    shown = owner.get(answer.headers["Location"]).text
    path = re.findall(r"<code>http://localhost(/pair/\w{26})</code>", shown)[0]
    assert "<svg" in shown
    device = logged_in(system, "second@example.org")
    looked = device.get(path).text
    assert "Make this device “Door 1”?" in looked
    assert "owner@example.org adds it to the door of PyConf." in looked
    assert (device.get("/organize").status_code, states(owner)) == (200, [("Door 1", "to be paired")])
    before = device.get_cookie("rapport").value
    tapped = device.post(path)
    assert (tapped.status_code, tapped.headers["Location"]) == (303, UNLOCK)
    assert (device.post(path).status_code, device.get(path).status_code) == (404, 404)
    assert device.get(DESK).headers["Location"] == f"{UNLOCK}?next=/desk/pyconf"
    opened = device.post(UNLOCK, data={"pin": PIN, "next": "/desk/pyconf?q=a"})
    assert (opened.status_code, opened.headers["Location"]) == (303, "/desk/pyconf?q=a")
    assert (device.get(DESK).status_code, device.get("/organize").status_code) == (200, 403)
    assert states(owner) == [("Door 1", "paired")]
    old = system.client("registration")
    old.set_cookie("rapport", before)
    assert old.get("/organize").status_code == 303
    assert [line for line in audited(owner) if "device" in line[1]] == [
        ("owner@example.org", "device added"),
        ("Door 1", "device paired"),
    ]


def test_a_pairing_is_over_after_ten_minutes_when_it_is_ended_and_when_its_lead_has_left(system: System) -> None:
    create(system)
    owner = logged_in(system)
    late, ended = added(owner, label="Late"), added(owner, label="Ended")
    send(owner, PAGE, end=device_ids(owner)[1])
    assert system.client("registration").post(ended).status_code == 404
    send(owner, "/organize/pyconf/team", email="lead@example.org", role="desk")
    lead = logged_in(system, "lead@example.org")
    left, gone = added(lead, label="Left"), paired(system, lead, label="Gone")
    member = owner.get("/organize/pyconf/team").text.split("lead@example.org")[1]
    send(owner, "/organize/pyconf/team", remove=re.findall(r'name="remove" value="(\w+)"', member)[0])
    assert system.client("registration").get(left).status_code == 404
    assert gone.get(DESK).headers["Location"].startswith("/login")
    system.clock.advance(timedelta(minutes=10))
    assert system.client("registration").get(late).status_code == 404
    assert system.client("registration").post(late).status_code == 404
    assert states(owner) == [
        ("Late", "was not paired in time"),
        ("Ended", "ended"),
        ("Left", "ended"),
        ("Gone", "ended"),
    ]
    assert audited(owner)[-3:] == [("owner@example.org", "device ended")] * 2 + [
        ("owner@example.org", "removed from the team")
    ]


def test_nobody_is_made_a_device_by_a_form_on_another_page(system: System) -> None:
    create(system)
    path, device = added(logged_in(system)), system.client("registration")
    assert device.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert device.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert device.post(path).status_code == 303
    assert device.post(UNLOCK, data={"pin": PIN}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("role", ["kiosk", "desk"])
def test_a_device_locks_after_five_minutes_without_a_tap_and_never_while_somebody_taps(
    system: System, role: str
) -> None:
    create(system)
    device = paired(system, logged_in(system), role)
    for _ in range(180):  # most of a day
        system.clock.advance(timedelta(minutes=4, seconds=50))
        assert device.get(DESK).status_code == 200
        assert device.get(f"{DESK}/now", headers={"X-Idle": "1"}).status_code == 200
    system.clock.advance(timedelta(minutes=4, seconds=50))
    assert device.get(f"{DESK}/now", headers={"X-Idle": "1"}).status_code == 200  # the page by itself, nobody's tap
    system.clock.advance(timedelta(seconds=10))
    assert device.get(f"{DESK}/now", headers={"Accept": "application/json"}).json["type"] == "urn:rapport:locked"
    assert device.get(f"{DESK}?q=a").headers["Location"] == f"{UNLOCK}?next=/desk/pyconf%3Fq%3Da"
    assert "Locked: Door 1" in device.get(UNLOCK).text
    code = device.get("/q/nothing")
    assert code.headers["Location"] == f"{UNLOCK}?next=/q/nothing"
    assert device.post(UNLOCK, data={"pin": PIN}).status_code == 303
    assert device.get(DESK).status_code == 200


def test_what_was_sent_to_a_locked_device_waits_for_the_pin(system: System) -> None:
    create(system)
    ana = add(system)
    device = paired(system, logged_in(system), "desk")
    said = {"csrf_token": proof(device, f"{DESK}/many"), "lines": "ana@example.org", "action": "check-in"}
    system.clock.advance(timedelta(minutes=5))
    assert device.post(f"{DESK}/many", data={**said, "csrf_token": "x"}).status_code == 403
    kept = device.post(f"{DESK}/many", data=said)
    assert kept.status_code == 401
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', kept.text)
    assert hidden == [("to", f"{DESK}/many"), ("kept-lines", "ana@example.org"), ("kept-action", "check-in")]
    wrong = device.post(UNLOCK, data={**dict(hidden), "pin": "0815"})
    assert (wrong.status_code, re.findall(r'name="(kept-[^"]+)" value="([^"]*)"', wrong.text)) == (422, hidden[1:])
    opened = device.post(UNLOCK, data={**dict(hidden), "pin": PIN})
    assert "What you sent while it was locked has not been done yet." in opened.text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', opened.text))
    assert "Checked in." in device.post(f"{DESK}/many", data=again).text
    assert system.api("GET", f"/api/v1/conferences/pyconf/attendees/{ana['id']}").json["status"] == "checked_in"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/desk/pyconfx", "/login", "/desk/pyconf/../x"]
)
def test_after_the_pin_nobody_is_sent_elsewhere(system: System, to: str) -> None:
    create(system)
    device = system.client("registration")
    device.post(added(logged_in(system)))
    answer = device.post(UNLOCK, data={"pin": PIN, "next": to, "to": to, "kept-a": "b"})
    assert (answer.status_code, answer.headers.get("Location")) == (303, DESK)


def test_the_fifth_wrong_pin_ends_the_device(system: System) -> None:
    create(system)
    owner = logged_in(system)
    device = paired(system, owner)
    system.clock.advance(timedelta(minutes=5))
    for left in (4, 3, 2):
        wrong = device.post(UNLOCK, data={"pin": "0000"})
        assert (wrong.status_code, f"{left} more tries" in wrong.text) == (422, True)
    device.post(UNLOCK, data={"pin": PIN})  # the right one starts the counting anew
    system.clock.advance(timedelta(minutes=5))
    for odd in ("", "4711x", "४७११", "x" * 10_000):
        assert device.post(UNLOCK, data={"pin": odd}).status_code == 422
    cookie = device.get_cookie("rapport").value
    over = device.post(UNLOCK, data={"pin": "1"})
    assert (over.status_code, "The PIN was wrong five times." in over.text) == (403, True)
    device.set_cookie("rapport", cookie)
    assert device.post(UNLOCK, data={"pin": PIN}).headers["Location"] == DESK
    assert device.get(DESK).headers["Location"].startswith("/login")
    assert states(owner) == [("Door 1", "ended")]
    assert audited(owner)[-1] == ("Door 1", "device locked out")


def test_a_device_that_is_ended_is_out_at_once_and_everywhere(system: System) -> None:
    create(system)
    owner = logged_in(system)
    device, other = paired(system, owner, "desk"), paired(system, owner, "desk", "Door 2")
    system.run_until_quiet()
    elsewhere = system.client("introductions")
    elsewhere.set_cookie("rapport", device.get_cookie("rapport").value)
    assert elsewhere.get("/plan/pyconf").status_code == 200
    send(owner, PAGE, end=device_ids(owner)[0])
    assert device.get(DESK).headers["Location"].startswith("/login")
    system.run_until_quiet()
    assert elsewhere.get("/plan/pyconf").headers["Location"].startswith("/login")
    assert (other.get(DESK).status_code, states(owner)) == (200, [("Door 1", "ended"), ("Door 2", "paired")])
    assert audited(owner)[-1] == ("owner@example.org", "device ended")


def test_a_device_of_another_conference_cannot_be_ended_here(system: System) -> None:
    create(system)
    create(system, slug="other", name="Other")
    owner = logged_in(system)
    device = paired(system, owner)
    assert send(owner, "/desk/other/devices", end=device_ids(owner)[0]).status_code == 404
    assert send(owner, "/desk/other/devices", end="nothing").status_code == 404
    assert device.get("/desk/other").status_code == 404
    assert device.get(DESK).status_code == 200


def test_logging_a_device_out_ends_it(system: System) -> None:
    create(system)
    owner = logged_in(system)
    device = paired(system, owner)
    cookie = device.get_cookie("rapport").value
    assert send(device, DESK, "/logout").headers["Location"] == "/login"
    device.set_cookie("rapport", cookie)
    assert device.get(DESK).headers["Location"].startswith("/login")
    assert (states(owner), audited(owner)[-1]) == ([("Door 1", "ended")], ("Door 1", "device ended"))


def test_devices_end_with_the_last_day_of_the_conference(system: System) -> None:
    create(system)
    owner = logged_in(system)
    device = paired(system, owner)
    midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # in Berlin
    system.clock.set(midnight - timedelta(seconds=1))
    assert device.post(UNLOCK, data={"pin": PIN}).status_code == 303
    assert device.get(DESK).status_code == 200
    system.clock.set(midnight)
    assert device.get(DESK).headers["Location"].startswith("/login")
    owner = logged_in(system)
    page = owner.get(PAGE).text
    assert "The conference is over, and so are its devices." in page
    late = send(owner, DESK, PAGE, label="Door 3", role="kiosk", pin=PIN)
    assert (late.status_code, late.text.count("The conference is over.")) == (409, 1)


def test_a_device_adds_no_devices(system: System) -> None:
    create(system)
    device = paired(system, logged_in(system), "desk")
    assert device.get(PAGE).status_code == 403
    assert send(device, DESK, PAGE, label="Mine", role="desk", pin=PIN).status_code == 403
    assert paired(system, logged_in(system), "kiosk").get(PAGE).status_code == 403


def test_in_the_demo_no_device_is_paired(system: System, tmp_path: Path) -> None:
    create(system)
    parts = Parts(log=system.log, clock=system.clock, databases={"registration": system.registration.database})
    settings = replace(system.registration.settings, data=tmp_path / "demo", demo=True)
    (runtime,) = build_all([system.registration.service], settings, parts)
    visitor = runtime.web_app().test_client()
    assert "No device yet" in visitor.get(PAGE).text
    refused = send(visitor, PAGE, label="Door 1", role="kiosk", pin=PIN)
    assert (refused.status_code, "not in the demo." in refused.text) == (403, True)
    assert "No device yet" in visitor.get(PAGE).text


@pytest.mark.parametrize(
    ("pin", "sentence"),
    [
        ("", "This is needed."),
        ("123", "Please choose 4 to 8 digits."),
        ("123456789", "Please choose 4 to 8 digits."),
        ("४७११", "Please choose 4 to 8 digits."),
        ("7777", "Please choose a PIN that nobody guesses at once."),
        ("4567", "Please choose a PIN that nobody guesses at once."),
        ("9876", "Please choose a PIN that nobody guesses at once."),
    ],
)
def test_a_pin_that_cannot_be_is_refused_with_nothing_lost(system: System, pin: str, sentence: str) -> None:
    create(system)
    answer = send(logged_in(system), PAGE, label="Door 1", role="desk", pin=pin)
    assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
    assert 'value="Door 1"' in answer.text


def test_a_pin_is_kept_as_a_hash_only_and_never_logged(system: System, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    create(system)
    owner = logged_in(system)
    assert send(owner, PAGE, label="Door 1", role="kiosk", pin="83640957").status_code == 303
    connection = system.registration.engine.raw_connection()
    kept = "\n".join(connection.driver_connection.iterdump())
    connection.close()
    assert ("scrypt:" in kept, "83640957" in kept) == (True, False)
    assert [record for record in caplog.records if "83640957" in record.getMessage() + repr(record.__dict__)] == []


def test_a_kiosk_sees_names_and_states_and_nothing_else(system: System) -> None:
    create(system)
    ana = add(system, name="Ána Bešić", company="Acme", goal="Nobody at the door reads this.")
    add(system, name="Ana Maric", email="other@example.org")
    system.run_until_quiet()
    code = next(re.findall(r"http://localhost(/q/\w+)", mail.text)[0] for mail in system.mails if "/q/" in mail.text)
    kiosk = paired(system, logged_in(system))
    pages = [kiosk.get(path).text for path in (f"{DESK}?q=ana", code)]
    done = send(kiosk, f"{DESK}?q=ana", f"{DESK}/{ana['id']}", action="check-in", q="ana")
    pages += [kiosk.get(done.headers["Location"]).text, kiosk.get(f"{DESK}?q=ana", headers={"X-Part": "rows"}).text]
    for word in ("Acme", "example.org", "Grant writing", "Nobody at the door", "/organize/", "/plan/", "/outcomes/"):
        assert [page for page in pages if word in page] == [], word
    assert re.findall(r"<strong>([^<]+)</strong>", pages[0]) == ["Ána Bešić", "Ana Maric"]
    assert "Ána Bešić is checked in." in pages[2]
    send(kiosk, DESK, f"{DESK}/{ana['id']}", action="undo")
    assert system.api("GET", f"/api/v1/conferences/pyconf/attendees/{ana['id']}").json["present_on"] == []
    for begun in ("", "a", " a "):  # it looks somebody up, it does not show everybody
        assert "Bešić" not in kiosk.get(DESK, query_string={"q": begun}).text
