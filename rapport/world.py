"""One installation: three services with their apps, loops and own pages in this process, mails in one beside it.

The embedded default is a world, and so is the demo, which lies under `/demo` of it with stores of its own.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from typing import Any

from gunicorn.errors import AppImportError

from rapport import CALLED_AGAIN, environment
from rapport.beside import HERE, Beside
from rapport.demo.mount import DemoMount
from rapport.dispatch import Dispatcher, WSGIApp
from rapport.loops import KINDS, Loops
from rapport.outbox_pages import outbox_app
from rapport.registry import SERVICES
from shared.database import Database
from shared.marks import NearMarks
from shared.migrate import is_current
from shared.parts import Parts
from shared.runtime import Runtime, build_all
from shared.settings import Settings

END_SECONDS = 7.0


class World:
    """Services, pages and loops that share stores, log, clock and outbox."""

    def __init__(self, settings: Settings, *, loops: bool = True, beside: bool = False) -> None:
        """With `beside`, what is due and mails are left to a second process; without `loops` nothing is done at all."""
        self.settings = settings
        # Others that write to these databases, such as commands, are noticed within a minute.
        marks = NearMarks() if beside and loops else None
        self.runtimes: list[Runtime] = build_all(list(SERVICES.values()), settings, Parts(marks=marks))
        for runtime in self.runtimes:
            runtime.migrate()
        self._beside = Beside(self.runtimes) if beside else None
        self.loops = Loops(self.runtimes, HERE if beside else KINDS) if loops else None
        demo = not settings.demo and settings.environment == "development"  # whoever plays it costs a minute of CPU
        self._demo = DemoMount(settings) if demo else None
        self.app = self._app()

    def _app(self) -> WSGIApp:
        apps = {runtime.service.name: runtime.web_app() for runtime in self.runtimes}
        extra: dict[str, WSGIApp] = {}
        if not self.settings.smtp_url:
            extra["/outbox"] = outbox_app(self.runtimes[0].settings, self.settings.data / "outbox")
        if self._demo is not None:
            extra["/demo"] = self._demo
        return Dispatcher(SERVICES.values(), apps, extra)

    def start(self) -> None:
        """Start the loops."""
        if self.loops is not None:
            self.loops.start()
        if self._beside is not None:
            self._beside.start()

    def close(self) -> None:
        """Drain the loops and close everything."""
        if self._beside is not None:
            self._beside.hang_up()
        if self._demo is not None:
            self._demo.close()
        if self.loops is not None:
            self.loops.stop()
        if self._beside is not None:
            self._beside.wait(END_SECONDS)
        for runtime in self.runtimes:
            runtime.close()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self.app(environ, start_response)


def migrated(settings: Settings) -> None:
    """Bring this installation's databases to their newest version in a process of its own, where that is needed at all:
    what migrating loads would stay in memory for as long as this process serves."""
    databases = [(service, Database(settings.database(service.name))) for service in SERVICES.values()]
    current = all(is_current(service, database) for service, database in databases)
    for _service, database in databases:
        database.close()
    if not current:
        done = subprocess.run([*CALLED_AGAIN, "migrate"], stdout=subprocess.DEVNULL, env=environment())
        if done.returncode:
            raise AppImportError(
                "The databases could not be brought to the newest version: `rapport migrate` says why."
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
