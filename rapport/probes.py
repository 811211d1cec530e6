"""Whether the places that the settings name answer: log, Redis, mail. For `rapport doctor`; it changes nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from shared.settings import Settings
from shared.signals import redis_client


def probes(settings: Settings) -> list[tuple[Callable[[], bool], str]]:
    """(question, what to say when the answer is no)."""
    found: list[tuple[Callable[[], bool], str]] = []
    if settings.bus == "kafka":
        host, _, port = settings.kafka_bootstrap.split(",")[0].rpartition(":")
        found.append((lambda: _answers(host, port), "Kafka does not answer: check RAPPORT_KAFKA_BOOTSTRAP."))
    if settings.redis_url:
        found.append((lambda: _pings(settings.redis_url), "Redis does not answer: check RAPPORT_REDIS_URL."))
    if settings.smtp_url:
        url = urlsplit(settings.smtp_url)
        found.append(
            (
                lambda: _answers(url.hostname or "", str(url.port or 25)),
                "The mail server does not answer: check RAPPORT_SMTP_URL.",
            )
        )
    return found


def _answers(host: str, port: str) -> bool:
    try:
        with socket.create_connection((host, int(port)), timeout=3):
            return True
    except (OSError, ValueError):
        return False


def _pings(url: str) -> bool:
    try:
        return bool(redis_client(url).ping())
    except Exception:  # noqa: BLE001 - whatever is wrong, it does not answer
        return False
