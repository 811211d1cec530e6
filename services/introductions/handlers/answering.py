"""Commands of the two people and of organizers: yes, another time, no; we met; cancel; no more introductions for now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.introductions import queries, store
from services.introductions.domain import OPEN, Introduction, Place, at_the_table, hold_until, shown
from services.introductions.domain.introduction import Side, across
from services.introductions.domain.refusals import NotFree, SomebodyIsThere, TooLate
from services.introductions.handlers import telling
from services.introductions.planner import times_for
from shared import attendees, conferences
from shared.access import Actor
from shared.contracts import ConferencePublished, FollowUpAnswered
from shared.days import slot_day
from shared.work import Work


class NoneFree(NotFree):
    """None of these times is free for both of you. Please choose another one."""

    code = "none-free"


def answer(
    introduction: Introduction,
    conference: ConferencePublished,
    side: Side,
    word: str,
    slots: Sequence[str],
    work: Work,
    *,
    with_yes: bool = False,
) -> Introduction:
    """One of the two answers; the introduction as it then is (the very same when nothing changed). Both are asked again
    about another time; `with_yes`, who asked for it has said yes to it.

    Raises TooLate, NotFree, NoneFree, each with the state as it is.
    """
    if word == "other_time":
        return _move(introduction, conference, side, slots, work, with_yes)
    if word == "decline":
        new, event = introduction.decline(side, work.now, conference)
        telling.call_off(introduction, new, event, work, (across(side),))
        return new
    if introduction.may_reopen(side, work.now):
        return _reopen(introduction, conference, side, work)
    new, event = introduction.accept(side, work.now, conference)
    if event is not None:
        new = at_the_table.expects(new, work.now)
    telling.keep(introduction, new, event, work)
    if event is not None:
        telling.remind(new, work)
    return new


def _move(
    introduction: Introduction,
    conference: ConferencePublished,
    side: Side,
    slots: Sequence[str],
    work: Work,
    with_yes: bool,
) -> Introduction:
    there = introduction.status in OPEN and introduction.place.slot in slots
    if there and introduction.answers[side] in ("accept", "other_time"):
        return introduction
    if not introduction.may_answer(work.now):
        raise TooLate(state=shown(introduction, conference, work.now))
    if across(side) in introduction.here:
        raise SomebodyIsThere(state=shown(introduction, conference, work.now))
    conference = _locked(conference, work)
    free = other_times(introduction, conference, side, work.connection, work.now)
    slot = next((slot for slot in slots if slot in free), None)
    if slot is None:
        raise NoneFree(state=shown(introduction, conference, work.now))
    place = free[slot]
    hold = hold_until(conference, slot, place.starts_at, work.now)
    new, event = introduction.move(side, place, hold, work.now, with_yes=with_yes)
    telling.keep(introduction, new, event, work)
    telling.ask("moved", new, work, agreed=introduction.status == "accepted")
    return new


def _locked(conference: ConferencePublished, work: Work) -> ConferencePublished:
    """The plan is locked, and the conference as it is from then on: its times may have moved meanwhile."""
    store.lock_plan(conference.conference, work)
    return conferences.by_id(work.connection, conference.conference) or conference


def _reopen(introduction: Introduction, conference: ConferencePublished, side: Side, work: Work) -> Introduction:
    conference = _locked(conference, work)
    place = _same_time(introduction, conference, side, work)
    if place is None:
        raise NotFree(state=shown(introduction, conference, work.now))
    hold = hold_until(conference, place.slot, place.starts_at, work.now)
    new, event = introduction.reopen(side, place, hold, work.now)
    telling.keep(introduction, new, event, work)
    telling.ask("proposed", new, work)
    return new


def other_times(
    introduction: Introduction, conference: ConferencePublished, side: Side, connection: Connection, now: datetime
) -> dict[str, Place]:
    """Every other time that one of the two can ask for: free for both, at a table, in order. None where the other paused:
    whoever did is asked nothing, also by somebody she knows of."""
    if store.is_paused(connection, introduction.on(across(side))):
        return {}
    found = every_time(introduction, conference, connection, now)
    found.pop(introduction.place.slot, None)
    return found


def every_time(
    introduction: Introduction, conference: ConferencePublished, connection: Connection, now: datetime
) -> dict[str, Place]:
    """The same, its own time included: at a table that is free and suits both as they are now."""
    earliest = now + timedelta(minutes=conference.policy.propose_minutes_before_slot)
    found: dict[str, Place] = {}
    for day in sorted({slot_day(slot.id) for slot in conference.slots if slot.starts_at >= earliest}):
        problem = queries.problem_of_two(
            connection, conference, day, earliest, (introduction.mentor, introduction.mentee), introduction.id
        )
        found.update(_places(times_for(problem, introduction.mentor, introduction.mentee), conference))
    return found


def _same_time(introduction: Introduction, conference: ConferencePublished, side: Side, work: Work) -> Place | None:
    """Its own time again, at its own table or another one, where both are still there and free, and the other, who is asked
    anew, did not pause. A mentee can want one more than she wished for; a mentor's late yes gives her none."""
    if store.is_paused(work.connection, introduction.on(across(side))):
        return None
    pair, place = (introduction.mentor, introduction.mentee), introduction.place
    people = [attendees.one(work.connection, name) for name in pair]
    if not all(person and person.status != "withdrawn" and person.consents.introductions for person in people):
        return None
    day = slot_day(place.slot)
    problem = queries.problem_of_two(work.connection, conference, day, work.now, pair, introduction.id)
    if side == "mentor" and not any(one.who.id == introduction.mentee and one.wishes for one in problem.people):
        return None
    times = times_for(problem, *pair, wanted=(place.meeting_point, place.table))
    return _places(times, conference).get(place.slot)


