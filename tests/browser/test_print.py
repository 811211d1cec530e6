"""What is printed on paper: plan, day and outcomes as PDF, with words on it and nothing of the navigation."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.living import Living
from tests.browser.pages import in_language

pytestmark = pytest.mark.xdist_group("browser")

INNER_WIDTH = 688
"""Of A4 within the margins that style.css sets, in CSS pixels."""
BEYOND = """() => [...document.querySelectorAll('main *')]
  .filter(e => e.getClientRects().length && !e.closest('.skip') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/plan/harbour-conf", ["Harbour Conf 2026", "Winter garden"]),
        ("/outcomes/spring-meetup", ["Did they keep talking?", "Spring Meetup"]),
    ],
)
def test_a_printed_page_says_what_the_page_says(
    path: str, words: list[str], window: Callable[..., Any], tmp_path: Path
) -> None:
    page = window(organizer=True)
    page.goto(path)
    printed = _as_text(page, tmp_path)
    assert [word for word in words if word not in printed] == []
    assert "Log out" not in printed
    assert len(printed.split()) > 60


def test_a_printed_day_has_its_times(living: Living, window: Callable[..., Any], tmp_path: Path) -> None:
    page = window()
    page.goto(living.letter("proposed", holding="Harbour Conf").link("/d/"))
    assert "Harbour Conf 2026" in _as_text(page, tmp_path)


def test_the_numbers_of_a_drawing_stand_beside_it_on_wide_screens_and_paper_and_behind_a_line_on_a_phone(
    window: Callable[..., Any],
) -> None:
    page = window(organizer=True)
    page.goto("/outcomes/spring-meetup")
    numbers, line = page.locator("details.in-numbers").first.locator("table"), page.get_by_text("The same in numbers")
    seen = {}
    for what, width, media in (("wide", 1280, "screen"), ("paper", INNER_WIDTH, "print"), ("phone", 390, "screen")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media=media)
        seen[what] = (numbers.is_visible(), line.first.is_visible())
    line.first.click()
    seen["tapped"] = (numbers.is_visible(), line.first.is_visible())
    assert seen == {"wide": (True, False), "paper": (True, False), "phone": (False, True), "tapped": (True, True)}


@pytest.mark.parametrize("beside", ["", "winter-school"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_report_is_one_sheet(beside: str, locale: str, window: Callable[..., Any], tmp_path: Path) -> None:
    page = window(organizer=True)
    page.goto(f"/outcomes/spring-meetup/report?beside={beside}&lang={locale}")
    assert ("Winter School" in _as_text(page, tmp_path)) == bool(beside)
    done = subprocess.run(["pdfinfo", str(tmp_path / "page.pdf")], capture_output=True, text=True, check=True)
    assert "Pages:           1\n" in done.stdout


def _as_text(page: Any, folder: Path) -> str:
    path = folder / "page.pdf"
    page.pdf(path=str(path), format="A4")
    # As it was drawn, cell after cell: read by lines, a place that takes two of them is torn apart.
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("path", ["/plan/harbour-conf", "/outcomes/spring-meetup", "/print/harbour-conf/people"])
def test_nothing_is_cut_off_at_the_edge_of_the_paper(path: str, locale: str, window: Callable[..., Any]) -> None:
    page = window(organizer=True)
    page.goto(in_language(path, locale))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": INNER_WIDTH, "height": 1000})
    assert page.evaluate(BEYOND) == []
