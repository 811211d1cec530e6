"""What an answer changes. "Stay in touch?" is blind: it changes nothing that anybody can see until both said yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.followup import policies
from services.followup.domain.relationship import Relationship
from shared.contracts import FollowUpAnswered, RelationshipContacted
from shared.contracts.relationship import RelationshipEvent
from shared.errors import Conflict, Invalid
from shared.i18n import gettext as _

Outcome = tuple[Relationship, tuple[RelationshipEvent, ...], bool]
"""The new state, what to tell, and whether the answer was news."""


class NotMetYet(Conflict):
    """These two have not met yet, as far as we know."""

    code = "not-met"


class Closed(Conflict):
    """This question is closed by now."""

    code = "closed"


class NotAskedYet(Conflict):
    """We have not asked this yet. A mail comes when it is time."""

    code = "not-asked"


def answer(
    pair: Relationship,
    attendee: str,
    question: str,
    said: str,
    now: datetime,
    *,
    by_key: bool = False,
    closes_at: datetime | None = None,
) -> Outcome:
    """Take an answer, the latest counts. Raises Invalid for a stranger or a word that is no answer to this question,
    NotMetYet, and from a page Closed for "continue" after `closes_at` and NotAskedYet for what was not put to her."""
    _check(pair, attendee, question, said)
    if question == "met":
        return _happened(pair, attendee, said, now)
    if question == "continue":
        if closes_at is not None and now >= closes_at:
            raise Closed
        _after_meeting(pair, attendee, by_key)
        return _continue(pair, attendee, said, now, by_key)
    _after_meeting(pair, attendee, True)
    if not by_key and not _was_asked(pair, attendee, question):
        raise NotAskedYet
    if question == "regular":
        return _regular(pair, attendee, said, now)
    return _how_it_goes(pair, attendee, question, said, now)


def _check(pair: Relationship, attendee: str, question: str, said: str) -> None:
    if attendee not in pair.people:
        raise Invalid({"attendee": [_("This attendee is not one of the two.")]})
    words = policies.ANSWERS[question]
    if said not in words:
        raise Invalid({"answer": [_("Please choose one of: {words}.").replace("{words}", ", ".join(words))]})


def _after_meeting(pair: Relationship, attendee: str, must_be_known: bool) -> None:
    """On her page she may go on at once after she said that they met, while the news is still on its way."""
    told = not must_be_known and pair.said(attendee, "met") == "yes"
    if pair.met_at is None and not told:
        raise NotMetYet(state={"id": pair.id, "status": pair.state})


def _was_asked(pair: Relationship, attendee: str, question: str) -> bool:
    """A check-in, by mail; whether they talk regularly, by having said that they are in touch."""
    if question != "regular":
        return pair.question(attendee, question).asked_at is not None
    return any(pair.said(attendee, step) in policies.IN_TOUCH for step in policies.CHECK_INS)


def _happened(pair: Relationship, attendee: str, said: str, now: datetime) -> Outcome:
    if not pair.counts_for_the_evening and pair.state != "missed" and pair.met_at is None:
        raise NotMetYet(state={"id": pair.id, "status": pair.state})
    if pair.said(attendee, "met") == said:
        return pair, (), False
    new, event = _answered(pair, attendee, "met", said, now)
    new, more = new.agree(now)
    return new, (event, *more), True


def _continue(pair: Relationship, attendee: str, said: str, now: datetime, by_key: bool) -> Outcome:
    before = pair.question(attendee, "continue")
    after = replace(before, told=said if by_key else before.told)
    if before.answer != said:
        after = replace(after, answer=said, answered_at=now)
    if after == before:
        return pair, (), False
    new, events = pair.note(attendee, "continue", after).agree(now)
    return new, events, True


def _how_it_goes(pair: Relationship, attendee: str, question: str, said: str, now: datetime) -> Outcome:
    if pair.said(attendee, question) == said:
        return pair, (), False
    new, event = _answered(pair, attendee, question, said, now)
    events: tuple[RelationshipEvent, ...] = (event,)
    if new.in_touch(question) and question not in new.contacted:
        new = replace(new, contacted={**new.contacted, question: now})
        new, contacted = new.tell(RelationshipContacted, now, question=question)
        events = (*events, contacted)
    if said == "complete":
        new, ended = new.end("complete", now)
        events = (*events, *ended)
    return new, events, True


def _regular(pair: Relationship, attendee: str, said: str, now: datetime) -> Outcome:
    if pair.said(attendee, "regular") == said:
        return pair, (), False
    new, event = _answered(pair, attendee, "regular", said, now)
    return new, (event,), True


def _answered(
    pair: Relationship, attendee: str, question: str, said: str, now: datetime
) -> tuple[Relationship, RelationshipEvent]:
    noted = replace(pair.question(attendee, question), answer=said, answered_at=now, snoozed_until=None)
    told: tuple[Relationship, RelationshipEvent] = pair.note(attendee, question, noted).tell(
        FollowUpAnswered, now, attendee=attendee, question=question, answer=said
    )
    return told
