"""Planning: whoever claims a conference reads it, has a plan computed outside any transaction, and saves what is still
possible. Handlers elsewhere only say that something happened."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.introductions import queries, store
from services.introductions.domain import Introduction, Place, hold_until
from services.introductions.handlers import answering, telling
from services.introductions.planner import Board, Change, Meeting, Plan, Problem, plan, still_valid, try_change
from shared import attendees, conferences
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
TIME_RAN_AWAY = timedelta(seconds=10)
"""When to look again after a slot came too near while its plan was made."""


def run(room: Room) -> int:
    """Plan one conference that wants it; how many were planned."""
    with room.work() as work:
        claim = store.claim(work)
    if claim is None:
        return 0
    with room.reading() as connection:
        conference = conferences.by_id(connection, claim.conference)
        problem = _problem(claim, conference, connection, room.now())
    made = room.compute(plan, problem) if problem is not None and problem.people else Plan()
    with room.work() as work:
        save(claim, conference, problem, made, work)
    return 1


def save(
    claim: store.Claim, conference: ConferencePublished | None, problem: Problem | None, made: Plan, work: Work
) -> None:
    """Propose what is still possible, unless another process took over meanwhile."""
    if not store.still_ours(claim, work):
        logger.info("another process plans this conference by now", extra={"conference": claim.conference})
        return
    meetings: tuple[Meeting, ...] = ()
    if _is_another(conference, work):
        made = Plan()  # its times may be others by now; whoever changed it wants another plan
    if made.meetings and conference is not None:
        now = queries.problem(work.connection, conference, work.now, only=made.meetings)
        meetings = still_valid(now, made.meetings)
        propose_all(meetings, conference, claim.plan_version, work)
    changed = 0 if conference is None else rearrange(made.changes, conference, claim.plan_version, work)
    again_at = _again_at(conference, made, len(meetings), work.now)
    store.planned(claim, again_at, work)
    if meetings or changed:
        logger.info(
            "meetings were proposed",
            extra={"conference": claim.conference, "number": len(meetings), "changed": changed},
        )


def _is_another(conference: ConferencePublished | None, work: Work) -> bool:
    """Whether the conference was published anew since it was read."""
    newest = None if conference is None else conferences.by_id(work.connection, conference.conference)
    return newest is not None and conference is not None and newest.version != conference.version


def _problem(
    claim: store.Claim, conference: ConferencePublished | None, connection: Connection, now: datetime
) -> Problem | None:
    if conference is None:
        return None
    return queries.problem(connection, conference, now, turn=claim.plan_version, seed=int(claim.owner[-12:], 16))


def rearrange(changes: Sequence[Change], conference: ConferencePublished, plan_version: int, work: Work) -> int:
    """Make room for people who would have nothing: each change as a whole, where it is still possible; how many."""
    if not changes:
        return 0
    done, now = 0, queries.problem(work.connection, conference, work.now)
    board, still_open = Board(now), {proposal.introduction: proposal for proposal in now.open}
    for change in changes:
        mentee = change.meetings[0].mentee
        introduction = store.if_free(work.connection, change.proposal.introduction)
        if introduction is None or not introduction.is_unanswered(work.now):
            continue
        proposal = still_open.get(introduction.id)
        if proposal is None or mentee not in board.seats or board.seats[mentee].has:
            continue
        possible = try_change(board, proposal, board.seats[mentee])
        if possible is not None:
            _carry_out(possible, introduction, conference, plan_version, work)
            done += 1
    return done


def _carry_out(
    change: Change, introduction: Introduction, conference: ConferencePublished, plan_version: int, work: Work
) -> None:
    """The older proposal gives way first: its table and its time are needed."""
    if change.moved_to is None:
        answering.cancel(introduction, "plan", work)
    else:
        place = place_of(change.moved_to, conference)
        hold = hold_until(conference, place.slot, place.starts_at, work.now)
        moved, event = introduction.replan(place, hold, work.now)
        telling.keep(introduction, moved, event, work)
        telling.ask("moved", moved, work)
    for meeting in change.meetings:
        propose(meeting, conference, plan_version, work)


def _again_at(conference: ConferencePublished | None, made: Plan, proposed: int, now: datetime) -> datetime | None:
    """When time alone makes another plan useful; None when only events can."""
    if proposed < len(made.meetings):
        return now + TIME_RAN_AWAY
    if conference is None or not made.held_back:
        return None
    ends = queries.day_of(conference, local_day(conference, now), now).first_half_ends
    return ends if ends > now else None


def propose_all(meetings: Sequence[Meeting], conference: ConferencePublished, plan_version: int, work: Work) -> None:
    """New introductions in few statements: whoever plans holds up everybody else who wants to."""
    people = attendees.people(
        work.connection, [one for meeting in meetings for one in (meeting.mentor, meeting.mentee)]
    )
    for meeting in meetings:
        propose(meeting, conference, plan_version, work, people)


def propose(
    meeting: Meeting,
    conference: ConferencePublished,
    plan_version: int,
    work: Work,
    people: Mapping[str, str] | None = None,
) -> Introduction:
    """A new introduction: both are asked. `people`: at least the two by attendee, where known."""
    made = introduction_of(meeting, conference, plan_version, work)
    store.add(made, work)
    work.publish(made.propose(work.now))
    telling.ask("proposed", made, work, people=people)
    return made


def introduction_of(meeting: Meeting, conference: ConferencePublished, plan_version: int, work: Work) -> Introduction:
    """What a planned meeting is when it is proposed."""
    place = place_of(meeting, conference)
    return Introduction(
        id=work.new_id(),
        account=conference.account,
        conference=conference.conference,
        mentor=meeting.mentor,
        mentee=meeting.mentee,
        version=1,
        status="proposed",
        place=place,
        hold_until=hold_until(conference, place.slot, place.starts_at, work.now),
        reasons=meeting.reasons,
        terms=meeting.terms,
        plan_version=plan_version,
        probability=meeting.probability,
    )


def place_of(meeting: Meeting, conference: ConferencePublished) -> Place:
    """When and where a planned meeting is."""
    slot = next(slot for slot in conference.slots if slot.id == meeting.slot)
    return Place(
        slot=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        meeting_point=meeting.meeting_point,
        table=meeting.table,
    )
