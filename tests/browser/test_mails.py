"""Every kind of mail as a phone shows it, light and dark: axe finds nothing, it is small, it asks nobody for anything, and
it has a text part that says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from rapport.outbox_pages import with_pictures
from tests.browser.living import Living
from tests.browser.looking import HEIGHT, NARROW, RUN, SIDEWAYS
from tests.journeys.every_mail import SEVERAL, of_each_kind, tell
from tests.system import a_system, services

pytestmark = pytest.mark.xdist_group("browser")
KINDS = sorted(kind for service in services() for kind in service.mails)
MOST_BYTES = 100_000


def test_the_past_has_a_mail_of_every_kind(living: Living) -> None:
    assert sorted({living.kind_of(letter) for letter in living.letters} - {""}) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_no_faults(kind: str, living: Living, browser: Any) -> None:
    letter = living.letter(kind)
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": HEIGHT})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    page.set_content(with_pictures(letter.html, letter.message))
    page.evaluate(AXE_SCRIPT)
    found, read = [], set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(RUN)
        read.add(page.inner_text("body"))
    sideways = page.evaluate(SIDEWAYS)
    context.close()
    assert (found, sideways, asked) == ([], "", [])
    assert len(read) == 1, "the same is read in the dark"
    assert len(letter.message.as_bytes()) < MOST_BYTES
    assert "<script" not in letter.html
    assert len(letter.text.split()) > 15
    assert _first_link(letter.html) in letter.text


def test_a_german_mail_fits_a_phone_with_its_long_words(template: Path, tmp_path: Path, browser: Any) -> None:
    with a_system(template, tmp_path) as system:
        tell(system, "de")
        mails = of_each_kind(system)
    context = browser.new_context()
    page, found = context.new_page(), {}
    for kind, (_message_id, mail) in mails.items():
        page.set_content(mail.html)
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found[kind, width] = page.evaluate(SIDEWAYS)
        page.evaluate(AXE_SCRIPT)
        found[kind, "axe"] = "".join(page.evaluate(RUN))
    context.close()
    assert found == {(kind, place): "" for kind in (*KINDS, *SEVERAL) for place in (*NARROW, "axe")}


def _first_link(html: str) -> str:
    """Where the HTML's first link leads, without the place on that page; nothing where there is none."""
    start = html.find('href="http')
    return "" if start < 0 else html[start + 6 : html.index('"', start + 6)].replace("&amp;", "&").split("#")[0]
