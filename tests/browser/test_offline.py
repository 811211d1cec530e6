"""Devices at the door in Chromium: they work on without network, lock when nobody taps, and lose nothing by either."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.browser.lead import Lead, become_device, type_pin
from tests.browser.living import _Served
from tests.browser.looking import faults, new_context
from tests.browser.past import OWNER
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.world import Visitor
from tests.registration.stage import a_conference, an_attendee
from tests.servers.process import free_port
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # in Berlin; what a device's own clock says is far from it
NAMES = ("Ána Bešić", "Ben Okoro", "Cleo Maric")
KEPT = """async () => {
  const known = await indexedDB.databases();
  if (!known.some((one) => one.name === 'rapport-desk')) return {};
  const opened = await new Promise((done) => {
    const asked = indexedDB.open('rapport-desk');
    asked.onsuccess = () => done(asked.result);
  });
  const found = {};
  for (const name of ['desks', 'taps', 'answers']) found[name] = await new Promise((done) => {
    const asked = opened.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  opened.close();
  return found;
}"""
READY = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const kept = await (await caches.open('rapport-desk')).keys();
  return kept.some((one) => one.url.endsWith('/static/desk-store.js'));
}"""


class Door:
    """A served installation with a conference, whose clock can be set."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        settings = {
            "RAPPORT_DATA": str(data),
            "RAPPORT_PORT": str(self.port),
            "RAPPORT_PUBLIC_URL": self.base,
            "RAPPORT_ORGANIZERS": OWNER,
            "RAPPORT_DURABLE": "false",
        }
        self.installation = Installation(settings)
        self.process = self.installation.start("rapport.log", "up")
        wait_ready(self.process, self.port)
        self.installation.set_clock(NINE)
        served: Any = _Served(self.port, self.installation.rapport("api-key", "--all").strip())
        self.call = Visitor(served).call
        self.lead = Lead(self.base, self.installation.rapport("login-link", OWNER).strip())

    def conference(self, slug: str) -> list[str]:
        """A conference of three; their ids."""
        self.call("POST", "/api/v1/conferences", a_conference(slug=slug, name=slug))
        path = f"/api/v1/conferences/{slug}/attendees"
        bodies = [an_attendee(name=name, email=f"{slug}{number}@example.org") for number, name in enumerate(NAMES)]
        return [str(self.call("POST", path, body)["id"]) for body in bodies]

    def here(self, slug: str) -> list[str]:
        """Who is checked in."""
        people = self.call("GET", f"/api/v1/conferences/{slug}/attendees")["items"]
        return [person["name"] for person in people if person["present_on"]]

    def pass_time(self, **by: float) -> None:
        """Let time pass on the server."""
        self.installation.set_clock(self.installation.now() + timedelta(**by))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One for all tests here."""
    started = Door(tmp_path_factory.mktemp("door"))
    yield started
    started.process.stop()


@pytest.fixture
def device(browser: Any, door: Door) -> Iterator[Callable[..., Any]]:
    """Opens the desk of a conference on a new device that is ready for the time without network."""
    contexts = []

    def open_one(slug: str, role: str = "kiosk", label: str = "Door 1") -> Any:
        contexts.append(new_context(browser, base_url=door.base))
        page = contexts[-1].new_page()
        become_device(page, door.lead.pairing_link(slug, role, label))
        wait_until(lambda: page.evaluate(READY), 20, "the page is kept on the device")
        return page

    yield open_one
    for context in contexts:
        context.close()


def check_in(page: Any, begun: str, name: str) -> None:
    """Search somebody and tap."""
    page.get_by_role("searchbox").fill(begun)
    page.locator("#rows").get_by_role("button", name=f"Check in {name}").click()
    page.get_by_text(f"{name} is checked in.").wait_for()


def read(page: Any, script: str) -> Any:
    """What the device keeps, also where its page asks for another one just now, as that of an ended device does."""
    try:
        return page.evaluate(script)
    except Error as gone:
        if "because of a navigation" not in str(gone):
            raise
        page.wait_for_load_state()
        return page.evaluate(script)


def test_searching_and_checking_in_go_on_without_network_and_are_sent_when_it_is_back(
    door: Door, device: Callable[..., Any]
) -> None:
    door.conference("away")
    page = device("away")
    page.context.set_offline(True)
    check_in(page, "ana besic", "Ána Bešić")
    page.get_by_text("No network: 1 check-in waits on this device.").wait_for()
    page.reload()
    page.get_by_text("No network: 1 check-in waits on this device.").wait_for()
    assert page.locator("#count").inner_text() == "1 here today"  # what is shown is what the device kept
    page.get_by_role("heading", name="Type a name").wait_for()  # below an empty search it says what one can search in
    page.get_by_role("searchbox").fill("ana")
    page.locator("#rows").get_by_role("button", name="Undo Ána Bešić").wait_for()  # it knows what it was told
    page.get_by_role("searchbox").fill("ABC2 DEF3 GHI4")  # the list of a device has names only, and says so
    page.get_by_role("heading", name="Codes need the network").wait_for()
    page.get_by_role("searchbox").press("Escape")
    check_in(page, "ben", "Ben Okoro")
    check_in(page, "cleo", "Cleo Maric")
    page.locator("#said").get_by_role("button", name="Undo").click()
    page.get_by_text("No network: 4 check-ins wait on this device.").wait_for()
    assert faults(page) == []
    assert door.here("away") == []
    page.context.set_offline(False)
    page.locator("#away").wait_for(state="hidden")
    assert page.locator("#count").inner_text() == "2 here today"
    assert door.here("away") == ["Ána Bešić", "Ben Okoro"]
    assert (page.evaluate(KEPT)["taps"], page.locator("#answers").is_visible()) == ([], False)


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_login_page_of_the_wi_fi_ends_no_device_and_loses_no_tap(
    door: Door, device: Callable[..., Any], status: int
) -> None:
    slug = f"portal-{status}"
    door.conference(slug)
    page = device(slug)
    page.route("**/now", lambda asked: asked.fulfill(status=status, content_type="text/html", body="<h1>Wi-Fi</h1>"))
    check_in(page, "ana", "Ána Bešić")
    page.get_by_text("No network: 1 check-in waits on this device.").wait_for()
    assert len(page.evaluate(KEPT)["desks"][0]["people"]) == len(NAMES)
    page.unroute("**/now")
    page.locator("#away").wait_for(state="hidden")
    assert door.here(slug) == ["Ána Bešić"]


def test_who_was_checked_in_on_two_devices_is_here_once_and_the_second_one_shows_it(
    door: Door, device: Callable[..., Any]
) -> None:
    door.conference("two")
    first, second = device("two"), device("two", "desk", "Door 2")
    for page in (first, second):
        page.context.set_offline(True)
        check_in(page, "ana", "Ána Bešić")
    second.context.set_offline(False)
    second.locator("#away").wait_for(state="hidden")
    check_in(first, "ben", "Ben Okoro")
    first.context.set_offline(False)
    shown = first.locator("#answers li")
    shown.wait_for()
    assert (shown.count(), shown.locator("strong").inner_text()) == (1, "Ána Bešić")
    said = r"Check-in tapped at 09:0\d\. Was here already: checked in at 09:0\d by Door 2\."
    assert re.search(said, shown.inner_text())
    assert faults(first) == []
    first.reload()
    shown.wait_for()  # until somebody has seen it
    shown.get_by_role("button", name="Seen").click()
    first.locator("#answers").wait_for(state="hidden")
    first.reload()
    first.get_by_role("searchbox").wait_for()
    assert (first.locator("#answers").is_visible(), door.here("two")) == (False, ["Ána Bešić", "Ben Okoro"])


def test_what_was_tapped_waits_for_the_pin_where_the_device_was_locked_meanwhile(
    door: Door, device: Callable[..., Any]
) -> None:
    door.conference("locked")
    page = device("locked")
    page.context.set_offline(True)
    check_in(page, "ana", "Ána Bešić")
    door.pass_time(minutes=6)
    page.context.set_offline(False)
    # A search that was still on its way is let out to the PIN's page itself; either way nothing is lost.
    told, asked = page.get_by_text("Locked: 1 check-in waits for the PIN."), page.get_by_label("PIN")
    told.or_(asked).first.wait_for()
    assert door.here("locked") == []
    if told.is_visible():
        page.get_by_role("link", name="Type the PIN").click()
    type_pin(page)
    wait_until(lambda: door.here("locked") == ["Ána Bešić"], 10, "it was sent")
    assert page.locator("#away").is_hidden()


def test_a_device_that_nobody_taps_asks_for_its_pin_and_gives_back_what_was_typed(
    door: Door, device: Callable[..., Any]
) -> None:
    (ana, *_others) = door.conference("idle")
    page = device("idle", "desk")
    page.clock.install()
    page.goto("/desk/idle/many")
    page.get_by_label("Codes or addresses").fill("one@example.org\ntwo")
    page.get_by_text("Or tick who is here").click()
    page.locator(f"input[value='{ana}']").check()
    door.pass_time(minutes=5)
    page.clock.fast_forward(5 * 60 * 1000)
    page.wait_for_url("**/unlock*")
    assert page.get_by_role("heading", level=1).inner_text() == "Locked: Door 1"
    assert faults(page) == []
    type_pin(page)
    assert page.get_by_label("Codes or addresses").input_value() == "one@example.org\ntwo"
    assert page.locator(f"input[value='{ana}']").is_checked()


def test_while_somebody_types_a_device_stays_open(door: Door, device: Callable[..., Any]) -> None:
    door.conference("typing")
    page = device("typing", "desk")
    page.clock.install()
    page.goto("/desk/typing/many")
    for _ in range(4):
        door.pass_time(minutes=3)
        page.clock.fast_forward(3 * 60 * 1000)
        with page.expect_response("**/desk/typing/now"):
            page.get_by_label("Codes or addresses").press("x")
    assert page.get_by_label("Codes or addresses").input_value() == "xxxx"
    page.get_by_role("button", name="Look first").click()
    assert "Nobody has this code or address." in page.locator("main").inner_text()


def test_without_network_nobody_is_locked_out_but_what_is_shown_goes(door: Door, device: Callable[..., Any]) -> None:
    door.conference("alone")
    page = device("alone")
    page.clock.install()
    page.reload()
    page.context.set_offline(True)
    check_in(page, "ana", "Ána Bešić")
    page.clock.fast_forward(6 * 60 * 1000)
    wait_until(lambda: page.get_by_role("searchbox").input_value() == "", 10, "the field is empty")
    assert "Ána Bešić" not in page.locator("main").inner_text()
    check_in(page, "ben", "Ben Okoro")


def test_a_device_that_was_ended_keeps_no_name_and_its_taps_until_it_is_paired_again(
    door: Door, device: Callable[..., Any]
) -> None:
    door.conference("ended")
    page = device("ended")
    page.context.set_offline(True)
    check_in(page, "ana", "Ána Bešić")
    door.lead.end_all("ended")
    page.context.set_offline(False)
    page.get_by_text("This device was ended. 1 check-in waits on it until it is paired again.").wait_for()
    kept = read(page, KEPT)
    assert ([one for one in kept["desks"] if one["people"]], len(kept["taps"])) == ([], 1)
    assert [word for word in ("Ana", "Ána") if word in str(kept)] == []
    assert read(page, "caches.has('rapport-desk')") is False
    become_device(page, door.lead.pairing_link("ended", "kiosk", "Door 1 again"))
    wait_until(lambda: door.here("ended") == ["Ána Bešić"], 10, "it was sent")


def test_logging_out_takes_the_names_along(door: Door, device: Callable[..., Any]) -> None:
    door.conference("out")
    page = device("out")
    assert len(page.evaluate(KEPT)["desks"][0]["people"]) == 3
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    wait_until(lambda: not page.evaluate(KEPT)["desks"], 10, "the names are gone")
