"""What people do about being asked: pause everything, be asked this again in a week, have a pair left alone; each can be
taken back. Nothing of it tells the other why, and nothing of it is an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.followup import policies
from services.followup.domain.relationship import Relationship
from services.followup.domain.states import Span
from shared.contracts import RelationshipResumed
from shared.contracts.relationship import RelationshipEvent
from shared.errors import Conflict

Outcome = tuple[Relationship, tuple[RelationshipEvent, ...]]


class NothingMore(Conflict):
    """Nothing more is asked about this meeting."""

    code = "over"


class AnsweredAlready(Conflict):
    """You have answered this question already. You can change your answer at any time."""

    code = "answered"


class NotThisOne(Conflict):
    """This question cannot be asked again later. Nobody has to answer it."""

    code = "no-snooze"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Something that somebody did about being asked: paused or resumed. Turns are kept, so that it is known when nobody
    was to be asked."""

    attendee: str
    what: str
    at: datetime
    until: datetime | None = None


def pauses(turns: Iterable[Turn]) -> list[Span]:
    """(since, until) of all pauses of one person, oldest first, from her turns in order."""
    found: list[Span] = []
    for turn in turns:
        if found and turn.at < found[-1][1]:  # resumed, or paused anew
            found[-1] = (found[-1][0], turn.at)
        if turn.what == "paused" and turn.until is not None:
            found.append((turn.at, turn.until))
    return found


def paused_until(spans: Collection[Span], now: datetime) -> datetime | None:
    """When her pause ends; None where she has none now."""
    return max((until for since, until in spans if since <= now < until), default=None)


def heard_of(spans: Collection[Span], now: datetime) -> datetime | None:
    """Until when her silence says nothing: to the end of her last pause."""
    return max((min(until, now) for since, until in spans if since <= now), default=None)


def snooze(pair: Relationship, attendee: str, question: str, until: datetime) -> Relationship:
    """She is asked this again then. Raises NotThisOne, NothingMore, AnsweredAlready."""
    asked = pair.question(attendee, question)
    if question not in policies.CHECK_INS or asked.asked_at is None:
        raise NotThisOne
    if pair.over:
        raise NothingMore
    if asked.answer is not None:
        raise AnsweredAlready
    return pair.note(attendee, question, replace(asked, snoozed_until=until))


def unsnooze(pair: Relationship, attendee: str, question: str) -> Relationship:
    """The question stands as it was asked."""
    asked = pair.question(attendee, question)
    return pair if asked.snoozed_until is None else pair.note(attendee, question, replace(asked, snoozed_until=None))


def leave(pair: Relationship, attendee: str, now: datetime) -> Outcome:
    """Nobody of the two is asked about it any more."""
    if attendee in pair.left_by:
        return pair, ()
    return replace(pair, left_by=(*pair.left_by, attendee)).left_alone(now)


def come_back(pair: Relationship, attendee: str, now: datetime) -> Outcome:
    """She wants to be asked about it again; so it is, unless the other wants it left alone, too, or it is over anyway.
    It goes on then; it started once, when they met."""
    if attendee not in pair.left_by:
        return pair, ()
    back = replace(pair, left_by=tuple(one for one in pair.left_by if one != attendee))
    if back.left_by or back.cause != "left":
        return back, ()
    told: tuple[Relationship, RelationshipEvent] = replace(back, ended_at=None, cause=None).tell(
        RelationshipResumed, now
    )
    return told[0], (told[1],)
