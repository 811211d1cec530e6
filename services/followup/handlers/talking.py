"""When the two of a pair talk: their hours, three suggestions, and the time that one of them takes for both."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from services.followup import agreements, store
from services.followup.domain.talks import Hours, Talk, choose, suggest
from services.followup.handlers import resting
from services.followup.handlers.agreeing import Side, by_link
from shared.errors import Invalid, NotFound
from shared.i18n import gettext as _
from shared.mail.calendar import talks_ics
from shared.mail.message import Calendar
from shared.work import Work

SHORTEST_DAY = 60
"""Minutes that somebody's working hours last at least."""


def hours(connection: Connection, here: Side, now: datetime) -> tuple[Hours, Hours]:
    """(hers, the other one's): what they said here, else usual hours where they are as far as we know."""
    said = agreements.hours_of(connection, here.pair.id)
    known = store.who(connection, here.pair.people)

    def of(attendee: str) -> Hours:
        who = known.get(attendee)
        zone = here.conference.timezone if who is None else resting.zone(who, here.conference, now, connection)
        return said.get(attendee) or Hours(zone=zone)

    return of(here.who.attendee), of(here.pair.partner(here.who.attendee))


def suggestions(connection: Connection, here: Side, now: datetime) -> tuple[list[datetime], int]:
    """Times that suit both, the same for both: the mentor's hours come first."""
    own, other = hours(connection, here, now)
    return suggest((own, other) if here.is_mentor else (other, own), now)


def say_hours(token: str, said: Hours, work: Work) -> None:
    """When she works. Raises LinkOver, PartnerGone, Invalid."""
    here = by_link(token, work)
    begins, ends = (int(hhmm[:2]) * 60 + int(hhmm[3:]) for hhmm in (said.starts, said.ends))
    if ends - begins < SHORTEST_DAY:
        raise Invalid({"ends": [_("Please choose an end at least an hour after the start.")]})
    agreements.save_hours(here.pair.id, here.who.attendee, said, work)


def take_time(token: str, starts_at: datetime, work: Work) -> Talk:
    """She takes a time for both. Raises LinkOver, PartnerGone, NothingAgreed, NotToCome."""
    here = by_link(token, work)
    wishes = agreements.agreement(work.connection, here.pair.id).wishes
    before = agreements.talk(work.connection, here.pair.id)
    zone = hours(work.connection, here, work.now)[0].zone
    chosen = choose(before, starts_at, zone, wishes, here.who.attendee, work.now)
    if chosen != before:
        agreements.save_talk(here.pair.id, chosen, work)
    return chosen


def parsed(text: str) -> datetime:
    """An instant such as 20261201T1500Z. Raises Invalid."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid({"starts_at": [_("Please choose one of the times that are suggested.")]}) from None


def calendar(connection: Connection, here: Side) -> Calendar:
    """What they chose, for a calendar: no name and no goal in it. Raises NotFound."""
    chosen = agreements.talk(connection, here.pair.id)
    if chosen is None or here.partner is None:
        raise NotFound
    return talks_ics(
        uid_object=here.pair.id,
        sequence=chosen.sequence,
        starts_at=chosen.starts_at,
        ends_at=chosen.ends_at,
        timezone=chosen.zone,
        summary=_("Talk"),
        rule=chosen.rule,
        now=chosen.chosen_at,
    )
