"""A pair, from the first proposal on: what introductions tell of it, what the two were asked and said, how it stands.

Every step gives the new state and the events. What "stay in touch?" was answered with never shows in an event, nor in a
version, until both said yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.followup import policies
from services.followup.domain import states
from services.followup.domain.definitions import YES, standing
from shared.contracts import (
    FollowUpAsked,
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionMet,
    IntroductionMissed,
    IntroductionMoved,
    IntroductionProposed,
    RelationshipContinuedByBoth,
    RelationshipEnded,
    RelationshipLapsed,
    RelationshipStarted,
)
from shared.contracts.introduction import IntroductionEvent, PlacedIntroductionEvent
from shared.contracts.relationship import RelationshipEvent
from shared.days import slot_day

STATES: dict[type[IntroductionEvent], str] = {
    IntroductionProposed: "proposed",
    IntroductionMoved: "proposed",
    IntroductionAccepted: "accepted",
    IntroductionDeclined: "declined",
    IntroductionExpired: "expired",
    IntroductionCancelled: "cancelled",
    IntroductionMet: "met",
    IntroductionMissed: "missed",
}
FACTS: dict[type[IntroductionEvent], str] = {
    IntroductionProposed: "introduced_at",
    IntroductionAccepted: "accepted_at",
    IntroductionMet: "met_at",
}
"""What stays true whatever follows, and may be told late."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to one of the two, and her latest answer. `round` is the mail in which it was asked."""

    asked_at: datetime | None = None
    round: int | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    told: str | None = None
    """What an organizer's key said for her: who asks by key only ever learns what was said by key."""
    snoozed_until: datetime | None = None
    """When she wants to be asked this again."""


