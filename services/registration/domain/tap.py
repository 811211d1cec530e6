"""A check-in or its undoing that was tapped on a device without network: when that was, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.contracts import ConferencePublished
from shared.days import local_day, local_time
from shared.i18n import gettext as _

LATEST = 4_102_444_800_000
"""2100, in milliseconds: no device's clock is that wrong."""
TOLD = {
    "here": "Was here already.",
    "here-since": "Was here already: checked in at {time} by {who}.",
    "undone": "Was checked out again at {time} by {who}, which is later: not checked in.",
    "came-back": "Was checked in again at {time} by {who}, which is later: stays here.",
    "not-found": "Is not in the list of this conference.",
    "withdrawn": "This registration was withdrawn.",
    "not-confirmed": "This registration is not confirmed yet: the link in the mail does that, or an organizer.",
    "too-early": "Check-in opens at midnight of the first day.",
    "over": "The conference is over.",
    "another-day": "That was on another day, so it was not taken.",
}
"""What people read about each outcome but `done`."""


@dataclass(frozen=True, kw_only=True)
class Tap:
    """What was tapped; `id` was made by the device, so that sending it twice does it once."""

    id: str
    attendee: str
    action: str
    """check-in or undo"""
    at: datetime


@dataclass(frozen=True)
class Presence:
    """Somebody was checked in or out, when and by whom."""

    came: bool
    at: datetime
    by: str


@dataclass(frozen=True)
class Answer:
    """What became of a tap; who had been there before where that is the reason."""

    tap: str
    outcome: str
    at: datetime | None = None
    by: str | None = None


def tapped_at(tapped: int, difference: int, now: datetime) -> datetime:
    """The server's time of a tap, from the device's clock and how far that was behind at the last contact, both in
    milliseconds. Never later than now: what was tapped has been."""
    found = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=max(0, min(tapped + difference, LATEST)))
    return min(found, now)


def is_of_today(tap: Tap, conference: ConferencePublished, now: datetime) -> bool:
    """Whether it was tapped on the day that it still is."""
    return local_day(conference, tap.at) == local_day(conference, now)


def decided(tap: Tap, *, is_here: bool, before: Presence | None, device: str) -> Answer | None:
    """The answer where something stands against the tap, the last one known about her being `before`; else None.

    Who tapped later is right, whoever sent it first.
    """
    wants_in = tap.action == "check-in"
    if is_here == wants_in:
        if not wants_in or (before is not None and before.by == device):
            return Answer(tap.id, "done")
        return Answer(tap.id, "here") if before is None else Answer(tap.id, "here-since", before.at, before.by)
    if before is not None and before.at > tap.at:
        return Answer(tap.id, "undone" if wants_in else "came-back", before.at, before.by)
    return None


def sentence(answer: Answer, conference: ConferencePublished, who: str) -> str:
    """What people read about it; `who` had been there before."""
    text = _(TOLD.get(answer.outcome, ""))
    time = "" if answer.at is None else local_time(conference, answer.at)
    return text.replace("{time}", time).replace("{who}", who)
