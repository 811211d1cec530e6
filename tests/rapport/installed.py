"""`rapport up` as a real process on a folder of its own, for tests that look at the process itself."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

from tests.servers.process import ServerProcess, free_port

ROOT = Path(__file__).parent.parent.parent
UP = [sys.executable, "-m", "rapport", "up"]


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "RAPPORT_DATA": str(data), "PORT": str(port), **more}


class Up:
    """One installation that runs."""

    def __init__(self, folder: Path, name: str = "up.log", **more: str) -> None:
        folder.mkdir(exist_ok=True)
        self.data, self.port = folder / "data", free_port()
        self.process = ServerProcess(UP, folder / name, env=environment(self.data, self.port, **more))
        self.process.wait_ready(lambda: self.said, 60, "rapport up")

    @property
    def said(self) -> bool:
        return f"Rapport is on http://localhost:{self.port}" in self.process.log.read_text()

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        body = urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", body, timeout=20) as answer:
            return answer.status, answer.read().decode()


def tree(pid: int) -> list[int]:
    """A process and everything it started."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [pid, *(inner for child in children.stdout.split() for inner in tree(int(child)))]


def command_of(pid: int) -> str:
    """What was typed to start it; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
