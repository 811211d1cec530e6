"""The living installation, and windows of Chromium before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.lead import become_device
from tests.browser.living import Living
from tests.browser.looking import new_context

GROUP = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="package")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """One installation for all tests of this package."""
    started = Living(tmp_path_factory.mktemp("living"))
    yield started
    started.close()


@pytest.fixture(autouse=True)
def the_same_moment(request: pytest.FixtureRequest) -> None:
    """However long all tests together take."""
    if "living" in request.fixturenames:
        request.getfixturevalue("living").stand_still()


@pytest.fixture(scope="package")
def organizer_state(living: Living, browser: Any) -> Any:
    """What a browser remembers after an organizer logged in by a printed link."""
    return log_in(living, browser)


def log_in(living: Living, browser: Any) -> Any:
    """Log in as the owner; the browser's memory."""
    context = new_context(browser)
    page = context.new_page()
    page.goto(living.login_link())
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/organize*")
    state = context.storage_state()
    context.close()
    return state


def pair(living: Living, page: Any, kind: str) -> None:
    """Make a device of a window: a desk, a kiosk, or one that is locked."""
    role = "kiosk" if kind == "locked" else kind
    link = living.lead.pairing_link(living.slug, role, f"Door of a {kind}")
    become_device(page, link, unlock=kind != "locked")


@pytest.fixture
def window(browser: Any, living: Living, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens a page as a stranger, as an organizer or as a device, with or without JavaScript; closed after the test."""
    contexts = []

    def open_window(*, organizer: bool = False, javascript: bool = True, device: str = "") -> Any:
        state = request.getfixturevalue("organizer_state") if organizer else None
        contexts.append(new_context(browser, storage_state=state, java_script_enabled=javascript, base_url=living.base))
        page = contexts[-1].new_page()
        if device:
            pair(living, page, device)
        return page

    yield open_window
    for context in contexts:
        context.close()
