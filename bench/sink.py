"""An SMTP server in a process of its own that takes everything and notes when: `python -m bench.sink PORT FILE`.

A line is `time.monotonic() recipient calendar|plain`; the clock is the same in all processes of the machine.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tests.servers.process import ServerProcess, accepts_connections, free_port


@dataclass(frozen=True)
class Accepted:
    """One mail: when it was taken, for whom, whether an invitation to a meeting was in it."""

    at: float
    recipient: str
    invites: bool


class Sink:
    """The running sink, as the benchmark sees it."""

    def __init__(self, folder: Path) -> None:
        self.port, self._file = free_port(), folder / "accepted.txt"
        self._file.touch()
        command = [sys.executable, "-m", "bench.sink", str(self.port), str(self._file)]
        from bench.served import ROOT

        self._process = ServerProcess(command, folder / "sink.log", env={"PYTHONPATH": str(ROOT)})
        self._process.wait_ready(lambda: accepts_connections(self.port), 20, "the mail sink listens")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def accepted(self) -> list[Accepted]:
        """Everything so far, in order."""
        lines = [line.split() for line in self._file.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return [Accepted(float(at), recipient, kind == "calendar") for at, recipient, kind in lines]

    def close(self) -> None:
        """End it."""
        self._process.stop()


@contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """A sink for the length of a block."""
    running = Sink(folder)
    try:
        yield running
    finally:
        running.close()


class _Notes:
    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        kind = "calendar" if b"text/calendar" in envelope.content else "plain"
        at = time.monotonic()
        self._file.writelines(f"{at:.6f} {recipient} {kind}\n" for recipient in envelope.rcpt_tos)
        return "250 taken"


def main(port: int, path: Path) -> None:
    """Listen until SIGTERM."""
    from aiosmtpd.controller import Controller

    with path.open("a", buffering=1) as file:
        controller = Controller(_Notes(file), hostname="127.0.0.1", port=port)
        controller.start()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(int(sys.argv[1]), Path(sys.argv[2]))
