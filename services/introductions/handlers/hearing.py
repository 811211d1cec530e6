"""Events about conferences and attendees: remember them, call off what they make impossible, ask for a new plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from services.introductions import store
from services.introductions.domain import OPEN, Introduction, following
from services.introductions.domain.floor import board_of
from services.introductions.domain.introduction import across
from services.introductions.handlers import announced, arriving, keeping_free, reseating
from services.introductions.handlers.answering import cancel
from services.introductions.handlers.telling import BOTH
from shared import address_book, attendees, conferences
from shared.contracts import ConferencePublished, PersonDescribed
from shared.contracts.attendee import AttendeeEvent
from shared.days import slot_day
from shared.work import Work


def conference_published(event: ConferencePublished, work: Work) -> None:
    """A new or changed conference; meetings move along with what was announced, those whose time or table is gone are
    called off."""
    before = conferences.by_id(work.connection, event.conference)
    conferences.remember(event, work)
    work.touched |= {event.conference, board_of(event.conference)}
    if before is not None and before.version >= event.version:
        return
    done = _follow(before, event, frozenset(), work)
    store.mark_dirty(event.conference, work)
    _follow(before, event, done, work)  # what was placed while this waited for whoever placed it


def _follow(
    before: ConferencePublished | None, after: ConferencePublished, done: Collection[str], work: Work
) -> frozenset[str]:
    """Meetings that are to come, those that are `done` aside; which they were."""
    found = store.open_of_conference(work.connection, after.conference, work.now)
    for introduction in (one for one in found if one.id not in done):
        place = following.place_in(introduction.place, before, after)
        if place is None:
            cancel(introduction, "conference", work)
        else:
            announced.follow(introduction, place, before, after, work)
    return frozenset(one.id for one in found)


def person_described(event: PersonDescribed, work: Work) -> None:
    """What somebody is called and wrote, which pages of those who meet her show."""
    address_book.remember(event, work)
    work.touched |= store.who_sees(work.connection, event.person)


def person_gone(person: str, work: Work) -> None:
    """Nobody knows any more what she was called."""
    work.touched |= store.who_sees(work.connection, person)
    address_book.forget(person, work)


def attendee_heard(event: AttendeeEvent, work: Work) -> None:
    """The newest state of an attendee; an older one changes no plan."""
    before, news = attendees.remember(event, work)
    if not news:
        return
    work.touched |= {event.attendee, board_of(event.conference)}
    _call_off(before, event, work)
    keeping_free.heard(before, event, work)
    reseating.heard(before, event, work)
    _mind_links(before, event, work)
    if event.present_on or (before is not None and before.present_on):
        store.mark_dirty(event.conference, work)


def _call_off(before: AttendeeEvent | None, event: AttendeeEvent, work: Work) -> None:
    if before is None:
        return
    gone = set(before.present_on) - set(event.present_on)
    if not (gone or event.blocks or event.status == "withdrawn" or not event.consents.introductions):
        return
    for introduction in store.of_attendee(work.connection, event.attendee):
        cause, side = _cause(event, introduction, gone), introduction.side_of(event.attendee)
        if introduction.status not in OPEN or cause is None or side is None:
            continue
        sides = (across(side),) if cause == "withdrawn" else BOTH
        if cancel(introduction, cause, work, sides, by=side) is introduction:  # it has begun
            arriving.go(introduction, side, work)


def _cause(event: AttendeeEvent, introduction: Introduction, gone: set[date]) -> str | None:
    """Why a meeting of hers cannot take place as she now is."""
    partner = introduction.mentee if event.attendee == introduction.mentor else introduction.mentor
    if event.status == "withdrawn":
        return "withdrawn"
    if not event.consents.introductions or partner in event.blocks:
        return "consent"
    if slot_day(introduction.place.slot) not in gone:
        return None
    if event.status == "left":
        return "left"
    # She was checked in by mistake: what both agreed on may still be; the two can be asked again when she is here.
    return "conference" if introduction.status == "proposed" else None


def _mind_links(before: AttendeeEvent | None, event: AttendeeEvent, work: Work) -> None:
    if before is None:
        work.link("day", event.attendee, event.person)
    if event.status == "withdrawn":
        store.revoke_links(event.attendee, event.person, work)
        store.forget_goals(event.attendee, work)
    elif before is not None and before.status == "withdrawn":
        store.restore_links(event.attendee, event.person, work)
