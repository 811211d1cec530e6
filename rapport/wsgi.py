"""The entry for any WSGI server: `RAPPORT_SERVICE` names the service (or `all`). `rapport web SERVICE` does the same."""

from __future__ import annotations

import os

from rapport.world import single
from shared.settings import Settings

app = single(Settings.read(os.environ), os.environ.get("RAPPORT_SERVICE", "all"))
