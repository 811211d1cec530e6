"""A picture of every page and of every kind of mail (390 and 1280 px, light and dark), and each as it is printed (PDF), from the
living installation: `python -m tests.browser.shots [--de] FOLDER [NAME...]`; with `--de` everything in German."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from rapport.outbox_pages import with_pictures
from tests.browser.conftest import log_in, pair
from tests.browser.living import Living
from tests.browser.looking import HEIGHT, SCHEMES, WIDTHS, new_context
from tests.browser.pages import all_pages, in_language
from tests.servers.browser import Chromium
from tests.system import services


def main(folder: Path, names: list[str], locale: str) -> None:
    """Make the pictures; `names` limits them to some pages and mails."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, Chromium() as chromium:
        living = Living(Path(data), locale)
        try:
            state = log_in(living, chromium.browser)
            for page in all_pages():
                if not names or page.name in names:
                    _page(chromium.browser, living, page, state, folder, locale)
            for kind in [kind for service in services() for kind in service.mails]:
                if not names or f"mail-{kind}" in names:
                    _mail(chromium.browser, living, kind, folder)
        finally:
            living.close()


def _page(browser: Any, living: Living, shown: Any, state: Any, folder: Path, locale: str) -> None:
    context = new_context(browser, storage_state=state if shown.organizer else None, base_url=living.base)
    page = context.new_page()
    if shown.device:
        pair(living, page, shown.device)
    page.goto(in_language(shown.path(living), locale))
    _pictures(page, folder / shown.name, WIDTHS)
    page.emulate_media(color_scheme="light")
    page.pdf(path=folder / f"{shown.name}.pdf", format="A4", prefer_css_page_size=True)
    context.close()


def _mail(browser: Any, living: Living, kind: str, folder: Path) -> None:
    letter = living.letter(kind)
    context = new_context(browser)
    page = context.new_page()
    page.set_content(with_pictures(letter.html, letter.message))
    _pictures(page, folder / f"mail-{kind}", WIDTHS)
    page.emulate_media(color_scheme="light")
    page.pdf(path=folder / f"mail-{kind}.pdf", format="A4")
    context.close()


def _pictures(page: Any, name: Path, widths: tuple[int, ...]) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{name}-{width}-{scheme}.png", full_page=True)


if __name__ == "__main__":
    said = [word for word in sys.argv[1:] if word != "--de"]
    main(Path(said[0]), said[1:], "de" if "--de" in sys.argv else "en")
