"""What one starts: the command line, the embedded all-in-one, the entry for gunicorn, the demo.

`SERVICES` is loaded when it is first asked for: gunicorn's arbiter and `rapport --help` need none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.service import Service

SERVICES: dict[str, Service]


def __getattr__(name: str) -> Any:
    if name == "SERVICES":
        from rapport.registry import SERVICES as found

        return found
    raise AttributeError(name)
