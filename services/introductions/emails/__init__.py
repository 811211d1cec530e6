"""What introductions' mails say, and the words that pages use for the same things."""

from services.introductions.emails.about import About, date_in_words, day_in_words, help_in_words, topics_of
from services.introductions.emails.letters import (
    To,
    announced,
    calendar,
    cancelled,
    feed,
    moved,
    proposed,
    reminder,
    rescue,
    waited_for,
)

__all__ = [
    "About",
    "To",
    "announced",
    "calendar",
    "cancelled",
    "date_in_words",
    "day_in_words",
    "feed",
    "help_in_words",
    "moved",
    "proposed",
    "reminder",
    "rescue",
    "topics_of",
    "waited_for",
]
