"""An introduction of a mentor and a mentee, from the first proposal to the word that they met: (state, now) -> (new
state, event) or a named refusal. Pure; who else is free, the caller knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from services.introductions.domain.refusals import NotYetAccepted, TooLate
from shared.announced import evening_of
from shared.contracts import (
    ConferencePublished,
    Event,
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionMet,
    IntroductionMissed,
    IntroductionMoved,
    IntroductionProposed,
)
from shared.contracts.introduction import Reason
from shared.days import slot_day

Side = Literal["mentor", "mentee"]

OPEN = ("proposed", "accepted")
"""It is to take place, or may."""
ACTIVE = (*OPEN, "met")
"""It occupies two people and a table."""


def across(side: Side) -> Side:
    """The other side of the table."""
    return "mentee" if side == "mentor" else "mentor"


@dataclass(frozen=True, kw_only=True)
class Place:
    """When and where two people are to meet."""

    slot: str
    starts_at: datetime
    ends_at: datetime
    meeting_point: str
    table: int


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What both agreed on at the table: `enough`, this talk was complete in itself; or something to have done `by` a day."""

    enough: bool
    by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """Two attendees (by id), a place, what they answered, and what was said of the meeting."""

    id: str
    account: str
    conference: str
    mentor: str
    mentee: str
    version: int
    status: str
    """proposed, accepted, declined, expired, cancelled or met"""
    place: Place
    hold_until: datetime
    answers: Mapping[str, str | None] = field(default_factory=lambda: {"mentor": None, "mentee": None})
    reasons: tuple[Reason, ...] = ()
    terms: Mapping[str, float] = field(default_factory=dict)
    plan_version: int = 0
    probability: float | None = None
    """With which chance chose the mentor among all who fitted; None where it was planned."""
    link_version: int = 1
    """Rises when it is asked anew: mails of before are over then, and their links answer nothing any more."""
    sequence: int = 0
    """Rises with everything that calendars should hear of."""
    words: Mapping[str, bool] = field(default_factory=dict)
    """Who (mentor, mentee, desk, organizer) last said whether they met."""
    told_by: str | None = None
    contradicted: bool = False
    missed: bool = False
    """Somebody said that they did not meet, before anybody said that they did."""
    cause: str | None = None
    """Why it will not take place; of one that stands: `left` where whom somebody waits for said that she cannot come."""
    here: Mapping[str, datetime] = field(default_factory=dict)
    """Which side said when that she is at the table."""
    late: Mapping[str, datetime] = field(default_factory=dict)
    """Which side said that she comes only then."""
    alone_until: datetime | None = None
    """When somebody else is looked for, where one of them waits alone."""
    goal: Goal | None = None

    @property
    def met(self) -> bool | None:
        """What was said of the meeting; None while nobody said anything."""
        return True if self.status == "met" else False if self.missed else None

    def side_of(self, attendee: str) -> Side | None:
        """Which of the two somebody is."""
        return "mentor" if attendee == self.mentor else "mentee" if attendee == self.mentee else None

    def answer_of(self, side: str) -> str | None:
        """Her yes or no to the meeting as it now is; None while she is asked, also by a time that she asked for."""
        said = self.answers[side]
        return None if said == "other_time" else said

    def on(self, side: Side) -> str:
        """The attendee on this side of the table."""
        return self.mentor if side == "mentor" else self.mentee

    def other(self, side: Side) -> str:
        """The attendee across the table."""
        return self.on(across(side))

    def may_answer(self, now: datetime) -> bool:
        """Whether yes, no or another time still means anything."""
        held = self.status == "accepted" or (self.status == "proposed" and now < self.hold_until)
        return held and now < self.place.starts_at

    def is_unanswered(self, now: datetime) -> bool:
        """Whether both are asked and none has said anything."""
        return self.status == "proposed" and now < self.place.starts_at and not any(self.answers.values())

    def may_reopen(self, side: Side, now: datetime) -> bool:
        """Whether she herself said no to a meeting that has not begun, and the other did not."""
        mine, others = self.answers[side], self.answers[across(side)]
        return self.status == "declined" and mine == "decline" and others != "decline" and now < self.place.starts_at

    def may_be_told(self) -> bool:
        """Whether it makes sense to say that they met, or not."""
        return self.status in ("accepted", "met")

    # What may happen

    def propose(self, now: datetime) -> IntroductionProposed:
        """The event of a new proposal, or of one that is asked again."""
        return IntroductionProposed(
            **self.facts(now),
            **self._placed(),
            hold_until=self.hold_until,
            reasons=self.reasons,
            terms=dict(self.terms),
            plan_version=self.plan_version,
            drawn=self.probability is not None,
            probability=self.probability,
        )

    def accept(self, side: Side, now: datetime, conference: ConferencePublished) -> tuple[Introduction, Event | None]:
        """One yes is kept; the second makes it accepted. Raises TooLate."""
        if self.answers[side] == "accept" and self.status in ACTIVE:
            return self, None
        if not self.may_answer(now):
            raise TooLate(state=shown(self, conference, now))
        new = self._next(answers={**self.answers, side: "accept"})
        if set(new.answers.values()) != {"accept"}:
            return new, None
        new = replace(new, status="accepted", sequence=self.sequence + 1)
        return new, IntroductionAccepted(**new.facts(now), **new._placed())

    def decline(self, side: Side, now: datetime, conference: ConferencePublished) -> tuple[Introduction, Event | None]:
        """One no frees both at once; who it was is in no event. Raises TooLate."""
        if self.answers[side] == "decline" and self.status == "declined":
            return self, None
        if not self.may_answer(now):
            raise TooLate(state=shown(self, conference, now))
        new = self._next(
            status="declined",
            answers={**self.answers, side: "decline"},
            sequence=self.sequence + 1,
            alone_until=self._left_alone(now, side),
        )
        return new, IntroductionDeclined(**new.facts(now))

    def reopen(self, side: Side, place: Place, hold: datetime, now: datetime) -> tuple[Introduction, Event]:
        """A no becomes a yes while everything is still free: both are asked again, she has answered already."""
        new = self._asked_anew({side: "accept"}, place, hold)
        return new, new.propose(now)

    def move(
        self, side: Side, place: Place, hold: datetime, now: datetime, *, with_yes: bool = False
    ) -> tuple[Introduction, Event]:
        """To another time that one of them asked for: both are asked again, or only the other, `with_yes`."""
        new = self._asked_anew({side: "accept" if with_yes else "other_time"}, place, hold)
        return new, IntroductionMoved(**new.facts(now), **new._placed(), hold_until=hold)

    def replan(self, place: Place, hold: datetime, now: datetime) -> tuple[Introduction, Event | None]:
        """To another time that the planner found, before anybody has answered: both are asked again."""
        if not self.is_unanswered(now):
            return self, None
        new = self._asked_anew({}, place, hold)
        return new, IntroductionMoved(**new.facts(now), **new._placed(), hold_until=hold)

    def expire(self, now: datetime) -> tuple[Introduction, Event | None]:
        """The hold is over and not both have answered."""
        if self.status != "proposed" or now < self.hold_until:
            return self, None
        new = self._next(status="expired", sequence=self.sequence + 1)
        return new, IntroductionExpired(**new.facts(now))

    def cancel(self, cause: str, now: datetime, by: Side | None = None) -> tuple[Introduction, Event | None]:
        """It will not take place, for `cause`, through one of the two where it is `by` her. One that has begun is left as
        it is."""
        if self.status not in OPEN or now >= self.place.starts_at:
            return self, None
        alone = self._left_alone(now, by)
        new = self._next(status="cancelled", cause=cause, sequence=self.sequence + 1, alone_until=alone)
        return new, IntroductionCancelled(**new.facts(now), cause=cause)

    def tell(
        self, teller: str, met: bool, now: datetime, conference: ConferencePublished
    ) -> tuple[Introduction, Event | None]:
        """Somebody's word whether they met. One yes makes it met, a no beside it makes it contradicted (told once), a
        no alone makes it missed (told once). Raises NotYetAccepted, TooLate."""
        if not self.may_be_told():
            refusal = NotYetAccepted if self.status == "proposed" else TooLate
            raise refusal(state=shown(self, conference, now))
        if self.words.get(teller) is met:
            return self, None
        new = self._next(words={**self.words, teller: met}, alone_until=None)
        if met and self.status != "met":
            new = replace(new, status="met", told_by=teller, contradicted=self.missed)
        elif not met and self.status == "met" and not self.contradicted:
            new = replace(new, contradicted=True)
        elif not met and self.status != "met" and not self.missed:
            new = replace(new, missed=True)
            return new, IntroductionMissed(**new.facts(now))
        else:
            return new, None
        return new, IntroductionMet(**new.facts(now), told_by=new.told_by or teller, contradicted=new.contradicted)

    def _asked_anew(self, said: Mapping[str, str], place: Place, hold: datetime) -> Introduction:
        return self._next(
            status="proposed",
            place=place,
            hold_until=hold,
            answers={"mentor": None, "mentee": None, **said},
            sequence=self.sequence + 1,
            link_version=self.link_version + 1,
            here={},
            late={},
            alone_until=None,
        )

    def _left_alone(self, now: datetime, by: Side | None = None) -> datetime | None:
        """When somebody else is looked for, where it is called off while one of them is at the table: at once."""
        return now if len(self.here) == 1 and by not in self.here else None

    def _next(self, **values: Any) -> Introduction:
        return replace(self, version=self.version + 1, **values)

    def facts(self, now: datetime) -> dict[str, Any]:
        """What every event of it says."""
        return {
            "introduction": self.id,
            "version": self.version,
            "at": now,
            "account": self.account,
            "conference": self.conference,
            "mentor": self.mentor,
            "mentee": self.mentee,
        }

    def _placed(self) -> dict[str, Any]:
        return dict(vars(self.place))


