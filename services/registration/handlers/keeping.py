"""People are kept as long as they were told, and then let go as if they had withdrawn: names, addresses and texts go from
every service. The numbers stay, which are made of ids and codes. Who registered and never confirmed is let go after a week."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.registration import store
from services.registration.domain import Attendee
from services.registration.domain.keeping import UNCONFIRMED, kept_until
from services.registration.handlers.attending import withdraw
from shared import conferences
from shared.contracts import ConferencePublished
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)
BATCH = 100


def run(room: Room) -> int:
    """Let some of one conference go; how many, and one for having looked."""
    with room.work() as work:
        name = store.next_overdue(work)
        conference = None if name is None else conferences.by_id(work.connection, name)
        if name is None:
            return 0
        return 1 + (0 if conference is None else _let_go(conference, work))


def count_unconfirmed(connection: Connection, now: datetime) -> int:
    """How many registrations waited long enough for somebody to confirm them."""
    return store.count_unconfirmed(connection, now - UNCONFIRMED)


def forget_unconfirmed(room: Room) -> int:
    """Let some of them go; how many. Nobody said that she wants out: a list may bring her, and she may register again."""
    with room.work() as work:
        found = store.unconfirmed(work.now - UNCONFIRMED, BATCH, work)
        for attendee in found:
            conference = conferences.by_id(work.connection, attendee.conference)
            if conference is not None:
                withdraw(_no_longer_kept(attendee), conference, work, wants_out=False)
        if found:
            logger.info("registrations that nobody confirmed were let go", extra={"number": len(found)})
        return len(found)


def _let_go(conference: ConferencePublished, work: Work) -> int:
    kept = kept_until(conference)
    if work.now < kept.without_a_word:
        store.look_for_overdue(conference.conference, kept.without_a_word, work)
        return 0
    last = work.now >= kept.for_next_year
    found = store.still_here(work.connection, conference.conference, BATCH, all_of_them=last)
    for attendee in found:
        withdraw(_no_longer_kept(attendee) if last else attendee, conference, work)
    gone = list(found)
    if last and len(found) < BATCH:
        known = store.left_and_kept(work.connection, conference.conference, BATCH)
        for attendee in known:
            store.forget_attendance(attendee, _no_longer_kept(attendee), work)
            store.publish_person(attendee.person, work)
        gone += known
    if len(gone) < BATCH:
        store.look_for_overdue(conference.conference, None if last else kept.for_next_year, work)
    if gone:
        logger.info("people were let go", extra={"conference": conference.conference, "number": len(gone)})
    return len(gone)


def _no_longer_kept(attendee: Attendee) -> Attendee:
    """Her wish to be kept is fulfilled."""
    return replace(attendee, consents=replace(attendee.consents, next_year=False))
