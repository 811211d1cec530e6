"""The demo under `/demo` of the embedded form: offers it, plays it in a process of its own with a progress bar, then
serves its world. It never touches the real one, and costs nothing until somebody opens it."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Flask, redirect, render_template

from rapport import CALLED_AGAIN, environment
from rapport.demo.place import SLUG, ProgressFile, demo_settings, played_at
from rapport.dispatch import WSGIApp, mounted
from rapport.own_pages import own_app, sent_from_here
from shared.settings import Settings
from shared.web.problems import sentence

if TYPE_CHECKING:
    from rapport.world import World


class DemoMount:
    """A WSGI application for everything below `/demo`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._progress = ProgressFile(settings)
        self._lock = threading.Lock()
        self._world: World | None = None
        self._served: WSGIApp | None = None
        self._player: subprocess.Popen[bytes] | None = None
        self._made_at = 0
        self._lobby = self._lobby_app()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").rstrip("/")
        if path in ("/demo", "/demo/start"):
            return self._lobby(environ, start_response)
        app = self._open()
        return (app or self._lobby)(environ, start_response)

    def close(self) -> None:
        """End the demo's world, and a demo that is being played for us."""
        with self._lock:
            self._shut()
            if self._player is not None and self._player.poll() is None:
                self._player.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    self._player.wait(2)

    def _shut(self) -> None:
        world, self._world, self._served = self._world, None, None
        if world is not None:
            world.close()

    def _open(self) -> WSGIApp | None:
        """The demo's world, opened when it is first looked at, and again when another one was played meanwhile."""
        with self._lock:
            if self._playing():
                return None
            made_at = played_at(self._settings)
            if self._served is not None and made_at != self._made_at:
                self._shut()
            if self._served is None and made_at:
                self._made_at = made_at
                from rapport.world import World  # a world has a demo in it

                self._world = World(demo_settings(self._settings))
                self._world.start()
                self._served = mounted(self._world, "/demo")
            return self._served

    def _playing(self) -> bool:
        mine = self._player is not None and self._player.poll() is None
        return mine or self._progress.playing()

    def _start(self) -> None:
        with self._lock:
            if self._playing():
                return
            self._shut()
            self._progress.forget()
            settings = {
                **environment(),
                "RAPPORT_DATA": str(self._settings.data),
                "RAPPORT_PORT": str(self._settings.port),
            }
            self._player = subprocess.Popen([*CALLED_AGAIN, "demo", "--quiet"], env=settings)

    def _lobby_app(self) -> Flask:
        app = own_app(self._settings)

        def page() -> str:
            if self._playing():
                state = {"what": "", "done": 0, "total": 1, "left": None, **self._progress.read()}
                return render_template("rapport/demo_playing.html", refresh=1, **state)
            if played_at(self._settings):
                return render_template("rapport/demo_ready.html", slug=SLUG)
            failed = self._player is not None and self._player.poll() not in (None, 0)
            return render_template("rapport/demo_offer.html", failed=failed)

        def start() -> Any:
            if not sent_from_here():
                return render_template("shared/error.html", status=403, sentence=sentence(404), errors=[]), 403
            self._start()
            return redirect(self._settings.root + "/demo", 303)

        app.add_url_rule("/demo", view_func=page, endpoint="page", strict_slashes=False)
        app.add_url_rule("/demo/<path:_rest>", view_func=lambda _rest: redirect("/demo", 303), endpoint="rest")
        app.add_url_rule("/demo/start", view_func=start, endpoint="start", methods=["POST"])
        return app
