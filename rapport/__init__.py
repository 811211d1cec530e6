"""What one starts: the command line, the embedded all-in-one, the entry for gunicorn, the demo.

`SERVICES` is loaded when it is first asked for: gunicorn's arbiter and `rapport --help` need none of it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.service import Service

SERVICES: dict[str, Service]
CALLED_AGAIN = (sys.executable, "-P", "-m", "rapport")
"""This very program as a process of its own; -P, or it would import what lies in the current folder under our names."""


def environment() -> dict[str, str]:
    """The environment for it: it finds what this process was made of, installed or not."""
    here = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}


def __getattr__(name: str) -> Any:
    if name == "SERVICES":
        from rapport.registry import SERVICES as found

        return found
    raise AttributeError(name)
