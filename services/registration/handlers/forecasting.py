"""From a week before a conference its owners are told once where mentors are missing, on the first day that some are."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.registration import queries, store
from shared import address_book, conferences
from shared.contracts import ConferencePublished
from shared.days import first_midnight
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
AHEAD, AGAIN = timedelta(days=7), timedelta(days=1)


def plan(conference: ConferencePublished, work: Work) -> None:
    """It was made or changed: it is looked at a week before its first day, or at once where that is less than a week."""
    store.look_at(conference.conference, _first_look(conference, work.now), work)


def run(room: Room) -> int:
    """Look at one conference; how many were looked at."""
    with room.work() as work:
        name = store.next_look(work)
        conference = None if name is None else conferences.by_id(work.connection, name)
        if name is not None:
            _look(name, conference, work)
    return int(name is not None)


def _look(name: str, conference: ConferencePublished | None, work: Work) -> None:
    due_at = None if conference is None else _first_look(conference, work.now)
    if conference is None or due_at is None or due_at > work.now:
        store.look_at(name, due_at, work)
        return
    found = queries.shortage_of(work.connection, conference)
    if not found.without:
        store.look_at(name, work.now + AGAIN, work)
        return
    owners = store.owners(work.connection, conference.account)
    for owner in owners:
        if address_book.person(work.connection, owner.id) is None:  # she never logged in by a mail
            store.describe(owner.id, owner.account, owner.email.split("@")[0], owner.email, "en", work)
        work.mail("shortage", owner.id, f"{name}|{owner.id}", conference=name, organizer=owner.id)
    store.look_at(name, None if owners else work.now + AGAIN, work, told=bool(owners))
    logger.info("mentors are missing at a conference", extra={"conference": name, "number": found.without})


def _first_look(conference: ConferencePublished, now: datetime) -> datetime | None:
    """None once it has begun."""
    begins = first_midnight(conference)
    return max(now, begins - AHEAD) if now < begins else None
