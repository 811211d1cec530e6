"""The entry for any WSGI server: `RAPPORT_SERVICE` names the service (or `all`). `rapport web SERVICE` does the same.

Importing it opens nothing; the app is made for the first request.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

from rapport.world import Single, single
from shared.settings import Settings


@cache
def _made() -> Single:
    return single(Settings.read(os.environ), os.environ.get("RAPPORT_SERVICE", "all"))


def app(environ: Any, start_response: Any) -> Iterable[bytes]:
    """WSGI."""
    return _made()(environ, start_response)
