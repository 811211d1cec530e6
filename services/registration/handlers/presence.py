"""Commands about who is here: check in, take that back, leave. Once a day each; a line says by whose word, also her own."""

from __future__ import annotations

from datetime import datetime

from services.registration import store
from services.registration.domain import Attendee
from services.registration.handlers.conferences import record
from shared.access import Actor
from shared.contracts import ConferencePublished, Event
from shared.i18n import noted as N_
from shared.work import Work


def check_in(
    attendee: Attendee,
    conference: ConferencePublished,
    actor: Actor | None,
    work: Work,
    *,
    at: datetime | None = None,
) -> tuple[Attendee, bool]:
    """She is here today; (her state, whether that is new). `at` = when a device without network was told so. Raises
    TooEarly, ConferenceOver, NotYetConfirmed, Withdrawn."""
    now, event = attendee.check_in(at or work.now, conference)
    return _keep(N_("checked in"), attendee, now, event, conference, actor, work, at)


def leave(
    attendee: Attendee,
    conference: ConferencePublished,
    actor: Actor | None,
    work: Work,
    *,
    at: datetime | None = None,
) -> tuple[Attendee, bool]:
    """She left; (her state, whether that is new). Raises Withdrawn."""
    now, event = attendee.leave(at or work.now, conference)
    return _keep(N_("left"), attendee, now, event, conference, actor, work, at)


def take_back(
    attendee: Attendee,
    conference: ConferencePublished,
    actor: Actor | None,
    work: Work,
    *,
    at: datetime | None = None,
) -> tuple[Attendee, bool]:
    """She was checked in by mistake, so what she agreed on stays; (her state, whether that is new). Raises Withdrawn."""
    now, event = attendee.take_back(at or work.now, conference)
    return _keep(N_("check-in undone"), attendee, now, event, conference, actor, work, at)


def _keep(
    action: str,
    before: Attendee,
    now: Attendee,
    event: Event | None,
    conference: ConferencePublished,
    actor: Actor | None,
    work: Work,
    at: datetime | None,
) -> tuple[Attendee, bool]:
    if event is None:
        return before, False
    store.save(before, now, work)
    work.publish(event)
    by = herself(now) if actor is None else actor
    record(action, by, conference, now.id, work, **({} if at is None else {"tapped": at.isoformat()}))
    return now, True


def herself(attendee: Attendee) -> Actor:
    """Who says of herself that she is here or goes: whoever else looks after presence must know who said so, and when."""
    return Actor(id=attendee.id, access="", kind="attendee", role="attendee", account=attendee.account)