def status_of(introduction: Introduction, conference: ConferencePublished, now: datetime) -> str:
    """The word for how it stands: as stored, or `unreported` once the evening came and nobody said that they met."""
    day = slot_day(introduction.place.slot)
    if introduction.status == "accepted" and now >= evening_of(conference, day):
        return "unreported"
    return introduction.status


def shown(introduction: Introduction, conference: ConferencePublished, now: datetime) -> dict[str, Any]:
    """An introduction as the API shows it."""
    place = introduction.place
    points = {point.code: point.name for point in conference.meeting_points}
    labels = {topic.code: topic.label for topic in conference.topics}
    return {
        "id": introduction.id,
        "mentor": introduction.mentor,
        "mentee": introduction.mentee,
        "slot": place.slot,
        "starts_at": _z(place.starts_at),
        "ends_at": _z(place.ends_at),
        "place": points.get(place.meeting_point, place.meeting_point),
        "table": place.table,
        "status": status_of(introduction, conference, now),
        "met": introduction.met,
        "answers": {side: introduction.answer_of(side) for side in ("mentor", "mentee")},
        "reasons": [
            {"kind": reason.kind, "code": reason.code, "label": labels.get(reason.code, reason.code)}
            for reason in introduction.reasons
        ],
        "hold_until": _z(introduction.hold_until),
        "version": introduction.version,
    }


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
