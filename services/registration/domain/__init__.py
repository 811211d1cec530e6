"""What exists here: conferences and attendees, and what may happen to them. Pure: no I/O, no clock, no ids."""

from services.registration.domain.attendee import Attendee
from services.registration.domain.conference import Draft, publish

__all__ = ["Attendee", "Draft", "publish"]
