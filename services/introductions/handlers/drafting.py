"""Drafts: an organizer asks for one, whoever is free computes it, and publishing proposes its meetings, some at a time.
Pairs that an organizer wants to meet or keeps apart. What was published follows the way of every proposal."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from zlib import crc32

from services.introductions import queries, store
from services.introductions.handlers import planning
from services.introductions.planner import Draft, Meeting, draft, still_valid
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict
from shared.i18n import noted as N_
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
BATCH = 25
"""Meetings that are proposed in one transaction: nobody else waits long for it."""


class NoDraft(Conflict):
    """There is no draft to publish: please make one first."""

    code = "no-draft"


class StillMade(Conflict):
    """The draft is still being made. Please wait until it is there."""

    code = "still-made"


class Published(Conflict):
    """This draft is being published already."""

    code = "published"


def want(conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """A new draft, please. Raises Published while an older one is being published."""
    known = store.draft(work.connection, conference.conference, locked=True)
    if known is not None and known.publishing:
        raise Published
    store.want_draft(conference.conference, work)
    _record(N_("draft wanted"), conference, actor, work)


def cancel(conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """The draft that is being made is not wanted any more."""
    known = store.draft(work.connection, conference.conference, locked=True)
    if known is not None and known.is_being_made:
        store.cancel_draft(conference.conference, work)
        _record(N_("draft cancelled"), conference, actor, work)


def publish(conference: ConferencePublished, made: int, actor: Actor, work: Work) -> None:
    """Propose the meetings of the draft that was looked at (number `made`). Raises NoDraft, StillMade, Published."""
    known = store.draft(work.connection, conference.conference, locked=True)
    if known is None or known.plan is None:
        raise NoDraft
    if known.publishing:
        raise Published
    if known.is_being_made or known.made != made:
        raise StillMade
    store.publish_draft(conference.conference, work)
    _record(N_("draft published"), conference, actor, work)


def run(room: Room) -> int:
    """Make one draft that was asked for; how many were made."""
    with room.work() as work:
        claimed = store.claim_draft(work)
    if claimed is None:
        return 0
    seed = crc32(f"{claimed.conference} {claimed.wanted}".encode())
    with room.reading() as connection:
        conference = conferences.by_id(connection, claimed.conference)
        problem = None if conference is None else queries.whole_problem(connection, conference, room.now(), seed=seed)
    made = None if problem is None else _plain(room.compute(draft, problem))
    with room.work() as work:
        store.keep_draft(claimed, made, work)
    logger.info("a draft was made", extra={"conference": claimed.conference})
    return 1


def _plain(made: Draft) -> dict[str, Any]:
    """A draft as plain data: ids, codes and numbers."""
    plan = made.plan
    return {
        "meetings": [
            [item.mentor, item.mentee, item.slot, item.meeting_point, item.table, item.probability]
            for item in plan.meetings
        ],
        "reasons": [[[reason.kind, reason.code] for reason in item.reasons] for item in plan.meetings],
        "not_pinned": [list(pair) for pair in plan.not_pinned],
        "found": None if plan.found is None else asdict(plan.found),
        "waiting": made.waiting,
        "unplaced": [[name, asdict(why)] for name, why in made.unplaced],
        "fairness": asdict(made.fairness),
    }


def run_publishing(room: Room) -> int:
    """Propose some meetings of a draft that is being published; 0 when there is none."""
    with room.work() as work:
        current = store.next_to_publish(work)
        if current is None:
            return 0
        store.lock_plan(current.conference, work)
        conference = conferences.by_id(work.connection, current.conference)
        # Whoever has several is asked by one mail where that can be.
        every = sorted(meetings_of(current), key=lambda meeting: meeting.mentor)
        batch = every[current.published : current.published + BATCH]
        proposed = 0 if conference is None else _propose(batch, conference, work)
        at = current.published + len(batch)
        store.went_on(current.conference, at, current.proposed + proposed, work, done=at >= len(every))
    return 1


def meetings_of(current: store.Draft) -> list[Meeting]:
    """The meetings of a draft."""
    listed = (current.plan or {}).get("meetings", [])
    return [
        Meeting(mentor=mentor, mentee=mentee, slot=slot, meeting_point=point, table=table, probability=probability)
        for mentor, mentee, slot, point, table, probability in listed
    ]


def _propose(batch: Sequence[Meeting], conference: ConferencePublished, work: Work) -> int:
    """Those that are still possible; how many."""
    if not batch:
        return 0
    problem = queries.whole_problem(work.connection, conference, work.now, only=batch)
    possible = still_valid(problem, batch)
    planning.propose_all(possible, conference, 0, work)
    return len(possible)


def want_pairs(
    conference: ConferencePublished, pairs: Sequence[tuple[str, str]], kind: str, actor: Actor, work: Work
) -> None:
    """An organizer wants these (mentor, mentee) to meet (pin), keeps them apart (ban), or neither (let). A draft that is
    there, or is being made, is made anew: once for all of them."""
    words = {"pin": N_("pair pinned"), "ban": N_("pair kept apart"), "let": N_("pair let go")}
    # Before the plan's row, as publishing does.
    known = store.draft(work.connection, conference.conference, locked=True)
    changed = [pair for pair in pairs if _wants(conference, pair, kind, work)]
    for _pair in changed:
        _record(words[kind], conference, actor, work)
    if changed:
        store.mark_dirty(conference.conference, work)
        if known is not None and (known.plan is not None or known.is_being_made) and not known.publishing:
            store.want_draft(conference.conference, work)


def _wants(conference: ConferencePublished, pair: tuple[str, str], kind: str, work: Work) -> bool:
    """Whether that is new."""
    if kind == "let":
        return store.let_pair(conference.conference, *pair, work)
    return store.want_pair(conference.conference, *pair, kind, work)


def _record(action: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    work.audit(action, actor, conference=conference.conference, object_id=conference.conference)
