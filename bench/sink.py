"""An SMTP server in a process of its own that takes everything and notes when: `python -m bench.sink PORT FILE`.

A line is `time.monotonic() recipient calendar|plain introduction link`; the clock is the same in all processes of the machine.
The id of the introduction and the token of the link to answer are `-` where there is none.
"""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tests.servers.process import ServerProcess, accepts_connections, free_port

UID, ANSWER = re.compile(rb"UID:intro-(\w+)@"), re.compile(rb"/i/([a-z2-7]{26})\b")


@dataclass(frozen=True)
class Accepted:
    """One mail: when it was taken, for whom, whether an invitation to a meeting was in it; to which, behind which link."""

    at: float
    recipient: str
    invites: bool
    introduction: str
    token: str


def read(lines: Iterable[str]) -> list[Accepted]:
    """Whole lines of the sink's file."""
    parts = [line.split() for line in lines if line.endswith("\n")]
    return [Accepted(float(at), to, kind == "calendar", about, token) for at, to, kind, about, token in parts]


class Sink:
    """The running sink, as the benchmark sees it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.file = free_port(), folder / "accepted.txt"
        self.file.touch()
        command = [sys.executable, "-m", "bench.sink", str(self.port), str(self.file)]
        from bench.served import ROOT

        self.process = ServerProcess(command, folder / "sink.log", env={"PYTHONPATH": str(ROOT)})
        self.process.wait_ready(lambda: accepts_connections(self.port), 20, "the mail sink listens")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def accepted(self) -> list[Accepted]:
        """Everything so far, in order."""
        return read(self.file.read_text().splitlines(keepends=True))

    def close(self) -> None:
        """End it."""
        self.process.stop()


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
        at, content = time.monotonic(), envelope.content.replace(b"=\r\n", b"")  # lines as they were before transport
        about, token = (found[1].decode() if found else "-" for found in (UID.search(content), ANSWER.search(content)))
        self._file.writelines(f"{at:.6f} {recipient} {kind} {about} {token}\n" for recipient in envelope.rcpt_tos)
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
