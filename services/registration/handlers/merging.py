"""Taking over what devices tapped without network: each tap once, by itself, at the time it was tapped."""

from __future__ import annotations

from collections.abc import Sequence

from services.registration import store
from services.registration.domain.tap import Answer, Tap, decided, is_of_today
from services.registration.handlers import presence
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Refused
from shared.work import Work


def merge(taps: Sequence[Tap], conference: ConferencePublished, actor: Actor, work: Work) -> list[Answer]:
    """What became of each, in order. What was answered before is answered the same again and changes nothing."""
    store.hold(work.connection, conference, {tap.attendee for tap in taps})
    known = store.answered(work.connection, conference, [tap.id for tap in taps])
    for tap in taps:
        if tap.id not in known:
            known[tap.id] = _merged(tap, conference, actor, work)
    return [known[tap.id] for tap in taps]


def _merged(tap: Tap, conference: ConferencePublished, actor: Actor, work: Work) -> Answer:
    try:
        with work.attempt():
            answer = _taken(tap, conference, actor, work)
    except Refused as refusal:
        answer = Answer(tap.id, refusal.code)
    store.keep_answer(answer, conference, actor, work)
    return answer


def _taken(tap: Tap, conference: ConferencePublished, actor: Actor, work: Work) -> Answer:
    attendee = store.attendee(work.connection, actor.scope, conference, tap.attendee)
    if not is_of_today(tap, conference, work.now):
        return Answer(tap.id, "another-day")
    is_here = local_day(conference, work.now) in attendee.present_on
    before = store.last_presence(work.connection, conference, attendee.id) if attendee.is_confirmed else None
    against = decided(tap, is_here=is_here, before=before, device=actor.id)
    if against is not None and attendee.is_confirmed:
        return against
    command = presence.check_in if tap.action == "check-in" else presence.take_back
    command(attendee, conference, actor, work, at=tap.at)
    return Answer(tap.id, "done")
