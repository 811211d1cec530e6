"""An owner asks what points have to do with contact; whoever is free computes it outside any transaction. Nothing follows from
it by itself: points are a conference's, and an owner adopts them."""

from __future__ import annotations

import logging
from dataclasses import asdict

from services.introductions import queries, store
from services.introductions.learning import learn
from shared import conferences
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.i18n import noted as N_
from shared.service import Room
from shared.work import Work

logger = logging.getLogger(__name__)


def want(conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Look what came of all pairs up to now, please."""
    store.want_learned(conference.conference, work)
    work.audit(
        N_("points compared with contact"), actor, conference=conference.conference, object_id=conference.conference
    )


def run(room: Room) -> int:
    """Answer one who asked; how many were answered."""
    with room.work() as work:
        claimed = store.claim_learned(work)
    if claimed is None:
        return 0
    with room.reading() as connection:
        conference = conferences.by_id(connection, claimed.conference)
        lesson = None if conference is None else queries.lesson(connection, conference, room.now())
    found = None if lesson is None else asdict(room.compute(learn, lesson))
    with room.work() as work:
        store.keep_learned(claimed, found, work)
    logger.info("points were compared with contact", extra={"conference": claimed.conference})
    return 1
