"""Somebody says that she needs a way without steps, or a quiet place, when she has a table already: it becomes another one,
at the same time where there is one. Where there is none at any time it stays as it is, for people to sort out."""

from __future__ import annotations

from services.introductions import store
from services.introductions.domain import OPEN, Introduction, hold_until
from services.introductions.domain.introduction import Side
from services.introductions.handlers import answering, telling
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.work import Work


def heard(before: AttendeeEvent | None, event: AttendeeEvent, work: Work) -> None:
    """Her meetings that have not begun and are at a table that she cannot use."""
    news = before is not None and (event.step_free > before.step_free or event.quiet > before.quiet)
    conference = conferences.by_id(work.connection, event.conference) if news else None
    if conference is None:
        return
    for introduction in store.of_attendee(work.connection, event.attendee):
        side = introduction.side_of(event.attendee)
        to_come = introduction.status in OPEN and introduction.place.starts_at > work.now and not introduction.here
        if side is not None and to_come and not _suits(introduction, conference, event):
            _seat(introduction, conference, side, work)


def _suits(introduction: Introduction, conference: ConferencePublished, her: AttendeeEvent) -> bool:
    code = introduction.place.meeting_point
    point = next((point for point in conference.meeting_points if point.code == code), None)
    return point is None or ((point.step_free or not her.step_free) and (point.quiet or not her.quiet))


def _seat(introduction: Introduction, conference: ConferencePublished, side: Side, work: Work) -> None:
    """Both are asked anew, she not where she said yes already; why, nobody is told."""
    store.lock_plan(introduction.conference, work)
    free = answering.every_time(introduction, conference, work.connection, work.now)
    place = free.get(introduction.place.slot) or next(iter(free.values()), None)
    if place is None:
        return
    hold = hold_until(conference, place.slot, place.starts_at, work.now)
    said_yes = introduction.answers[side] == "accept" and place.slot == introduction.place.slot
    moved, event = introduction.move(side, place, hold, work.now, with_yes=said_yes)
    telling.keep(introduction, moved, event, work)
    telling.ask("moved", moved, work)
