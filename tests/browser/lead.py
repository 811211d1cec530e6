"""Whoever leads the desk, at a served installation: logs in once, adds devices; and a window of Chromium that is one."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

PIN = "4711"


class Lead:
    """An owner's browser without a window."""

    def __init__(self, base: str, login_link: str) -> None:
        self._base = base
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        self._text(login_link.removeprefix(base), {})

    def pairing_link(self, slug: str, role: str, label: str) -> str:
        """Add a device; the address that pairs it."""
        page = self._text(f"/desk/{slug}/devices")
        (proof, *_more) = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        said = {"csrf_token": proof, "label": label, "role": role, "pin": PIN}
        (path,) = re.findall(r"<code>\S+?(/pair/\w+)</code>", self._text(f"/desk/{slug}/devices", said))
        return self._base + str(path)

    def numbers(self, slug: str, what: str) -> str:
        """The page of links to the numbers, or the address of one of them; made where there is none yet."""
        path = f"/outcomes/{slug}/share"
        if "/numbers/" not in self._text(path):
            (proof, *_more) = re.findall(r'name="csrf_token" value="([^"]+)"', self._text(path))
            self._text(path, {"csrf_token": proof, "make": "yes"})
        return path if what == "page" else re.findall(r'href="[^"]*(/numbers/\w+)"', self._text(path))[0]

    def screen(self, slug: str, shows: str) -> str:
        """The address of a public screen that shows names, or codes; made where there is none yet."""
        path = f"/board/{slug}/screens"
        wanted, found = {"names": "First name", "codes": "Codes alone"}[shows], self._screens(path)
        if wanted not in found:
            (proof, *_more) = re.findall(r'name="csrf_token" value="([^"]+)"', self._text(path))
            self._text(path, {"csrf_token": proof, "shows": shows})
        return self._screens(path)[wanted]

    def _screens(self, path: str) -> dict[str, str]:
        return dict(
            re.findall(r'<p>(First name|Codes alone)[^<]*</p><p><a href="[^"]*(/screen/\w+)"', self._text(path))
        )

    def newest_device(self, slug: str) -> str:
        """The id of the device that was added last."""
        return str(re.findall(r'name="end" value="(\w+)"', self._text(f"/desk/{slug}/devices"))[-1])

    def end_all(self, slug: str) -> None:
        """End every device."""
        page = self._text(f"/desk/{slug}/devices")
        (proof, *_more) = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        for one in re.findall(r'name="end" value="(\w+)"', page):
            self._text(f"/desk/{slug}/devices", {"csrf_token": proof, "end": one})

    def _text(self, path: str, fields: dict[str, str] | None = None) -> str:
        body = None if fields is None else urlencode(fields).encode()
        with self._open(self._base + path, body, timeout=60) as answer:
            return str(answer.read().decode())


def become_device(page: Any, link: str, *, unlock: bool = True) -> None:
    """Pair what a window shows, and type the PIN."""
    page.goto(link)
    page.get_by_role("button", name="Pair this device").click()
    page.wait_for_url("**/unlock*")
    if unlock:
        type_pin(page)


def type_pin(page: Any) -> None:
    """Unlock."""
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    page.wait_for_url(re.compile(r"/desk/[^/]+(\?.*)?$|/many$"))
