"""Instances to measure: `rapport …` and the bare reference, each in processes of its own, on a data folder of its own."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.access import DEFAULT_ACCOUNT, Access
from tests.servers.process import ServerProcess, free_port
from tests.servers.waiting import wait_until

ROOT = Path(__file__).parent.parent
SECRET = "a secret of the benchmark, long enough for everybody"


class Served:
    """A program that answers on a port; production durability, whatever the settings' defaults are."""

    def __init__(self, folder: Path, command: Sequence[str], **settings: str) -> None:
        self.port = free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        given = {
            "data": str(folder),
            "port": str(self.port),
            "public_url": f"http://127.0.0.1:{self.port}",
            "secret_key": SECRET,
            "durable": "true",
            "log_level": "WARNING",
            **settings,
        }
        environ |= {f"RAPPORT_{name.upper()}": value for name, value in given.items()}
        environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environ.get("PYTHONPATH", ""))))
        self.began = time.monotonic()
        self.process = ServerProcess([sys.executable, *command], folder / "output.log", env=environ)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop(seconds=20)

    def wait(self, path: str = "/healthz", seconds: float = 60) -> float:
        """Seconds from its start to its first answer on `path`."""
        self.process.wait_ready(lambda: self._answers(path), seconds, f"{path} is answered")
        return time.monotonic() - self.began

    def wait_end(self, seconds: float = 60) -> None:
        """Return when it has ended by itself."""
        wait_until(lambda: not self.process.alive, seconds, "it ends by itself")

    def _answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def rapport(folder: Path, *arguments: str, **settings: str) -> Served:
    """`rapport ARGUMENTS`, served."""
    return Served(folder, ("-m", "rapport", *arguments), **settings)


def bare(folder: Path) -> Served:
    """The reference: Flask, marshmallow, one durable insert, under gunicorn with the same settings."""
    return Served(folder, ("-m", "bench.bare"))


def key(number: int = 0) -> str:
    """An API key for everything; each number has a rate limit of its own, as in production."""
    return Access(SECRET).issue_key(key_id=f"{number + 1:032x}", account=DEFAULT_ACCOUNT, conferences=None)


def headers(number: int = 0) -> dict[str, str]:
    """What a client of the API sends along."""
    return {"Authorization": f"Bearer {key(number)}", "Content-Type": "application/json"}


def status(call: Any) -> int:
    """How much waits anywhere in the installation; 0 = quiet."""
    return sum(call("GET", "/api/v1/status")["pending"].values())
