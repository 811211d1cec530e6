"""Events about access: what may no longer be used. Holds ids only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class AccessRevoked(Event):
    """A session or an API key was ended by somebody; every service refuses it from now on."""

    TYPE = "access.revoked"
    TOPIC = "rapport.access"
    SUBJECT = "access"

    access: str
    at: datetime
