"""One embedded installation as separate processes on a folder of its own: started, killed, paused and replaced by role."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shared.access import DEFAULT_ACCOUNT, Access
from shared.runtime import build_all
from shared.settings import Settings
from tests.chaos.api import Api, NeverAnswered
from tests.servers.process import ServerProcess, free_port
from tests.servers.waiting import wait_until
from tests.system import prepare, services

ROOT = Path(__file__).parent.parent.parent
SECRET = "a secret of the chaos run, long enough to be one"
KINDS = {"relay": "relay", "intake": "intake,due", "mail": "mail"}
ROLES = ("web", *KINDS)


def command(role: str, roles: Sequence[str]) -> list[str]:
    """What a role's process is started with; `rest` does all the work that is no other role's."""
    if role == "web":
        return ["web", "all"]
    kinds = [KINDS[role]] if role in KINDS else [kind for name, kind in KINDS.items() if name not in roles]
    return ["work", "all", "--only", ",".join(kinds)]


@dataclass
class Installation:
    """Processes on one data folder. `plants` says per role what `tests.chaos.planted` does to it before it starts."""

    folder: Path
    smtp_url: str
    roles: Sequence[str] = ROLES
    plants: Mapping[str, Mapping[str, object]] | None = None
    port: int = field(default_factory=free_port)
    running: dict[str, ServerProcess] = field(default_factory=dict)
    paused: list[ServerProcess] = field(default_factory=list)
    offset: int = 0
    """Seconds that the shared clock is ahead."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def set_up(self) -> None:
        """Up-to-date databases, before anything runs."""
        self.data.mkdir(parents=True)
        runtimes = build_all(services(), Settings(data=self.data, secret_key=SECRET, smtp_url=self.smtp_url))
        for runtime in runtimes:
            prepare(runtime)
        for runtime in runtimes:
            runtime.close()

    def start_all(self) -> None:
        """Every role, ready when this returns."""
        for role in self.roles:
            self.start(role)
        for role in self.roles:
            self.running[role].wait_ready(lambda role=role: self.ready(role), 60, f"{role} is ready")  # type: ignore[misc]

    def start(self, role: str) -> ServerProcess:
        """A new process for a role; the one before is gone, or paused."""
        module = ["rapport"] if self.plants is None else ["tests.chaos.planted", json.dumps(self.plants.get(role, {}))]
        log = self.folder / f"{role}.log"
        process = ServerProcess(
            [sys.executable, "-m", *module, *command(role, self.roles)], log, env=self._environment()
        )
        self.running[role] = process
        return process

    def kill(self, role: str) -> None:
        """SIGKILL to a role's process and its children."""
        self.running[role].kill()

    def pause(self, role: str) -> ServerProcess:
        """SIGSTOP to a role's process, which is handed over; the caller starts a replacement, and resumes it."""
        process = self.set_aside(role)
        process.pause()
        return process

    def set_aside(self, role: str) -> ServerProcess:
        """Hand a role's process over, so that another one can take its place beside it."""
        process = self.running.pop(role)
        self.paused.append(process)
        return process

    def fallen(self) -> list[str]:
        """Roles whose process ended by itself."""
        return [role for role, process in self.running.items() if not process.alive]

    def ready(self, role: str) -> bool:
        """Whether a role's newest process does its work."""
        if role == "web":
            try:
                return self.api().call("GET", "/readyz", patience=0).ok
            except NeverAnswered:
                return False
        process = self.running[role]
        return "Working for" in process.log.read_text(errors="replace")

    def api(self) -> Api:
        """A client with a key for all conferences."""
        return Api(self.port, Access(SECRET).issue_key(key_id="f" * 32, account=DEFAULT_ACCOUNT, conferences=None))

    def advance(self, seconds: int) -> bool:
        """Move the shared clock, as `rapport clock advance` does; False where a paused process holds a database."""
        moved = self._rapport("clock", "advance", f"{seconds}s")
        shown = moved if moved.returncode == 0 else self._rapport("clock")
        self.offset = round(datetime.fromisoformat(shown.stdout.strip()).timestamp() - time.time())
        return moved.returncode == 0

    def product_time(self) -> float:
        """What the product's clock shows, in seconds since 1970."""
        return time.time() + self.offset

    def wait_quiet(self, seconds: float) -> bool:
        """Whether nothing was left to do anywhere, within so many seconds."""
        api, deadline = self.api(), time.monotonic() + seconds

        def quiet() -> bool:
            pending = api.call("GET", "/api/v1/status", patience=10).body["pending"]
            return not any(pending.values())

        try:
            wait_until(quiet, max(0.1, deadline - time.monotonic()), "quiet", every=0.25)
        except (AssertionError, NeverAnswered):
            return False
        return True

    def tails(self) -> str:
        """The ends of all logs, for whoever has to find out."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        """End everything."""
        for process in [*self.running.values(), *self.paused]:
            process.kill()

    def _rapport(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "rapport", *arguments]
        return subprocess.run(
            line, env=self._environment(), cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "RAPPORT_DATA": str(self.data),
            "RAPPORT_PORT": str(self.port),
            "RAPPORT_SECRET_KEY": SECRET,
            "RAPPORT_SMTP_URL": self.smtp_url,
            "RAPPORT_CLOCK": "shared",
            "RAPPORT_API_RATE": "5000",
        }
