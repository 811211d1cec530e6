"""What is printed for the venue, as PDF: so many pages, everybody on them, nobody cut off; dark screens print black on white."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.introductions.web.named import first_and_initial
from tests.browser.living import Living
from tests.browser.looking import new_context
from tests.browser.paper import ODD, Day, Printed, names, printed
from tests.system import System

pytestmark = pytest.mark.xdist_group("browser")
PRINTABLE = [name for name in ODD if name.isascii() or name.startswith(("Zoë", "Wolfe"))]
"""Whose letters every machine has: those of the others are drawn by fonts that may be missing, or read from right to left."""
CUT_OFF = """() => [...document.querySelectorAll('.cut, .sheet, .sign, .stand')].filter(
  e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 60))"""


@pytest.fixture
def dark_window(browser: Any) -> Iterator[Any]:
    """A window on a dark screen."""
    context = new_context(browser, color_scheme="dark")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_slips_of_eight_odd_names_fit_two_pages_and_nothing_is_cut_off(
    paper: str, system: System, dark_window: Any, tmp_path: Path
) -> None:
    Day(system, names(8), each=3).serve(dark_window)
    slips = printed(dark_window, "http://localhost/print/conf/slips", tmp_path / "slips.pdf", paper)
    assert len(slips.pages) == 2
    assert [name for name in PRINTABLE if _spaceless(name) not in _spaceless(slips.text)] == []
    assert slips.text.count("Changed? Scan to see today's state.") == 8
    assert _cut_off(dark_window, paper) == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_three_hundred_people_are_all_on_paper(paper: str, system: System, dark_window: Any, tmp_path: Path) -> None:
    everybody = names(300)
    Day(system, everybody).serve(dark_window)
    found = {}
    for path in ("slips", "tables", "signs", "slots", "people"):
        made = printed(dark_window, f"http://localhost/print/conf/{path}", tmp_path / f"{path}.pdf", paper)
        found[path] = len(made.pages)
        assert [number for number, page in enumerate(made.pages, 1) if not page] == [], path
        assert _cut_off(dark_window, paper) == [], path
        assert path == "signs" or _missing(everybody, made, whole=path in ("slips", "people")) == [], path
        assert "Log out" not in made.text
    assert found.pop("slots") + found.pop("people") < 45  # as far as the fonts of a machine let them
    assert found == {"slips": 50, "tables": 150, "signs": 80}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/desk/breakfast-club/poster", ["Meet somebody today", "Breakfast Club"]),
        ("slip", ["Breakfast Club", "Your day, on any phone"]),
        ("/print/harbour-conf", ["Slips for people", "Harbour Conf 2026"]),
        (
            "/print/harbour-conf/slips",
            ["Winter garden", "under the big fig tree", "Harbour Conf 2026", "Europe/Berlin"],
        ),
        ("/print/autumn-forum/slips", ["No meetings on this day yet"]),
    ],
)
def test_a_page_for_the_venue_prints_what_it_says(
    path: str, words: list[str], living: Living, window: Callable[..., Any], tmp_path: Path
) -> None:
    page = window(organizer=True)
    if path == "slip":
        known = living.call("GET", "/api/v1/conferences/breakfast-club/attendees")["items"]
        path, words = f"/desk/breakfast-club/slip/{known[0]['id']}", [*words, known[0]["name"]]
    made = printed(page, path, tmp_path / "page.pdf")
    assert [word for word in words if _spaceless(word) not in _spaceless(made.text)] == []
    assert "Log out" not in made.text


def test_what_is_printed_of_my_day_fits_a_page(living: Living, window: Callable[..., Any], tmp_path: Path) -> None:
    made = printed(window(), living.letter("proposed", holding="Harbour Conf").link("/d/"), tmp_path / "day.pdf")
    assert (len(made.pages), "Harbour Conf 2026" in made.text, "I'm free now" in made.text) == (1, True, False)


def test_a_dark_screen_prints_black_on_white(
    living: Living, browser: Any, organizer_state: Any, tmp_path: Path
) -> None:
    context = new_context(browser, storage_state=organizer_state, base_url=living.base, color_scheme="dark")
    page = context.new_page()
    page.goto("/print/harbour-conf/slots")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "['body', 'table', 'td', 'h2', 'a'].map(name => getComputedStyle(document.querySelector(name)))"
        ".map(style => style.color + ' on ' + style.backgroundColor)"
    )
    context.close()
    black, white, clear = "rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"
    assert colours == [f"{black} on {white}"] * 2 + [f"{black} on {clear}"] * 3


def _missing(everybody: list[str], made: Printed, *, whole: bool) -> list[str]:
    """Who has letters that every machine has, and is not on paper."""
    text = _spaceless(made.text)
    called = [name if whole else first_and_initial(name) for name in everybody if name in PRINTABLE or name not in ODD]
    return [name for name in called if _spaceless(name) not in text]


def _cut_off(page: Any, paper: str) -> list[str]:
    """What does not fit where it was put, on paper as wide as that one."""
    width = {"A4": 210, "Letter": 216}[paper] - 28
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(width * 96 / 25.4), "height": 1000})
    found: list[str] = page.evaluate(CUT_OFF)
    page.emulate_media(media="null")
    return found


def _spaceless(text: str) -> str:
    return "".join(text.split())
