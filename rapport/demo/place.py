"""Where the demo lies and how far it is: its settings, its folder, the name of its conference. Plays and serves nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.settings import Settings

SLUG = "harbour-conf"


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
        organizers=(),
    )


PLAYED = "played.json"
"""Lies in the demo's folder once it was played to its end, with what came out of it."""


def played_at(settings: Settings) -> int:
    """When the demo that lies there was played, in nanoseconds; 0 = there is none."""
    try:
        return (Path(settings.data) / "demo" / PLAYED).stat().st_mtime_ns
    except OSError:
        return 0


class ProgressFile:
    """How far the demo is, for the page that waits for it: a small file that is replaced at every step."""

    def __init__(self, settings: Settings) -> None:
        self.path = Path(settings.data) / "demo.progress.json"

    def write(self, **state: Any) -> None:
        """Replace the file: `what`, `done`, `total`, `left` (seconds, None = nobody knows yet)."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps({**state, "pid": os.getpid()}))
        draft.replace(self.path)

    def read(self) -> dict[str, Any]:
        """The state; an empty one when there is none."""
        try:
            state: dict[str, Any] = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return state

    def playing(self) -> bool:
        """Whether a process that plays is alive, whoever started it."""
        pid = self.read().get("pid")
        if not isinstance(pid, int) or pid == os.getpid():
            return False
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True

    def forget(self) -> None:
        """Nothing is being played any more."""
        self.path.unlink(missing_ok=True)
