"""A list of some thousand people in a browser: one watches it being tried and imported, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("browser")
ROWS = 1_500


def many(name: str) -> bytes:
    """A list whose columns nobody can know; most of its rows are wrong, so that few mails follow."""
    rows = [f"{name} {number};{name}{number}{'@forum.example.org' * (number < 3)};Tea" for number in range(ROWS)]
    return "\n".join(["Wer;Wohin;Was noch", *rows, ""]).encode()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_large_list_is_watched_to_its_end(javascript: bool, window: Callable[..., Any]) -> None:
    page = window(organizer=True, javascript=javascript)
    page.goto("/organize/autumn-forum/import")
    content = many("anna" if javascript else "otto")
    page.get_by_label("A CSV or XLSX file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Read the list").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What are these columns?"
    page.get_by_label("Wer", exact=True).select_option("Name")
    page.get_by_label("Wohin").select_option("Mail address")
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_role("heading", name="What would happen").wait_for(timeout=60_000)
    page.get_by_role("button", name="Import now: 3 people").click()
    page.get_by_role("heading", name="The list is in").wait_for(timeout=90_000)
    assert f"3 added, 0 known already, {ROWS - 3} to correct." in page.locator("main").inner_text()