Questions = Mapping[tuple[str, str], Question]
"""By (attendee, question)."""


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """A pair; its id is the introduction's. `seen` is the newest version of the introduction, `version` that of the
    published relationship events; `revision` counts saves."""

    id: str
    account: str
    conference: str
    mentor: str
    mentee: str
    seen: int = 0
    state: str = "proposed"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    day: date | None = None
    """The local day of the meeting."""
    introduced_at: datetime | None = None
    accepted_at: datetime | None = None
    met_at: datetime | None = None
    version: int = 0
    revision: int = 0
    started: bool = False
    continued_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str | None = None
    """complete, withdrawn, finished; or left, which is told to nobody: the event says finished."""
    left_by: tuple[str, ...] = ()
    """Who of the two wants it left alone."""
    lapsed_at: datetime | None = None
    contacted: Mapping[str, datetime] = field(default_factory=dict)
    """Question -> when the pair was first known to be in touch as of it."""
    questions: Questions = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, str]:
        """The attendee ids of both."""
        return self.mentor, self.mentee

    @property
    def over(self) -> bool:
        """Whether nobody is asked about it any more."""
        return self.ended_at is not None or self.lapsed_at is not None

    @property
    def counts_for_the_evening(self) -> bool:
        """Whether the two were to meet, or met."""
        return self.state in ("accepted", "met")

    def partner(self, attendee: str) -> str:
        """The other one."""
        return self.mentee if attendee == self.mentor else self.mentor

    def question(self, attendee: str, question: str) -> Question:
        """What she was asked and said."""
        return self.questions.get((attendee, question), Question())

    def said(self, attendee: str, question: str) -> str | None:
        """Her latest answer."""
        return self.question(attendee, question).answer

    def wants_more(self, attendee: str) -> bool:
        """Whether she said yes to "stay in touch?". Nobody but her may know before both did."""
        yes = self.said(attendee, "continue") == "yes" and self.said(attendee, "met") != "no"
        return yes and attendee not in self.left_by

    def as_of(self, question: str) -> str:
        """yes, no or unknown: whether they are in touch as of this question."""
        return standing([said for one in self.people if (said := self.said(one, question)) is not None])

    def in_touch(self, question: str) -> bool:
        """Whether the pair was in touch as of this question."""
        return self.as_of(question) == YES

    @property
    def history(self) -> tuple[tuple[str, datetime], ...]:
        """(state, since) as an organizer may know it: before both said yes, that they met and no more."""
        steps = [("met", self.met_at)]
        if self.continued_at is not None:
            first_contact = min(self.contacted.values(), default=None)
            steps += [("continued", self.continued_at), ("in_touch", first_contact)]
            steps += [("lapsed", self.lapsed_at), ("ended", self.ended_at)]
        known = [(state, at) for state, at in steps if at is not None]
        return tuple(sorted(known, key=lambda step: step[1]))

    @property
    def status(self) -> str:
        """met, continued, in_touch, ended or lapsed, as an organizer may know it."""
        states = [state for state, _at in self.history]
        return "ended" if "ended" in states else states[-1]

    # What introductions tell

    def learn(self, event: IntroductionEvent) -> Relationship:
        """Take over what happened; an older version only adds facts, it never overwrites."""
        values: dict[str, Any] = {}
        fact = FACTS.get(type(event))
        if fact is not None and getattr(self, fact) is None:
            values[fact] = event.at
        newer = event.version > self.seen
        if newer:
            values |= {"seen": event.version, "state": STATES[type(event)]}
        if isinstance(event, PlacedIntroductionEvent) and (newer or self.starts_at is None):
            day = slot_day(event.slot)
            values |= {"starts_at": event.starts_at, "ends_at": event.ends_at, "day": day}
        return replace(self, **values)

    def start(self, now: datetime) -> tuple[Relationship, tuple[RelationshipEvent, ...]]:
        """From the moment it is known that they met, follow-up takes care of the pair."""
        if self.met_at is None or self.started:
            return self, ()
        started, event = replace(self, started=True).tell(RelationshipStarted, now)
        followed, more = started.left_alone(now) if self.left_by else started.agree(now)
        return followed, (event, *more)

    # What follows

    def agree(self, now: datetime) -> tuple[Relationship, tuple[RelationshipEvent, ...]]:
        """Two yeses make it known to both, once."""
        gone = self.cause in ("withdrawn", "left")
        if self.continued_at or not self.started or gone or not all(map(self.wants_more, self.people)):
            return self, ()
        continued, event = replace(self, continued_at=now).tell(RelationshipContinuedByBoth, now)
        return continued, (event,)

    def ask(self, attendee: str, step: str, mail: int, now: datetime) -> tuple[Relationship, FollowUpAsked | None]:
        """She is asked, in this mail; asking twice changes nothing, unless she wanted to be asked again. That is no news."""
        question = self.question(attendee, step)
        if question.asked_at is not None and question.snoozed_until is not None and question.snoozed_until <= now:
            again = replace(question, asked_at=now, round=mail, snoozed_until=None)
            return self.note(attendee, step, again), None
        if question.asked_at is not None:
            return self, None
        asked = self.note(attendee, step, replace(question, asked_at=now, round=mail))
        return asked.tell(FollowUpAsked, now, attendee=attendee, question=step)

    def standing(
        self,
        attendee: str,
        *,
        agreed: bool,
        silences_end: int,
        since: datetime | None = None,
        lost: Collection[int] = (),
    ) -> policies.Standing:
        """How she stands to this pair when a question is due. What was put to her before `since`, the end of a pause, is no
        silence of hers, and neither is what she wants to be asked again, or what stood in a mail that never left (`lost`,
        by number)."""
        put = [(step, self.question(attendee, step)) for step in policies.IN_ORDER]
        asked = [
            step
            for step, question in put
            if question.asked_at is not None
            and question.snoozed_until is None
            and (since is None or question.asked_at > since)
            and question.round not in lost
        ]
        return policies.Standing(
            agreed=agreed,
            over=self.over,
            answered=[self._answered(attendee, step) for step in asked],
            silences_end=silences_end,
        )

    def _answered(self, attendee: str, step: str) -> bool:
        if step != "evening":
            return self.said(attendee, step) is not None
        return self.said(attendee, "met") is not None or self.said(attendee, "continue") == "yes"

    def lapse(self, now: datetime) -> tuple[Relationship, tuple[RelationshipEvent, ...]]:
        """Both fell silent."""
        if states.leads_to(self, "lapsed") is None:
            return self, ()
        lapsed, event = replace(self, lapsed_at=now).tell(RelationshipLapsed, now)
        return lapsed, (event,)

    def end(self, cause: str, now: datetime) -> tuple[Relationship, tuple[RelationshipEvent, ...]]:
        """It is over: complete, withdrawn or finished. Once; a pair that never met has nothing to end."""
        if not self.started or states.leads_to(self, "completed" if cause == "complete" else "ended") is None:
            return self, ()
        ended, event = replace(self, ended_at=now, cause=cause).tell(RelationshipEnded, now, cause=cause)
        return ended, (event,)

    def left_alone(self, now: datetime) -> tuple[Relationship, tuple[RelationshipEvent, ...]]:
        """One of the two wants it so. Told in the words of any other end: whose wish it was is told to nobody."""
        if self.over or not self.started:
            return self, ()
        ended, event = replace(self, ended_at=now, cause="left").tell(RelationshipEnded, now, cause="finished")
        return ended, (event,)

    def note(self, attendee: str, step: str, question: Question) -> Relationship:
        """The same pair with this question as it now is."""
        return replace(self, questions={**self.questions, (attendee, step): question})

    def tell(self, event: type[Any], now: datetime, **what: Any) -> tuple[Relationship, Any]:
        """The next version of the pair and the event of this type that says so."""
        new = replace(self, version=self.version + 1)
        return new, event(
            relationship=self.id,
            version=new.version,
            at=now,
            account=self.account,
            conference=self.conference,
            mentor=self.mentor,
            mentee=self.mentee,
            **what,
        )


def first_known(event: IntroductionEvent) -> Relationship:
    """The pair of an introduction of which nothing was known before."""
    return Relationship(
        id=event.introduction,
        account=event.account,
        conference=event.conference,
        mentor=event.mentor,
        mentee=event.mentee,
    )
