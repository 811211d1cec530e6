"""Commands about who is here: check in, leave. Once a day each."""

from __future__ import annotations

from services.registration import store
from services.registration.domain import Attendee
from services.registration.handlers.conferences import record
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.work import Work


def check_in(
    attendee: Attendee, conference: ConferencePublished, actor: Actor | None, work: Work
) -> tuple[Attendee, bool]:
    """She is here today; (her state, whether that is new). Raises TooEarly, ConferenceOver, NotYetConfirmed, Withdrawn."""
    now, event = attendee.check_in(work.now, conference)
    if event is None:
        return attendee, False
    store.save(attendee, now, work)
    work.publish(event)
    if actor is not None:
        record("checked in", actor, conference, now.id, work)
    return now, True


def leave(
    attendee: Attendee, conference: ConferencePublished, actor: Actor | None, work: Work
) -> tuple[Attendee, bool]:
    """She left, or was checked in by mistake; (her state, whether that is new). Raises Withdrawn."""
    now, event = attendee.leave(work.now, conference)
    if event is None:
        return attendee, False
    store.save(attendee, now, work)
    work.publish(event)
    if actor is not None:
        record("left", actor, conference, now.id, work)
    return now, True
