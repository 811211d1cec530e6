"""Somebody keeps a time free: a proposal in it moves to another time of both, as when she asks for another time, or is off
where there is none. What both agreed on is asked about first, and moves or is off only when she says so."""

from __future__ import annotations

from services.introductions import store
from services.introductions.domain import Introduction
from services.introductions.domain.introduction import Side
from services.introductions.handlers import answering
from shared import conferences
from shared.contracts import ConferencePublished
from shared.contracts.attendee import AttendeeEvent
from shared.errors import Conflict
from shared.work import Work


def heard(before: AttendeeEvent | None, event: AttendeeEvent, work: Work) -> None:
    """What was proposed to her for times in which she is not there any more."""
    if before is None or event.available is None or before.available == event.available:
        return
    gone = [
        item
        for item in store.of_attendee(work.connection, event.attendee)
        if item.status == "proposed" and item.place.starts_at > work.now and _is_gone(item.place.slot, before, event)
    ]
    conference = conferences.by_id(work.connection, event.conference) if gone else None
    for introduction in gone if conference is not None else ():
        side = introduction.side_of(event.attendee)
        if side is not None and conference is not None:
            give_up(introduction, conference, side, work)


def _is_gone(slot: str, before: AttendeeEvent, now: AttendeeEvent) -> bool:
    was = before.available is None or slot in before.available
    return was and now.available is not None and slot not in now.available


def agreed_at(attendee: str, slot: str, work: Work) -> Introduction | None:
    """The meeting that both agreed on for a slot, while it has not begun."""
    every = store.of_attendee(work.connection, attendee)
    return next(
        (
            item
            for item in every
            if item.place.slot == slot and item.status == "accepted" and item.place.starts_at > work.now
        ),
        None,
    )


def give_up(introduction: Introduction, conference: ConferencePublished, side: Side, work: Work) -> None:
    """To another time that is free for both; where there is none, or none can be asked for, it is off."""
    try:
        times = answering.other_times(introduction, conference, side, work.connection, work.now)
        answering.answer(introduction, conference, side, "other_time", tuple(times), work)
    except answering.NoneFree:
        answering.answer(introduction, conference, side, "decline", (), work)
    except Conflict:
        return  # its hold is over, or the other sits there already
