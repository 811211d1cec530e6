"""Somebody stands in the venue without a registration: she takes part at once. That she is there shows the code of the day
or the desk; that the address is hers she shows by our mail, and until then gets no other one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.registration import store
from services.registration.domain import Attendee, venue
from services.registration.handlers import attending, presence
from services.registration.handlers.conferences import record
from shared import links
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.i18n import noted as N_
from shared.links import To
from shared.work import Work

FORM, AGAIN = "walk-in", timedelta(hours=1)
"""So long the same form, sent again, leads to the same page."""


def walk_in(
    said: Mapping[str, Any],
    conference: ConferencePublished,
    work: Work,
    *,
    actor: Actor | None = None,
    form: str = "",
) -> Attendee | None:
    """She is registered and here; also where the very same `form` comes twice, as it does where the network is bad. None
    where somebody with this address is known already: she gets a mail, and whoever typed it learns nothing more. Raises
    Invalid, NeedsConsent, TooEarly, ConferenceOver."""
    earlier = _sent_before(form, work)
    if earlier is not None:
        return earlier
    known = store.by_address(work.connection, conference, said["email"])
    channel = "form" if actor is None else "desk"
    if known is not None and known.is_confirmed:
        attending.apply(said, conference, work)
        return None
    if known is None:
        languages = list(dict.fromkeys(("en", said.get("locale") or "en")))  # as the long form ticks them beforehand
        known = attending.register({"languages": languages, **said}, conference, channel, work)
    else:
        known = attending.change(known, said, conference, channel, work)
    if store.is_confirmed_anywhere(work.connection, known.person):
        _mail(known, conference, work)
        return None
    now, events = known.walk_in(work.now, conference)
    store.save(known, now, work)
    for event in events:
        work.publish(event)
    _mail(now, conference, work)
    if form:
        work.links.know(work, form, To(FORM, now.id, now.person, expires_at=work.now + AGAIN))
    record(N_("walk-in added"), presence.herself(now) if actor is None else actor, conference, now.id, work)
    return now


def _sent_before(form: str, work: Work) -> Attendee | None:
    """Whom this very form has registered already."""
    try:
        link = links.resolve(work.connection, form, FORM, work.now)
    except links.LinkOver:
        return None
    return store.attendee_by_id(work.connection, link.object)


def _mail(attendee: Attendee, conference: ConferencePublished, work: Work) -> None:
    key = f"{attendee.id}-{work.now:%Y%m%d%H}"
    work.mail("confirm", attendee.person, key, conference=conference.conference, attendee=attendee.id)


def check_in_by_code(attendee: Attendee, conference: ConferencePublished, code: str, work: Work) -> Attendee:
    """She typed the code of the day that hangs in the venue. Raises WrongCode, and what checking in raises."""
    if venue.tidy(code) != venue.code_of(work.links, conference, local_day(conference, work.now)):
        raise venue.WrongCode
    now, _new = presence.check_in(attendee, conference, None, work)
    return now
