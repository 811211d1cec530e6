"""Events about attendees, as far as tests of shared pieces need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from shared.contracts.attendee import AttendeeEvent

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
Kind = TypeVar("Kind", bound=AttendeeEvent)


def told(kind: type[Kind], who: str, version: int, **more: Any) -> Kind:
    """An event about somebody, a minute after the version before."""
    values = {
        "attendee": who,
        "version": version,
        "at": NOON + timedelta(minutes=version),
        "account": "a",
        "conference": "c",
        "person": f"person of {who}",
        "role": "mentee",
        "status": "confirmed",
        "approved": True,
    }
    return kind(**{**values, **more})
