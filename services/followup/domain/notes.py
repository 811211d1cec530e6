"""What one of a pair says to the other: two sentences of feedback, and the mentee's note of thanks. Pure; no word of it is ever
part of an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.followup.domain.relationship import Relationship
from shared.contracts import ThanksSent
from shared.errors import Conflict, Forbidden

NOTE = 500
"""Characters of a note of thanks."""


class NotTheMentee(Forbidden):
    """A note of thanks goes from the mentee to the mentor."""


class ThankedAlready(Conflict):
    """One note of thanks a month goes out, and yours of this month has left already."""

    code = "thanked-already"


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What helped, and what she would wish for: a sentence each, one of them at least."""

    helped: str | None
    wish: str | None
    at: datetime

    def says(self, helped: str | None, wish: str | None) -> bool:
        """Whether these are its words."""
        return (self.helped, self.wish) == (helped, wish)


@dataclass(frozen=True, kw_only=True)
class Note:
    """The mentee's newest note of thanks, and the month in which it left, such as 2026-12."""

    text: str
    at: datetime
    month: str


def thank(
    pair: Relationship, attendee: str, before: Note | None, text: str, month: str, now: datetime
) -> tuple[Relationship, Note, ThanksSent]:
    """The note that leaves now. Raises NotTheMentee, ThankedAlready."""
    if attendee != pair.mentee:
        raise NotTheMentee
    if before is not None and before.month >= month:  # also when the clock went back
        raise ThankedAlready
    thanked, event = pair.tell(ThanksSent, now)
    return thanked, Note(text=text, at=now, month=month), event
