"""gunicorn by its Python interface: one arbiter, gthread workers, everything built after the fork. Knows no business."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from shared.logs import set_up
from shared.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]
    """Serves what `make_app` builds inside each worker."""

    def __init__(self, settings: Settings, what: str, workers: int) -> None:
        self.settings, self.what, self.workers = settings, what, workers
        self.world: Any = None
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings."""
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "worker_class": "gthread",
            "workers": self.workers,
            "threads": self.settings.threads,
            "graceful_timeout": 10,
            "timeout": 60,
            "keepalive": 5,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": f"rapport-{self.what}",
            "worker_tmp_dir": None,
            "limit_request_line": 4094,
            "worker_exit": self._worker_exit,
            "post_worker_init": self._worker_ready,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application; called in the worker, after the fork."""
        set_up(self.settings)
        from rapport.world import World, single

        self.world = World(self.settings) if self.what == "rapport.world" else single(self.settings, self.what)
        return self.world

    def _worker_ready(self, _worker: Any) -> None:
        self.world.start()

    def _worker_exit(self, _server: Any, _worker: Any) -> None:
        if self.world is not None:
            self.world.close()


def serve(settings: Settings, what: str, *, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished."""
    Server(settings, what, workers).run()
