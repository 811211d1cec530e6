"""What exists here: conferences and attendees, and what may happen to them. Pure: no I/O, no clock, no ids."""

from services.registration.domain import announcing, venue
from services.registration.domain.attendee import Attendee
from services.registration.domain.conference import Draft, publish, topic_line, topics_of
from services.registration.domain.state import attendee_of

__all__ = ["Attendee", "Draft", "announcing", "attendee_of", "publish", "topic_line", "topics_of", "venue"]
