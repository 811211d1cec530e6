"""What is printed on paper: plan, day and outcomes as PDF, with words on it and nothing of the navigation."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.living import Living

pytestmark = pytest.mark.xdist_group("browser")


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
