"""What exists and what may happen to it: introductions, and how long a proposal is held. Pure."""

from services.introductions.domain.holding import hold_until
from services.introductions.domain.introduction import ACTIVE, OPEN, Introduction, Place, shown, status_of

__all__ = ["ACTIVE", "OPEN", "Introduction", "Place", "hold_until", "shown", "status_of"]
