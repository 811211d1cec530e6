"""Long lists on a phone: their beginning, what asks for an answer, and all of it once somebody says so; nothing is left out
on a wide screen or on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_print import INNER_WIDTH

pytestmark = pytest.mark.xdist_group("browser")

BEGINNING = 6


@pytest.mark.parametrize("path", ["/plan/autumn-forum/draft", "/plan/harbour-conf"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_phone_shows_the_beginning_of_a_long_list_and_all_on_a_tick(
    path: str, javascript: bool, window: Callable[..., Any]
) -> None:
    page = window(organizer=True, javascript=javascript)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    rows, tick = page.locator("table.brief").first.locator("tbody tr"), page.get_by_label("Show all").first
    every, asking = rows.count(), page.get_by_role("button", name="They met").count()
    shown = _visible(rows)
    assert BEGINNING <= shown <= BEGINNING + asking < every
    assert sum(one.is_visible() for one in page.get_by_role("button", name="They met").all()) == asking
    tick.check()
    assert _visible(rows) == every


def test_a_wide_screen_and_paper_show_every_row(window: Callable[..., Any]) -> None:
    page = window(organizer=True)
    for width, media in ((1280, "screen"), (INNER_WIDTH, "print"), (390, "print")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media=media)
        page.goto("/plan/autumn-forum/draft")
        rows = page.locator("table.brief").first.locator("tbody tr")
        assert (_visible(rows), page.get_by_label("Show all").first.is_visible()) == (rows.count(), False)


def _visible(rows: Any) -> int:
    return sum(row.is_visible() for row in rows.all())
