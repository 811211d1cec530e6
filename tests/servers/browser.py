"""The system's Chromium, headless, driven by Playwright. It reaches nothing but 127.0.0.1 and sends nothing home."""

from __future__ import annotations

import shutil
from typing import Any

from tests.servers import Unusable

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
]


class Chromium:
    """One browser process; `browser` is Playwright's."""

    def __init__(self) -> None:
        program = _program()
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as missing:
            raise Unusable(f"the playwright wheel is not installed: {missing}") from None
        self._playwright = sync_playwright().start()
        try:
            self.browser: Any = self._playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        except Error as refused:
            self._playwright.stop()
            raise Unusable(f"Chromium does not start: {str(refused).strip()[:400]}") from None

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def version(self) -> str:
        return str(self.browser.version)

    def close(self) -> None:
        self.browser.close()
        self._playwright.stop()


def _program() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise Unusable("there is no chromium on the path")
