"""Processes of the product for worlds: `rapport` with settings of its own, its clock row, its mails from the sink."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from sqlalchemy import delete, insert, select

from shared import tables
from shared.database import Database
from shared.settings import SERVICE_NAMES, Settings
from tests.servers.process import ServerProcess
from tests.servers.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent
LIVELY = {"RAPPORT_CLOCK": "shared", "RAPPORT_API_RATE": "100000", "RAPPORT_LOG_LEVEL": "WARNING"}
"""Time can be moved, and stories may call as fast as they can."""


class Installation:
    """Settings as an environment, and what one does with them from a command line."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {**kept, "PYTHONPATH": str(ROOT), **LIVELY, **environment}
        self.settings = Settings.read(self.environment)

    def rapport(self, *arguments: str, expect: int = 0) -> str:
        """Run a command to its end; what it printed. Fails when it ends with another status."""
        done = subprocess.run(
            [sys.executable, "-m", "rapport", *arguments],
            env=self.environment,
            cwd=self.settings.data,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == expect, (
            f"rapport {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def import_people(self, path: Path, slug: str, role: str, consents: str) -> None:
        """`rapport import`."""
        self.rapport("import", str(path), "--conference", slug, "--as", role, "--consents", consents)

    def start(self, log: str, *arguments: str, **settings: str) -> ServerProcess:
        """Start a process that stays."""
        return ServerProcess(
            [sys.executable, "-m", "rapport", *arguments],
            self.settings.data / log,
            env={**self.environment, **settings},
        )

    def now(self) -> datetime:
        """The machine's time plus the offset that all processes read."""
        database = Database(self.settings.database(SERVICE_NAMES[0]), durable=False)
        try:
            with database.reading() as connection:
                seconds = connection.execute(select(tables.clock.c.offset_seconds)).scalar() or 0
        finally:
            database.close()
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def set_clock(self, moment: datetime) -> None:
        """What `rapport clock set` does, without the second that a process takes to start."""
        # Whole seconds, as the row has them: rounded up, so that nobody has to wait until the moment is there.
        offset = ceil((moment - datetime.now(UTC)).total_seconds())
        for name in SERVICE_NAMES:
            database = Database(self.settings.database(name), durable=False)
            try:
                with database.writing() as connection:
                    connection.execute(delete(tables.clock))
                    connection.execute(insert(tables.clock).values(id=1, offset_seconds=offset))
            finally:
                database.close()
        wait_until(lambda: self.now() >= moment, 2, "the clock shows the new time")


def wait_ready(process: ServerProcess, port: int) -> None:
    """Return when the process serves pages."""
    from tests.journeys.world import over_http

    def answers() -> bool:
        try:
            return over_http(port, "GET", "/readyz", {}, b"").status == 200
        except OSError:
            return False

    process.wait_ready(answers, 120, "it serves pages")
