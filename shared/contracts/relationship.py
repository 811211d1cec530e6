"""Events about a pair after it met: what it was asked, what it said, whether it kept talking. Ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.event import Event

IN_TOUCH = ("talked", "met")
"""The answers that say that a pair is in touch: two-way contact or another meeting, by the word of one of the two; `wrote`
alone is not. The one definition, for everybody who counts."""


@dataclass(frozen=True, kw_only=True)
class RelationshipEvent(Event):
    """What every event of a relationship says; its id is the introduction's."""

    TOPIC = "rapport.relationships"
    SUBJECT = "relationship"

    relationship: str
    version: int
    at: datetime
    account: str
    conference: str
    mentor: str
    mentee: str


@dataclass(frozen=True, kw_only=True)
class RelationshipStarted(RelationshipEvent):
    """Two people met, and follow-up takes care of the pair from now on."""

    TYPE = "relationship.started"


@dataclass(frozen=True, kw_only=True)
class RelationshipResumed(RelationshipEvent):
    """An end was taken back: the pair goes on as if it had not ended. It started once, when the two met."""

    TYPE = "relationship.resumed"


@dataclass(frozen=True, kw_only=True)
class RelationshipContinuedByBoth(RelationshipEvent):
    """Both said that they want to stay in touch; contacts were exchanged."""

    TYPE = "relationship.continued_by_both"


@dataclass(frozen=True, kw_only=True)
class FollowUpAsked(RelationshipEvent):
    """A follow-up question was put to one of the two."""

    TYPE = "follow_up.asked"

    attendee: str
    question: str
    """evening, week, month or quarter"""


@dataclass(frozen=True, kw_only=True)
class FollowUpAnswered(RelationshipEvent):
    """One of the two answered a question that others need to know of. "Continue?" is never among them: it is blind."""

    TYPE = "follow_up.answered"

    attendee: str
    question: str
    """met, week, month, quarter; or regular, by somebody who is in touch"""
    answer: str
    """met and regular: yes or no; the others: talked, met, wrote, not_yet, complete"""


@dataclass(frozen=True, kw_only=True)
class RelationshipContacted(RelationshipEvent):
    """The pair was in touch as of this question: one of the two reported two-way contact or another meeting."""

    TYPE = "relationship.contacted"

    question: str


@dataclass(frozen=True, kw_only=True)
class RelationshipEnded(RelationshipEvent):
    """The pair is asked no more, for `cause`: complete (by the word of one of them), withdrawn, finished. Never "said no":
    a no and a silence look the same everywhere."""

    TYPE = "relationship.ended"

    cause: str


@dataclass(frozen=True, kw_only=True)
class RelationshipLapsed(RelationshipEvent):
    """Neither of the two answered as often as the policy waits for; they are asked no more."""

    TYPE = "relationship.lapsed"


@dataclass(frozen=True, kw_only=True)
class ThanksSent(RelationshipEvent):
    """The mentee sent the mentor a note of thanks, at most one a month. What it says, only the two of them know."""

    TYPE = "thanks.sent"
