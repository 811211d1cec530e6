"""The embedded world: `rapport up` as a real process on a folder of its own, mails to an SMTP sink."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from shared.bus.embedded_log import EmbeddedLog
from shared.bus.log import Log
from shared.clock import SystemClock
from shared.parts import TOPICS
from tests.journeys.processes import Installation, wait_ready
from tests.journeys.served import ServedWorld
from tests.servers.process import free_port


class EmbeddedWorld(ServedWorld):
    """One process, one port, one folder."""

    name = "embedded"

    def __init__(self, data: Path, template: Path, begins: datetime) -> None:
        for path in template.glob("*.db"):
            shutil.copy(path, data / path.name)
        super().__init__()
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
        self.open_door()
        self._logs = 0

    def close(self) -> None:
        """End the process."""
        self.process.stop()
        self.sink.close()

    def log(self) -> Log:
        """The log's file, opened beside the process that serves."""
        self._logs += 1
        path = self.installation.settings.data / "log.db"
        return EmbeddedLog(path, TOPICS, now=SystemClock().now, owner=f"story-{self._logs}", durable=False)
