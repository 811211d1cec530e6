"""What worlds of real processes have in common: they are asked over HTTP, mails go to an SMTP sink."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.journeys.processes import Installation
from tests.journeys.world import Answer, Letter, Postbox, over_http, path_of, until_quiet
from tests.servers.smtp_sink import SmtpSink


class ServedWorld:
    """An installation of processes of ours behind one port; whoever makes it sets `port` and calls `open_door`."""

    port: int
    installation: Installation

    def __init__(self) -> None:
        self.sink = SmtpSink()
        self._postbox = Postbox(lambda: len(self.sink.received), lambda number: self.sink.received[number].message)
        self._key = ""

    def open_door(self) -> None:
        """Make the key, once it is served."""
        self._key = self.installation.rapport("api-key", "--all").strip()

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request over HTTP."""
        return over_http(self.port, method, path, headers, body)

    def key(self) -> str:
        """What `rapport api-key --all` printed."""
        return self._key

    def now(self) -> datetime:
        """The shared clock."""
        return self.installation.now()

    def set_clock(self, moment: datetime) -> None:
        """Move the shared clock in all databases."""
        self.installation.set_clock(moment)

    def quiet(self) -> None:
        """Wait until the status says that nothing waits anywhere."""
        until_quiet(lambda: self.send("GET", "/api/v1/status", {"Authorization": f"Bearer {self._key}"}, b""))

    def letters(self) -> list[Letter]:
        """What the sink took."""
        return self._postbox.letters()

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """By the command line."""
        self.installation.import_people(path, slug, role, consents)

    def login_link(self, address: str) -> str:
        """What `rapport login-link` prints."""
        return path_of(self.installation.rapport("login-link", address).strip())
