"""Every page, at 390 and 1280 px, light and dark: axe finds nothing, nothing scrolls sideways, the console is silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from shared.settings import Settings
from tests.browser.living import Living
from tests.browser.looking import HEIGHT, NARROW, SIDEWAYS, Console, Fault, faults, new_context
from tests.browser.pages import NO_PAGES, PAGES, Page, all_pages, in_language, rules

pytestmark = pytest.mark.xdist_group("browser")


def test_every_page_that_there_is_stands_in_the_list(tmp_path: Path) -> None:
    there = rules(Settings(data=tmp_path, secret_key="a key for looking at routes only", bus="memory", durable=False))
    assert there - NO_PAGES == set(PAGES)
    assert there >= NO_PAGES


@pytest.fixture(scope="module")
def same_window(browser: Any, living: Living, organizer_state: Any) -> Iterator[Callable[[bool], Any]]:
    """A stranger's or the organizer's window, the same for page after page: a new one takes as long as many pages."""
    contexts: dict[bool, Any] = {}

    def open_window(organizer: bool) -> Any:
        if organizer not in contexts:
            state = organizer_state if organizer else None
            still = {"reduced_motion": "reduce"}  # what fades in has no contrast yet
            contexts[organizer] = new_context(browser, storage_state=state, base_url=living.base, **still)
            contexts[organizer].new_page()
        return contexts[organizer].pages[0]

    yield open_window
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("shown", all_pages(), ids=lambda shown: shown.name)
def test_a_page_has_no_faults_and_its_long_german_words_fit_a_phone(
    shown: Page, living: Living, window: Callable[..., Any], same_window: Callable[[bool], Any]
) -> None:
    page = window(device=shown.device) if shown.device else same_window(shown.organizer)
    console, path = Console(page, living.base), shown.path(living)
    answer = page.goto(path)
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    assert (faults(page), console.said) == ([], [])
    page.goto(in_language(path, "de"))
    found = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found.append(page.evaluate(SIDEWAYS))
    assert (page.locator("html").get_attribute("lang"), found, console.said) == ("de", ["", ""], [])


def test_every_page_of_an_attendee_leads_to_where_a_concern_is_reported(living: Living) -> None:
    hers = [page for rule, pages in PAGES.items() if re.match("/[acdir]/", rule) for page in pages]
    missing = [page.name for page in hers if "Report a concern</a>" not in _text(living.base + page.path(living))]
    assert (len(hers) > 15, missing) == (True, ["concern-where"])


def _text(url: str) -> str:
    with urlopen(url) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize(
    ("name", "path", "button", "organizer"),
    [
        ("form", "/c/harbour-conf", "Register", False),
        ("login", "/login", "Send me the link", False),
        ("conference", "/organize/new", "Save", True),
        ("import", "/organize/harbour-conf/import", "Read the list", True),
        ("shop", "/organize/harbour-conf/hooks", "Connect the shop", True),
        ("webhook", "/organize/harbour-conf/hooks", "Add the webhook", True),
    ],
)
def test_a_form_that_was_refused_has_no_faults_either(
    name: str, path: str, button: str, organizer: bool, living: Living, window: Callable[..., Any]
) -> None:
    page = window(organizer=organizer)
    page.goto(path)
    page.get_by_role("button", name=button).click()
    assert page.locator(".summary").is_visible()
    assert page.title().startswith("Error:") or name == "import"
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/nothing/here", "/i/wrongtokenwrongtokenwrongto", "/c/no-such-conference"])
def test_a_page_that_is_not_there_has_no_faults_either(path: str, window: Callable[..., Any]) -> None:
    page = window()
    assert page.goto(path).status == 404
    assert faults(page) == []


def test_a_fault_would_be_found(window: Callable[..., Any]) -> None:
    page = window()
    page.goto("/login")
    page.evaluate(
        """() => {
          const main = document.querySelector('main');
          main.innerHTML = '<input><p>hard to read</p>';
          Object.assign(main.lastChild.style, {width: '900px', color: '#777', background: '#888'});
        }"""
    )
    found: list[Fault] = faults(page)
    assert {fault.what.split(":")[0] for fault in found} >= {"label", "color-contrast", "scrolls sideways"}
