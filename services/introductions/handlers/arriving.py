"""Commands on the way to a table: I'm here, I go, I'm free now, I come later. Whoever waits for somebody hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.introductions import store
from services.introductions.domain import OPEN, Introduction, at_the_table
from services.introductions.domain.introduction import Side, across
from services.introductions.handlers import answering, telling
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.days import local_day, slot_day
from shared.errors import Conflict
from shared.work import Work

FREE = timedelta(minutes=30)
"""So long one tap lets us ask somebody at short notice."""


def arrive(introduction: Introduction, conference: ConferencePublished, side: Side, work: Work) -> Introduction:
    """She is at the table; the other is told where she is waited for. Raises NotYetThere, TooLate."""
    new = at_the_table.arrive(introduction, side, work.now, conference)
    store.save(introduction, new, work)
    if store.not_late(new.on(side), new.conference, work):
        store.mark_dirty(new.conference, work)
    if new is not introduction and len(new.here) == 1:
        due_at = max(work.now, new.place.starts_at)
        telling.mail("waited_for", new, work, (across(side),), due_at=due_at)
    return new


def go(introduction: Introduction, side: Side, work: Work) -> Introduction:
    """She waited long enough, and goes; or she will not come. Whoever was asked to come to her hears of it."""
    new, event = at_the_table.goes(introduction, side, work.now)
    telling.call_off(introduction, new, event, work, (across(side),))
    return new


def be_free(attendee: AttendeeEvent, work: Work) -> None:
    """She can be asked at short notice for a while: the plan is made anew with her."""
    store.be_free(attendee.attendee, attendee.conference, work.now + FREE, work)
    store.mark_dirty(attendee.conference, work)


def not_free(attendee: AttendeeEvent, work: Work) -> None:
    """Not at short notice any more; what she was asked stays."""
    store.not_free(attendee.attendee, attendee.conference, work)


def be_late(attendee: AttendeeEvent, conference: ConferencePublished, until: datetime, work: Work) -> None:
    """She comes only then. A meeting of today that begins earlier waits a little, moves to a time that is free for both, or
    is off, and the other is free at once."""
    store.be_late(attendee.attendee, attendee.conference, until, work)
    today = local_day(conference, work.now)
    for introduction in store.of_attendee(work.connection, attendee.attendee):
        place, side = introduction.place, introduction.side_of(attendee.attendee)
        if introduction.status in OPEN and slot_day(place.slot) == today and work.now < place.ends_at and side:
            _late_for(introduction, conference, side, until, work)
    store.mark_dirty(attendee.conference, work)


def not_late(attendee: AttendeeEvent, work: Work) -> None:
    """She is here already, or was never late. What moved meanwhile stays where it is."""
    if not store.not_late(attendee.attendee, attendee.conference, work):
        return
    for introduction in store.of_attendee(work.connection, attendee.attendee):
        side = introduction.side_of(attendee.attendee)
        if introduction.status in OPEN and work.now < introduction.place.ends_at and side:
            store.save(introduction, at_the_table.be_in_time(introduction, side, work.now), work)
    store.mark_dirty(attendee.conference, work)


def _late_for(
    introduction: Introduction, conference: ConferencePublished, side: Side, until: datetime, work: Work
) -> None:
    place = introduction.place
    if until <= place.starts_at:
        return
    if at_the_table.comes_in_time(place, until) or work.now >= place.starts_at:
        store.save(introduction, at_the_table.be_late(introduction, side, until, work.now), work)
        return
    later = [slot.id for slot in conference.slots if slot.starts_at >= until]
    try:
        with work.attempt():
            answering.answer(introduction, conference, side, "other_time", later, work, with_yes=True)
    except Conflict:  # no such time, or none any more
        answering.cancel(introduction, "late", work, (across(side),), by=side)
