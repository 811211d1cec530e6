"""How long a proposal is held for two people. Pure: never looks at a clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import at_local, local_day, slot_day

SHORT = (10, 5, 2)
"""Minutes that a proposal near its slot is held, the longest that fits."""


def hold_until(conference: ConferencePublished, slot: str, starts_at: datetime, now: datetime) -> datetime:
    """Until when both may answer: on the day to the end of the next block and a little more, before the day to the
    evening before; never past a while before the slot, and never past its start."""
    policy = conference.policy
    latest = starts_at - timedelta(minutes=policy.hold_ends_minutes_before_slot)
    until = min(_usual(conference, slot, now) or latest, latest)
    if until - now >= timedelta(minutes=SHORT[0]):
        return until
    for minutes in SHORT:
        if now + timedelta(minutes=minutes) < starts_at:
            return now + timedelta(minutes=minutes)
    return starts_at


def _usual(conference: ConferencePublished, slot: str, now: datetime) -> datetime | None:
    today, day = local_day(conference, now), slot_day(slot)
    if today < day:
        evening = at_local(conference, day - timedelta(days=1), conference.policy.hold_evening_before)
        if now < evening:
            return evening
    ends = [
        at_local(conference, today, block.end)
        for item in conference.days
        if item.date == today
        for block in item.blocks
    ]
    following = min((end for end in ends if end > now), default=None)
    return None if following is None else following + timedelta(minutes=conference.policy.hold_minutes_after_break)
