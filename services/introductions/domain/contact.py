"""What the two of an introduction said a month later, in codes, and what that comes to. Follow-up asks and counts; here it is
kept so that points can be compared with what came of pairs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.contracts import ConferencePublished, FollowUpAnswered
from shared.contracts.relationship import IN_TOUCH
from shared.days import at_local, slot_day

MONTH = "month"
PLACE = 1
"""Of the month among the days on which a conference asks."""
TIME_TO_ANSWER = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The latest answer of each side about an introduction, with the version of the relationship that brought it."""

    introduction: str
    said: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)

    def hear(self, event: FollowUpAnswered) -> Contact:
        """Take an answer over, unless it is about something else or older than what is known: in whatever order events
        come, and however often, it ends the same."""
        side = {event.mentor: "mentor", event.mentee: "mentee"}.get(event.attendee)
        if event.question != MONTH or side is None or event.version <= self.seen.get(side, 0):
            return self
        said, seen = {**self.said, side: event.answer}, {**self.seen, side: event.version}
        return replace(self, said=said, seen=seen)

    def in_touch(self, counted: Collection[str]) -> bool | None:
        """Whether they were, by the word of those sides whose answers may be counted; None where none of these said
        anything: that is unknown, and never a no."""
        words = [answer for side, answer in self.said.items() if side in counted]
        return any(word in IN_TOUCH for word in words) if words else None


def is_known(slot: str, conference: ConferencePublished, now: datetime) -> bool:
    """Whether those who met then were asked so long ago that both had a week to answer. Before, who answers fast would stand
    for all."""
    days = conference.policy.follow_up_days
    if len(days) <= PLACE:
        return False
    asked = slot_day(slot) + timedelta(days=days[PLACE])
    return now >= at_local(conference, asked + TIME_TO_ANSWER, "10:00")
