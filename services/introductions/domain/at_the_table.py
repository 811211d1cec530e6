"""On the way to a table and at it: who has arrived, who waits alone and until when, who is late, who is looked for instead.
Pure: (state, now) -> new state, with an event where others must hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.introductions.domain.introduction import Introduction, Place, Side, shown
from services.introductions.domain.refusals import TooLate
from shared.contracts import ConferencePublished, Event, IntroductionCancelled
from shared.errors import Conflict

EARLY = timedelta(minutes=10)
"""So long before it starts one can say that one is there."""
PATIENCE = timedelta(minutes=5)
"""So long one waits alone before somebody else is looked for; and so much later than agreed is still no other time."""
TALK = timedelta(minutes=5)
"""The least of a talk that is worth coming for."""
ASKED_FOR = (timedelta(minutes=3), timedelta(minutes=2))
"""How long whoever is offered a place beside somebody who waits is asked, the longer one that leaves time to talk."""


class NotYetThere(Conflict):
    """You can say that you are there from ten minutes before it starts until it ends."""

    code = "not-yet-there"


def may_arrive(introduction: Introduction, now: datetime) -> bool:
    """Whether "I'm here" means anything."""
    place = introduction.place
    return introduction.status == "accepted" and place.starts_at - EARLY <= now < place.ends_at


def arrive(introduction: Introduction, side: Side, now: datetime, conference: ConferencePublished) -> Introduction:
    """One of the two is at the table. Whoever is alone there waits until `alone_until`. Raises NotYetThere, TooLate."""
    if side in introduction.here:
        return introduction
    if introduction.status != "accepted" or now >= introduction.place.ends_at:
        raise TooLate(state=shown(introduction, conference, now))
    if not may_arrive(introduction, now):
        raise NotYetThere(state=shown(introduction, conference, now))
    here = {**introduction.here, side: now}
    late = _without(introduction.late, side)
    return _next(introduction, here=here, late=late, alone_until=_patience(introduction, here, now), cause=None)


def _patience(introduction: Introduction, here: dict[str, datetime], now: datetime) -> datetime | None:
    """Until when she who is alone waits, not at all for who comes too late; None where both are there, or nobody could
    come in time any more."""
    if len(here) != 1:
        return None
    expected = max((until for side, until in introduction.late.items() if side not in here), default=now)
    if expected > now and not comes_in_time(introduction.place, expected):
        return now
    until = max(now + PATIENCE, introduction.place.starts_at + PATIENCE, expected)
    return until if until + ASKED_FOR[-1] + TALK <= introduction.place.ends_at else None


def expects(introduction: Introduction, now: datetime) -> Introduction:
    """Somebody has just said that, or when, she comes to whoever waits at a table: she is waited for as anybody is."""
    if len(introduction.here) != 1:
        return introduction
    return replace(introduction, alone_until=_patience(introduction, dict(introduction.here), now))


def waits_alone(introduction: Introduction) -> Side | None:
    """Who is at the table without the other, and waits for somebody."""
    if introduction.alone_until is None or introduction.status == "met" or len(introduction.here) != 1:
        return None
    return "mentor" if "mentor" in introduction.here else "mentee"


def is_waited_for(introduction: Introduction, side: str, now: datetime) -> bool:
    """Whether the other is at the table and she is not."""
    there = introduction.status == "accepted" and len(introduction.here) == 1 and side not in introduction.here
    return there and now < introduction.place.ends_at


def is_coming_to(introduction: Introduction, side: Side, conference: ConferencePublished) -> bool:
    """Whether she sat there already when the other was asked to come at once, and the other has not said since that she
    cannot. Such a talk begins within its slot; whoever sits down only later waits for one who may have gone."""
    place, since = introduction.place, introduction.here.get(side)
    at_once = any(slot.id == place.slot and slot.starts_at < place.starts_at for slot in conference.slots)
    asked = place.starts_at - max(ASKED_FOR)
    return at_once and since is not None and since < asked and introduction.cause is None


def goes(introduction: Introduction, side: Side, now: datetime) -> tuple[Introduction, Event | None]:
    """She goes, or will not come after all; nothing is held against her. Nobody is looked for in her place or still asked to
    come to her; for who waits for her, somebody is looked for at once."""
    if set(introduction.here) == {side}:
        new, event = (
            introduction.cancel("left", now, side) if introduction.status == "proposed" else (introduction, None)
        )
        return _next(new, here={}, alone_until=None), event
    if is_waited_for(introduction, side, now) and (introduction.alone_until or now) >= now:
        return _next(introduction, alone_until=now, cause="left"), None
    return introduction, None


def _without(moments: Mapping[str, datetime], side: str) -> dict[str, datetime]:
    return {who: at for who, at in moments.items() if who != side}


def may_hurry(introduction: Introduction, now: datetime) -> bool:
    """Whether somebody else can be looked for at once, for who waits for one who agreed to come."""
    begun = now >= introduction.place.starts_at
    if introduction.status != "accepted" or not begun or waits_alone(introduction) is None:
        return False
    return asked_for(introduction.place.ends_at, now) is not None


def hurry(introduction: Introduction, now: datetime) -> Introduction:
    """Her patience is over because the desk says so: somebody else is looked for at once."""
    if not may_hurry(introduction, now) or introduction.alone_until == now:
        return introduction
    return _next(introduction, alone_until=now)


def be_late(introduction: Introduction, side: Side, until: datetime, now: datetime) -> Introduction:
    """She comes to a meeting that both agreed on, but only then; whoever waits for her waits as long."""
    if introduction.late.get(side) == until or introduction.status != "accepted" or side in introduction.here:
        return introduction
    new = _next(introduction, late={**introduction.late, side: until}, cause=None)
    return expects(new, now)


def be_in_time(introduction: Introduction, side: Side, now: datetime) -> Introduction:
    """She comes as it was agreed after all."""
    if side not in introduction.late:
        return introduction
    return expects(_next(introduction, late=_without(introduction.late, side)), now)


def comes_in_time(place: Place, until: datetime) -> bool:
    """Whether somebody who comes only at `until` still finds the meeting as it was agreed on."""
    return until <= place.starts_at + PATIENCE


def wait_on(introduction: Introduction, until: datetime) -> Introduction:
    """Nobody is free to come: it is looked again at `until`, where that leaves time to talk."""
    soon_enough = until + ASKED_FOR[-1] + TALK <= introduction.place.ends_at
    return _next(introduction, alone_until=until if soon_enough else None)


def give_up(introduction: Introduction, now: datetime) -> tuple[Introduction, Event | None]:
    """Nobody came to whoever waits: her place is given to somebody else. A proposal that nobody took is over anyway."""
    if introduction.status == "proposed":
        expired, over = introduction.expire(now)
        return replace(expired, alone_until=None), over
    new = _next(introduction, alone_until=None)
    if introduction.status != "accepted":
        return new, None
    new = replace(new, status="cancelled", cause="alone", sequence=new.sequence + 1)
    return new, IntroductionCancelled(**new.facts(now), cause="alone")


def asked_for(ends_at: datetime, now: datetime) -> timedelta | None:
    """How long somebody can be asked to come at once; None where too little of the slot is left."""
    return next((time for time in ASKED_FOR if now + time + TALK <= ends_at), None)


def begins_now(introduction: Introduction, side: Side, here_since: datetime) -> Introduction:
    """A new introduction whose `side` waits at the table already: she has said yes, the other is asked while it is held."""
    answers: dict[str, str | None] = {"mentor": None, "mentee": None, side: "accept"}
    return replace(introduction, answers=answers, here={side: here_since}, alone_until=introduction.hold_until)


def _next(introduction: Introduction, **values: Any) -> Introduction:
    return replace(introduction, version=introduction.version + 1, **values)