def _places(times: dict[str, tuple[str, int]], conference: ConferencePublished) -> dict[str, Place]:
    slots = {slot.id: slot for slot in conference.slots}
    return {
        name: Place(
            slot=name, starts_at=slots[name].starts_at, ends_at=slots[name].ends_at, meeting_point=point, table=table
        )
        for name, (point, table) in times.items()
    }


def tell(
    introduction: Introduction, conference: ConferencePublished, teller: str, met: bool, work: Work
) -> Introduction:
    """The word of mentor, mentee, desk or organizer whether the two met. Raises NotYetAccepted, TooLate."""
    new, event = introduction.tell(teller, met, work.now, conference)
    telling.keep(introduction, new, event, work)
    return new


def hear_from_follow_up(event: FollowUpAnswered, work: Work) -> None:
    """Somebody answered in the evening mail whether they met."""
    introduction = store.by_id(work.connection, event.relationship) if event.question == "met" else None
    if introduction is None or not introduction.may_be_told():
        return
    _, conference = store.with_conference(work.connection, introduction.id)
    side = introduction.side_of(event.attendee)
    if side is not None:
        tell(introduction, conference, side, event.answer == "yes", work)


def cancel(
    introduction: Introduction,
    cause: str,
    work: Work,
    sides: Sequence[Side] = telling.BOTH,
    *,
    by: Side | None = None,
) -> Introduction:
    """It will not take place, for `cause`, `by` one of the two or nobody; one that has begun stays as it is. `sides` hear of
    it."""
    new, event = introduction.cancel(cause, work.now, by)
    telling.call_off(introduction, new, event, work, sides)
    return new


def pause(attendee: str, conference: str, work: Work) -> None:
    """No introductions for her until she says otherwise: what she was asked and did not agree on is off. What both
    agreed on stays; she can call that off on its own page."""
    if not store.pause(attendee, conference, work):
        return
    for introduction in store.of_attendee(work.connection, attendee):
        side = introduction.side_of(attendee)
        if introduction.status == "proposed" and side is not None:
            cancel(introduction, "consent", work, (across(side),), by=side)
    store.mark_dirty(conference, work)


def unpause(attendee: str, conference: str, work: Work) -> None:
    """Introductions again, and mails about them."""
    store.allow_mails(attendee, telling.INTRODUCTIONS, work)
    if store.unpause(attendee, conference, work):
        store.mark_dirty(conference, work)


def record(action: str, introduction: Introduction, actor: Actor, work: Work, **details: str | bool) -> None:
    """One audit row for what an organizer (or her key) did."""
    work.audit(action, actor, conference=introduction.conference, object_id=introduction.id, **details)
