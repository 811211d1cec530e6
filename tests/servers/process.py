"""One server process: started with its output in a file, stopped, killed or paused by its own pid, gone when we go."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.servers import Unusable
from tests.servers.waiting import TookTooLong, wait_until

SETPRIV = shutil.which("setpriv")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerProcess:
    """A child process that dies with the process that started it (Linux: by setpriv; everywhere else: at exit)."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        user: int | None = None,
        env: Mapping[str, str] | None = None,
        dies_by: str = "KILL",
    ) -> None:
        self.log = log
        guard = [SETPRIV, "--pdeathsig", dies_by, "--"] if SETPRIV else []
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [*guard, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                env=dict(env) if env is not None else None,
                user=user,
                group=user,
                extra_groups=[] if user is not None else None,
                start_new_session=True,
            )
        atexit.register(self.kill)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def wait_ready(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until `ready()`; a process that ends before that, or never gets ready, is `Unusable` with its log's end."""
        try:
            wait_until(lambda: not self.alive or ready(), seconds, what)
        except TookTooLong as late:
            self.kill()
            raise Unusable(f"{late}\n{self.tail()}") from None
        if not self.alive:
            raise Unusable(f"{what}: ended with {self._child.returncode}\n{self.tail()}")

    def tail(self, lines: int = 20) -> str:
        """The last lines of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def pause(self) -> None:
        """SIGSTOP: it keeps its sockets and answers nobody."""
        self._child.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def stop(self, by: signal.Signals = signal.SIGTERM, seconds: float = 15) -> None:
        """Ask it to end, and insist after `seconds`."""
        if self.alive:
            self._child.send_signal(by)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        atexit.unregister(self.kill)

    def kill(self) -> None:
        """SIGKILL to it and to everything it started; returns when it is gone."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait(10)
        atexit.unregister(self.kill)
