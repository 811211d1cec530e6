"""gunicorn by its Python interface: one arbiter, gthread workers, everything built after the fork. Knows no business.

The arbiter stays small: it loads nothing of the services. Ctrl-C ends as gently as SIGTERM: requests under way are
answered, the loops end their turns, within ten seconds.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from rapport.at_once import APART, NEAR, AtOnce
from rapport.interpreter import settle_in
from shared.logs import set_up
from shared.settings import Settings

DRAIN_SECONDS = 9


class App(Protocol):
    """A WSGI application that has something to start and to close."""

    def start(self) -> None:
        """Called once, in the worker, before the first request."""

    def close(self) -> None:
        """Called once, after the last."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """WSGI."""


class CannotListen(Exception):
    """The port is taken, or the address is not ours; the message is a sentence."""


def listen(settings: Settings) -> socket.socket:
    """The socket, bound before anything is loaded. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(512)
    except (OSError, OverflowError) as error:
        listener.close()
        raise CannotListen(_why(settings, error)) from None
    listener.setblocking(False)
    return listener


def _why(settings: Settings, error: Exception) -> str:
    import errno

    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {settings.port} is taken: is Rapport running already? PORT=8001 chooses another one."
    if code == errno.EACCES:
        return f"Port {settings.port} may not be used by this user. PORT=8001 chooses another one."
    return f"RAPPORT_HOST: {settings.host!r} is no address of this machine."


class _Gentle(Arbiter):  # type: ignore[misc]
    """Ctrl-C is as gentle as SIGTERM; a second one is not."""

    def handle_int(self) -> None:
        raise StopIteration


class Server(BaseApplication):  # type: ignore[misc]
    """Serves what `make_app` builds inside each worker."""

    def __init__(
        self, settings: Settings, make_app: Callable[[], App], listener: socket.socket, *, workers: int, ready: str
    ) -> None:
        self.settings, self.make_app, self.workers, self.ready = settings, make_app, workers, ready
        self._bind = f"fd://{listener.detach()}"
        self.world: App | None = None
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings."""
        options = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": self.workers,
            "threads": self.settings.threads,
            "graceful_timeout": DRAIN_SECONDS,
            "timeout": 60,
            "keepalive": 5,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "rapport",
            "forwarded_allow_ips": "",  # `RAPPORT_PROXIES` says who is believed, ProxyFix does it
            "limit_request_line": 4094,
            "worker_exit": self._worker_exit,
            "post_worker_init": self._worker_ready,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        _Gentle(self).run()

    def load(self) -> Any:
        """The WSGI application; called in the worker, after the fork."""
        set_up(self.settings)
        self.world = self.make_app()
        return AtOnce(self.world, APART if self.settings.database_url else NEAR)

    def _worker_ready(self, _worker: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to everybody; the arbiter tells us
        if self.world is not None:
            settle_in()
            self.world.start()
        print(self.ready, flush=True)

    def _worker_exit(self, _server: Any, _worker: Any) -> None:
        world, self.world = self.world, None
        if world is not None:  # we are in the worker, and everything it had is closed
            world.close()
            logging.shutdown()
            sys.stdout.flush()
            os._exit(0)  # taking a whole interpreter apart can last longer than all the rest


def serve(settings: Settings, make_app: Callable[[], App], *, workers: int, ready: str) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished. Raises CannotListen."""
    Server(settings, make_app, listen(settings), workers=workers, ready=ready).run()
