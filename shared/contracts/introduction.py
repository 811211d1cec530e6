"""Events about an introduction of a mentor and a mentee, from the first proposal to the meeting. Ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A fact both may read: `kind` (topic, near, help, request, referral, language, years, newcomer, organizer), `code`
    what it is about (a topic's, language's or help's code)."""

    kind: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class IntroductionEvent(Event):
    """What every event of an introduction says: which one, its version, where, when it happened, who (attendee ids)."""

    TOPIC = "rapport.introductions"
    SUBJECT = "introduction"

    introduction: str
    version: int
    at: datetime
    account: str
    conference: str
    mentor: str
    mentee: str


@dataclass(frozen=True, kw_only=True)
class PlacedIntroductionEvent(IntroductionEvent):
    """An event that says when and where the two are to meet."""

    slot: str
    starts_at: datetime
    ends_at: datetime
    meeting_point: str
    table: int


@dataclass(frozen=True, kw_only=True)
class IntroductionProposed(PlacedIntroductionEvent):
    """A meeting of these two was planned; both are asked and the slot is held until `hold_until`."""

    TYPE = "introduction.proposed"

    hold_until: datetime
    reasons: tuple[Reason, ...] = ()
    drawn: bool = False
    """True when chance chose the pair (exploration)."""
    probability: float | None = None
    """With which probability chance chose it; None when it was planned."""
    terms: dict[str, float] = field(default_factory=dict)
    """Value of each term of the utility by name, as a share of its weight."""
    plan_version: int = 0


@dataclass(frozen=True, kw_only=True)
class IntroductionAccepted(PlacedIntroductionEvent):
    """Both said yes."""

    TYPE = "introduction.accepted"


@dataclass(frozen=True, kw_only=True)
class IntroductionDeclined(IntroductionEvent):
    """One of the two said no; the slot is free again. Who it was is nobody's business."""

    TYPE = "introduction.declined"


@dataclass(frozen=True, kw_only=True)
class IntroductionExpired(IntroductionEvent):
    """The hold ended before both had answered; the slot is free again."""

    TYPE = "introduction.expired"


@dataclass(frozen=True, kw_only=True)
class IntroductionMoved(PlacedIntroductionEvent):
    """The meeting has another time or place; whoever has not said yes to it is asked until `hold_until`."""

    TYPE = "introduction.moved"

    hold_until: datetime


@dataclass(frozen=True, kw_only=True)
class IntroductionCancelled(IntroductionEvent):
    """The meeting will not take place, for `cause`: left, withdrawn, organizer, consent, conference, plan, late, alone
    (one waited at the table and somebody else was found for her)."""

    TYPE = "introduction.cancelled"

    cause: str


@dataclass(frozen=True, kw_only=True)
class IntroductionMet(IntroductionEvent):
    """The two met, by the word of at least one of them or of the desk; `contradicted` when another word says no."""

    TYPE = "introduction.met"

    told_by: str
    """mentor, mentee, desk or organizer: whose word came first"""
    contradicted: bool = False


@dataclass(frozen=True, kw_only=True)
class IntroductionMissed(IntroductionEvent):
    """Somebody said that they did not meet, and nobody has said that they did."""

    TYPE = "introduction.missed"


@dataclass(frozen=True, kw_only=True)
class IntroductionGoalAgreed(IntroductionEvent):
    """At the table the two agreed on something to do `by` a day, or that this talk was `enough`; what it is only they know.
    Both can change it later, the newest counts."""

    TYPE = "introduction.goal_agreed"

    enough: bool
    by: date | None = None
