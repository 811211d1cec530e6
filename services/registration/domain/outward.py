"""Which events programs outside hear of, and what of them: ids and codes, nothing that anybody wrote, nothing from which a no
or a silence of one of the two could be told. Pure.

A proposal does not go out; that a meeting won't take place is said in one way, whoever or whatever ended it. What people
answered later stays here, but for the two yeses that organizers may know of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts import (
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    Event,
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionMet,
    IntroductionMoved,
    RelationshipContinuedByBoth,
)
from shared.contracts.attendee import AttendeeEvent
from shared.contracts.introduction import IntroductionEvent, PlacedIntroductionEvent
from shared.contracts.relationship import RelationshipEvent

OFF = "introduction.off"
OUTWARD: Mapping[type[Event], str] = {
    AttendeeRegistered: "attendee.registered",
    AttendeeCheckedIn: "attendee.checked_in",
    AttendeeLeft: "attendee.left",
    AttendeeWithdrawn: "attendee.withdrawn",
    IntroductionAccepted: "introduction.accepted",
    IntroductionMoved: "introduction.moved",
    IntroductionDeclined: OFF,
    IntroductionExpired: OFF,
    IntroductionCancelled: OFF,
    IntroductionMet: "introduction.met",
    RelationshipContinuedByBoth: "relationship.continued_by_both",
}
"""Event -> its type outside."""
TYPES = tuple(dict.fromkeys(OUTWARD.values()))
FROM_OTHERS = tuple(event for event in OUTWARD if not issubclass(event, AttendeeEvent))
"""Those that other services publish."""


@dataclass(frozen=True, kw_only=True)
class Outward:
    """What goes out about an event."""

    type: str
    conference: str
    at: datetime
    data: Mapping[str, Any]


def outward(event: Event) -> Outward | None:
    """What goes out about it; None where nothing does."""
    kind = OUTWARD.get(type(event))
    if kind is None:
        return None
    known: Any = event
    for shape, said in _SAID:
        if isinstance(event, shape):
            return Outward(type=kind, conference=known.conference, at=known.at, data=said(event))
    return None


def _attendee(event: AttendeeEvent) -> dict[str, Any]:
    days = [day.isoformat() for day in event.present_on]
    return {"attendee": event.attendee, "version": event.version, "role": event.role, "present_on": days}


def _introduction(event: IntroductionEvent) -> dict[str, Any]:
    return {
        "introduction": event.introduction,
        "version": event.version,
        "mentor": event.mentor,
        "mentee": event.mentee,
    }


def _placed(event: PlacedIntroductionEvent) -> dict[str, Any]:
    return {
        **_introduction(event),
        "slot": event.slot,
        "starts_at": z(event.starts_at),
        "ends_at": z(event.ends_at),
        "meeting_point": event.meeting_point,
        "table": event.table,
    }


def _relationship(event: RelationshipEvent) -> dict[str, Any]:
    return {"relationship": event.relationship, "mentor": event.mentor, "mentee": event.mentee}


_SAID: tuple[tuple[type[Event], Callable[[Any], dict[str, Any]]], ...] = (
    (AttendeeEvent, _attendee),
    (PlacedIntroductionEvent, _placed),
    (IntroductionEvent, _introduction),
    (RelationshipEvent, _relationship),
)


def z(moment: datetime) -> str:
    """An instant as the API says it."""
    return moment.isoformat().replace("+00:00", "Z")
