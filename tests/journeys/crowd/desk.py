"""The organizer at the door: logs in by the printed link, and taps names at the desk."""

from __future__ import annotations

import re

from tests.journeys.world import Answer, Visitor

OWNER = "robin@example.org"
PROOF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Desk:
    """An owner's browser without a window."""

    def __init__(self, visitor: Visitor, slug: str) -> None:
        self._visitor, self._slug = visitor, slug
        self._cookie = self._proof = ""

    def open(self) -> None:
        """Look at the desk; log in first where nobody is, or where it took too long."""
        page = self._send("GET", f"/desk/{self._slug}")
        if page.status != 200:
            self._log_in()
            page = self._send("GET", f"/desk/{self._slug}")
        assert page.status == 200, f"the desk: {page.status} {page.text[:600]}"
        self._proof = PROOF.findall(page.text)[0]

    def check_in(self, attendee: str) -> None:
        """Tap her name."""
        body = f"csrf_token={self._proof}&action=check-in".encode()
        answer = self._send("POST", f"/desk/{self._slug}/{attendee}", body)
        assert answer.status == 303, f"checking in: {answer.status} {answer.text[:900]}"

    def _log_in(self) -> None:
        link = self._visitor.world.login_link(OWNER)
        self._cookie = ""
        assert self._send("GET", link).status == 200
        assert self._send("POST", link, b"").status == 303

    def _send(self, method: str, path: str, body: bytes = b"") -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        headers |= {"Cookie": self._cookie} if self._cookie else {}
        answer = self._visitor.world.send(method, path, headers, body)
        if "set-cookie" in answer.headers:
            self._cookie = answer.headers["set-cookie"].split(";")[0]
        return answer
