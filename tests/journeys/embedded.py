"""The embedded world: `rapport up` as a real process on a folder of its own, mails to an SMTP sink."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import Log
from shared.clock import SystemClock
from shared.parts import TOPICS
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.world import Answer, Letter, Postbox, over_http, until_quiet
from tests.servers.process import free_port
from tests.servers.smtp_sink import SmtpSink


class EmbeddedWorld:
    """One process, one port, one folder."""

    name = "embedded"

    def __init__(self, data: Path, template: Path, begins: datetime) -> None:
        for path in template.glob("*.db"):
            shutil.copy(path, data / path.name)
        self.sink = SmtpSink()
        self._postbox = Postbox(lambda: len(self.sink.received), lambda number: self.sink.received[number].message)
        self.port = free_port()
        self.installation = Installation(
            {
                "RAPPORT_DATA": str(data),
                "RAPPORT_PORT": str(self.port),
                "RAPPORT_SMTP_URL": self.sink.url,
                "RAPPORT_DURABLE": "false",
            }
        )
        self.installation.set_clock(begins)
        self.process = self.installation.start("rapport.log", "up")
        wait_ready(self.process, self.port)
        self._key = self.installation.rapport("api-key", "--all").strip()
        self._logs = 0

    def close(self) -> None:
        """End the process."""
        self.process.stop()
        self.sink.close()

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
        """Move the shared clock."""
        self.installation.set_clock(moment)

    def quiet(self) -> None:
        """Wait until the status says that nothing waits."""
        until_quiet(lambda: self.send("GET", "/api/v1/status", {"Authorization": f"Bearer {self._key}"}, b""))

    def letters(self) -> list[Letter]:
        """What the sink took."""
        return self._postbox.letters()

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """By the command line."""
        self.installation.import_people(path, slug, role, consents)

    def log(self) -> Log:
        """The log's file, opened beside the process that serves."""
        self._logs += 1
        path = self.installation.settings.data / "log.db"
        return EmbeddedLog(path, TOPICS, now=SystemClock().now, owner=f"story-{self._logs}", durable=False)
