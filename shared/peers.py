"""Asks the other services of the full shape what waits in them (`/internal/status`). Reads only, and only numbers."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from shared.errors import Retryable
from shared.settings import SERVICE_NAMES, Settings

TIMEOUT = 10
"""Longer than a service waits for a log that is away."""


class PeerAway(Retryable):
    """Another service does not answer at the moment."""


def password(settings: Settings) -> str:
    """What services of one installation show each other."""
    return hmac.new(settings.secret_key.encode(), b"rapport peers", hashlib.sha256).hexdigest()


def pending(settings: Settings, here: Collection[str]) -> list[dict[str, int]]:
    """What waits in the services that other processes serve. Raises PeerAway."""
    return _ask_all(settings, here)


def waiting_mails(settings: Settings, here: Collection[str], conference: str) -> int:
    """How many mails about a conference wait in the services that other processes serve. Raises PeerAway."""
    return sum(found["mail"] for found in _ask_all(settings, here, f"?conference={quote(conference)}"))


def _ask_all(settings: Settings, here: Collection[str], query: str = "") -> list[dict[str, int]]:
    names = [name for name in SERVICE_NAMES if name not in here] if settings.peers else []
    if not names:
        return []
    with ThreadPoolExecutor(len(names)) as together:
        return list(together.map(partial(_ask, settings, query=query), names))


def _ask(settings: Settings, name: str, query: str = "") -> dict[str, int]:
    url = settings.peers.replace("{service}", name).rstrip("/") + "/internal/status" + query
    request = Request(url, headers={"Authorization": f"Bearer {password(settings)}"})
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:
            return {key: int(value) for key, value in json.load(answer).items()}
    except (URLError, OSError, ValueError):
        raise PeerAway from None
