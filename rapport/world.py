"""One installation inside one process: three services with their apps, loops and the pages of the process itself.

The embedded default is a world, and so is the demo, which lies under `/demo` of it with stores of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapport import SERVICES
from rapport.demo.mount import DemoMount
from rapport.dispatch import Dispatcher, WSGIApp
from rapport.loops import Loops
from rapport.outbox_pages import outbox_app
from shared.runtime import Runtime, build_all
from shared.settings import Settings

logger = logging.getLogger(__name__)


class World:
    """Services, pages and loops that share stores, log, clock and outbox."""

    def __init__(self, settings: Settings, *, loops: bool = True) -> None:
        self.settings = settings
        self.runtimes: list[Runtime] = build_all(list(SERVICES.values()), settings)
        for runtime in self.runtimes:
            runtime.migrate()
        self.loops = Loops(self.runtimes) if loops else None
        self.app = self._app()

    def _app(self) -> WSGIApp:
        apps = {runtime.service.name: runtime.web_app() for runtime in self.runtimes}
        extra: dict[str, Any] = {}
        if not self.settings.smtp_url:
            extra["/outbox"] = outbox_app(self.runtimes[0].settings, self.settings.data / "outbox")
        if not self.settings.demo:
            extra["/demo"] = DemoMount(self.settings)
        return Dispatcher(SERVICES.values(), apps, extra)

    def start(self) -> None:
        """Start the loops."""
        if self.loops is not None:
            self.loops.start()

    def close(self) -> None:
        """Drain the loops and close everything."""
        if self.loops is not None:
            self.loops.stop()
        for runtime in self.runtimes:
            runtime.close()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self.app(environ, start_response)


def demo_settings(settings: Settings) -> Settings:
    """The settings of the demo's own world below `settings.data`: nothing of it touches the real one."""
    return replace(
        settings,
        data=Path(settings.data) / "demo",
        secret_key="",
        database_url="",
        bus="embedded",
        redis_url="",
        smtp_url="",
        clock="system",
        durable=False,
        demo=True,
        root=settings.root + "/demo",
        peers="",
        environment="development",
    )


class Single:
    """The web of one service, or of all, without any loop: the full shape's web process."""

    def __init__(self, settings: Settings, name: str) -> None:
        chosen = list(SERVICES.values()) if name == "all" else [SERVICES[name]]
        self.runtimes = build_all(chosen, settings)
        apps = {runtime.service.name: runtime.web_app() for runtime in self.runtimes}
        self.app: WSGIApp = Dispatcher(chosen, apps, {}) if name == "all" else apps[name]

    def start(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Close connections."""
        for runtime in self.runtimes:
            runtime.close()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self.app(environ, start_response)


def single(settings: Settings, name: str) -> Single:
    """The web of one service."""
    return Single(settings, name)
