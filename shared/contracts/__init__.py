"""The one place for events: all of them, in the order in which they happen. Plain data, standard library only."""

from __future__ import annotations

from shared.contracts.access import AccessRevoked
from shared.contracts.attendee import (
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
)
from shared.contracts.conference import ConferencePublished
from shared.contracts.event import Event
from shared.contracts.introduction import (
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionGoalAgreed,
    IntroductionMet,
    IntroductionMissed,
    IntroductionMoved,
    IntroductionProposed,
)
from shared.contracts.person import PersonDescribed
from shared.contracts.relationship import (
    FollowUpAnswered,
    FollowUpAsked,
    RelationshipContacted,
    RelationshipContinuedByBoth,
    RelationshipEnded,
    RelationshipLapsed,
    RelationshipResumed,
    RelationshipStarted,
    ThanksSent,
)

CATALOGUE: tuple[type[Event], ...] = (
    ConferencePublished,
    AccessRevoked,
    PersonDescribed,
    AttendeeRegistered,
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeWithdrawn,
    IntroductionProposed,
    IntroductionAccepted,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionMoved,
    IntroductionCancelled,
    IntroductionMet,
    IntroductionMissed,
    IntroductionGoalAgreed,
    FollowUpAsked,
    FollowUpAnswered,
    RelationshipStarted,
    RelationshipContinuedByBoth,
    RelationshipContacted,
    RelationshipEnded,
    RelationshipLapsed,
    RelationshipResumed,
    ThanksSent,
)

BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in CATALOGUE}

COMPACTED_TOPICS = ("rapport.conferences", "rapport.access", "rapport.people")
KEPT_TOPICS = ("rapport.attendees", "rapport.introductions", "rapport.relationships")
DEAD_LETTERS_TOPIC = "rapport.dead-letters"

FOR_THE_RECORD: tuple[type[Event], ...] = (
    FollowUpAsked,
    RelationshipStarted,
    RelationshipContacted,
    RelationshipEnded,
    RelationshipLapsed,
    RelationshipResumed,
    ThanksSent,
)
"""Published for whoever counts or builds on them; no service of ours has to act on them."""

__all__ = [
    "AccessRevoked",
    "AttendeeChanged",
    "AttendeeCheckedIn",
    "AttendeeLeft",
    "AttendeeRegistered",
    "AttendeeWithdrawn",
    "BY_TYPE",
    "CATALOGUE",
    "COMPACTED_TOPICS",
    "ConferencePublished",
    "DEAD_LETTERS_TOPIC",
    "Event",
    "FOR_THE_RECORD",
    "FollowUpAnswered",
    "FollowUpAsked",
    "IntroductionAccepted",
    "IntroductionCancelled",
    "IntroductionDeclined",
    "IntroductionExpired",
    "IntroductionGoalAgreed",
    "IntroductionMet",
    "IntroductionMissed",
    "IntroductionMoved",
    "IntroductionProposed",
    "KEPT_TOPICS",
    "PersonDescribed",
    "RelationshipContacted",
    "RelationshipContinuedByBoth",
    "RelationshipEnded",
    "RelationshipLapsed",
    "RelationshipResumed",
    "RelationshipStarted",
    "ThanksSent",
]
