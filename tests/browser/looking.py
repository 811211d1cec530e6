"""What is wrong with a page as Chromium shows it: axe's findings, sideways scrolling, complaints on the console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
NARROW = (320, 390)
HEIGHT = 844
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v => v.id + ': ' + v.nodes.map(
  n => n.target.join(' ') + ' ' + (n.any[0] || n.all[0] || n.none[0] || {}).message).join(' | '))"""
SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth, root = document.scrollingElement;
  if (root.scrollWidth <= wide) return '';
  const out = [...document.querySelectorAll('body *')].find(
    e => e.getBoundingClientRect().right > wide + 1 && !e.closest('.scroll'));
  return root.scrollWidth + ' > ' + wide + ' by ' + (out ? out.outerHTML.slice(0, 160) : 'nothing in particular');
}"""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and at which width and scheme."""

    where: str
    what: str


def new_context(browser: Any, **options: Any) -> Any:
    """A context that is closed by its user."""
    return browser.new_context(viewport={"width": WIDTHS[1], "height": HEIGHT}, **options)


def faults(page: Any) -> list[Fault]:
    """Everything that is wrong with the page that is open, at both widths, light and dark."""
    found: list[Fault] = []
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [Fault(f"{width} {scheme}", violation) for violation in page.evaluate(RUN)]
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if sideways := page.evaluate(SIDEWAYS):
            found.append(Fault(f"{width}", f"scrolls sideways: {sideways}"))
    return found


class Console:
    """Collects what a page complains about: errors on its console, exceptions, requests that leave this machine."""

    def __init__(self, page: Any, base: str) -> None:
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._left(request.url, base))

    def _left(self, url: str, base: str) -> None:
        if not url.startswith((base, "data:", "about:", "blob:")):
            self.said.append(f"asked for {url}")
