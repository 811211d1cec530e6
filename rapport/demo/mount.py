"""The demo under `/demo` of the embedded form: offers it, plays it in a process of its own with a progress bar, then
serves its world. It never touches the real one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, redirect, render_template

from rapport.demo.play import SLUG, ProgressFile
from rapport.dispatch import WSGIApp, mounted
from shared.settings import Settings
from shared.web.bare import bare_app


class DemoMount:
    """A WSGI application for everything below `/demo`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data / "demo"
        self._progress = ProgressFile(settings.data / "demo.progress.json")
        self._lock = threading.Lock()
        self._world: Any = None
        self._served: WSGIApp | None = None
        self._player: subprocess.Popen[bytes] | None = None
        self._lobby = self._lobby_app()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.rstrip("/") in ("/demo", "/demo/start", "/demo/play") or self._playing():
            return self._lobby(environ, start_response)
        app = self._open()
        return (app or self._lobby)(environ, start_response)

    def close(self) -> None:
        """End the demo's world and a demo that is being played."""
        if self._player is not None and self._player.poll() is None:
            self._player.terminate()
        if self._world is not None:
            self._world.close()

    def _open(self) -> WSGIApp | None:
        with self._lock:
            if self._served is None and (self._folder / "log.db").exists():
                from rapport.world import World, demo_settings

                self._world = World(demo_settings(self._settings))
                self._world.start()
                self._served = mounted(self._world, "/demo")
            return self._served

    def _playing(self) -> bool:
        return self._player is not None and self._player.poll() is None

    def _start(self) -> None:
        with self._lock:
            if self._playing():
                return
            if self._world is not None:
                self._world.close()
                self._world = self._served = None
            self._progress.write({"what": "Getting ready", "done": 0, "total": 1})
            environment = {
                **os.environ,
                "RAPPORT_DATA": str(self._settings.data),
                "RAPPORT_PORT": str(self._settings.port),
            }
            self._player = subprocess.Popen([sys.executable, "-m", "rapport", "demo", "--quiet"], env=environment)

    def _lobby_app(self) -> Flask:
        app = bare_app(self._settings, "rapport", template_folder="templates")

        def page() -> str | Response:
            if self._playing():
                state = self._progress.read() or {"what": "", "done": 0, "total": 1}
                return render_template("rapport/demo_playing.html", refresh=1, **state)
            if (self._folder / "log.db").exists():
                return render_template("rapport/demo_ready.html", slug=SLUG)
            failed = self._player is not None and self._player.poll() not in (None, 0)
            return render_template("rapport/demo_offer.html", failed=failed)

        def start() -> Any:
            self._start()
            return redirect(self._settings.root + "/demo", 303)

        app.add_url_rule("/demo", view_func=page, endpoint="page", strict_slashes=False)
        app.add_url_rule("/demo/<path:_rest>", view_func=lambda _rest: page(), endpoint="rest")
        app.add_url_rule("/demo/start", view_func=start, endpoint="start", methods=["POST"])
        return app
