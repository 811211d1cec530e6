"""Somebody waits alone at a table and nobody comes: whoever is here and free is asked to, at once; first of all somebody
who has waited as long at another table."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.introductions import queries, store
from services.introductions.domain import Introduction, at_the_table
from services.introductions.domain.introduction import Side, across
from services.introductions.domain.refusals import NobodyWaits
from services.introductions.handlers import planning, telling
from services.introductions.planner import Meeting, beside
from shared import conferences
from shared.contracts import ConferencePublished
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
AGAIN = timedelta(minutes=1)
"""After which it is looked again, where nobody is free."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who waits: in which introduction, at which conference, on which side of the table."""

    introduction: Introduction
    conference: ConferencePublished
    side: Side

    @property
    def attendee(self) -> str:
        """Who waits."""
        return self.introduction.on(self.side)


def hurry(introduction: Introduction, work: Work) -> Introduction:
    """Whoever waits there need not wait any longer: somebody else is looked for at once. Raises NobodyWaits."""
    if not at_the_table.may_hurry(introduction, work.now):
        raise NobodyWaits
    new = at_the_table.hurry(introduction, work.now)
    store.save(introduction, new, work)
    return new


def run(room: Room) -> int:
    """Look for somebody for one who waits; how many were looked after."""
    with room.reading() as connection:
        waiting = _waiting(store.longest_alone(connection, room.now()), connection)
        meeting = None if waiting is None else _somebody(waiting, connection, room.now())
    if waiting is None:
        return 0
    with room.work() as work:
        now = _waiting(store.by_id(work.connection, waiting.introduction.id), work.connection)
        if now is not None and now.introduction.version == waiting.introduction.version:
            _look_after(now, meeting, work)
    return 1


def _waiting(introduction: Introduction | None, connection: Connection) -> Waiting | None:
    side = None if introduction is None else at_the_table.waits_alone(introduction)
    conference = None if introduction is None else conferences.by_id(connection, introduction.conference)
    if introduction is None or side is None or conference is None:
        return None
    return Waiting(introduction=introduction, conference=conference, side=side)


def _somebody(
    waiting: Waiting, connection: Connection, now: datetime, only: Collection[str] | None = None
) -> Meeting | None:
    """The best of those who could come now (or of `only` these)."""
    introduction, place = waiting.introduction, waiting.introduction.place
    if at_the_table.asked_for(place.ends_at, now) is None:
        return None
    others = _alone_elsewhere(waiting, connection, now)
    problem, ready = queries.problem_of_now(
        connection,
        waiting.conference,
        place.slot,
        now,
        waiting=waiting.attendee,
        without=(introduction.id, *(other.introduction.id for other in others)),
        only=only,
    )
    table = (place.meeting_point, place.table)
    gone = [one.introduction.other(one.side) for one in (waiting, *others)]
    first = ready.free_now | {other.attendee for other in others}
    return beside(problem, waiting.attendee, place.slot, table, ready=first, without=gone)


def _alone_elsewhere(waiting: Waiting, connection: Connection, now: datetime) -> list[Waiting]:
    """Who waits for nobody at other tables of the same time."""
    found = store.alone_beside(connection, waiting.introduction, now)
    return [one for one in (_waiting(introduction, connection) for introduction in found) if one is not None]


def _look_after(waiting: Waiting, meeting: Meeting | None, work: Work) -> None:
    """Somebody is asked to come, where she is still free; otherwise it is looked again, while there is time."""
    introduction = waiting.introduction
    store.lock_plan(introduction.conference, work)
    if meeting is not None:
        meeting = _somebody(waiting, work.connection, work.now, (meeting.mentor, meeting.mentee))
    if meeting is None or not _calls_off_hers(meeting, waiting, work):
        store.save(introduction, at_the_table.wait_on(introduction, work.now + AGAIN), work)
        return
    _give_up(waiting, work)
    _ask(waiting, meeting, work)
    logger.info("somebody who waits alone was found somebody", extra={"introduction": introduction.id})


def _calls_off_hers(meeting: Meeting, waiting: Waiting, work: Work) -> bool:
    """Where somebody is asked who waits alone herself, nobody is waited for there any more. Whether that could be done:
    somebody may be at it."""
    for other in _alone_elsewhere(waiting, work.connection, work.now):
        if other.attendee in (meeting.mentor, meeting.mentee):
            if store.if_free(work.connection, other.introduction.id) != other.introduction:
                return False
            _give_up(other, work)
    return True


def _give_up(waiting: Waiting, work: Work) -> None:
    """Whom she waited for need not come any more, and hears of it."""
    given_up, event = at_the_table.give_up(waiting.introduction, work.now)
    telling.keep(waiting.introduction, given_up, event, work)
    if event is not None and waiting.introduction.status == "accepted":
        telling.mail("cancelled", given_up, work, (across(waiting.side),), agreed=True)


def _ask(waiting: Waiting, meeting: Meeting, work: Work) -> None:
    """The one who waits has said yes by being there; the other is asked for minutes only."""
    before = waiting.introduction.place
    hold = work.now + (at_the_table.asked_for(before.ends_at, work.now) or timedelta())
    made = planning.introduction_of(meeting, waiting.conference, 0, work)
    since = waiting.introduction.here[waiting.side]
    side: Side = "mentor" if meeting.mentor == waiting.attendee else "mentee"
    # Both may be there minutes early; a meeting that begins before its slot would have no place in the conference.
    made = replace(made, place=replace(before, starts_at=max(hold, before.starts_at)), hold_until=hold)
    made = at_the_table.begins_now(made, side, since)
    store.add(made, work)
    work.publish(made.propose(work.now))
    telling.ask("rescue", made, work, (across(side),))
