"""Public screens in the venue: an organizer makes one, its link opens it without a login, and she ends it."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.introductions import store
from shared import links
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.days import at_local
from shared.errors import NotFound
from shared.i18n import noted as N_
from shared.work import Work

PURPOSE = "screen"


def make(conference: ConferencePublished, names: bool, actor: Actor, work: Work) -> str:
    """A screen, until the day after the conference; its id."""
    made = store.add_screen(conference.conference, names, work)
    work.link(PURPOSE, made, made, expires_at=ends(conference))
    work.audit(N_("public screen made"), actor, conference=conference.conference, object_id=made, names=names)
    return made


def end(screen: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Whoever has its link sees nothing more. Raises NotFound."""
    if not store.end_screen(screen, conference.conference, work):
        raise NotFound
    links.revoke(work.connection, work.now, object_id=screen)
    work.audit(N_("public screen ended"), actor, conference=conference.conference, object_id=screen)


def ends(conference: ConferencePublished) -> datetime:
    """The midnight after its last day."""
    return at_local(conference, conference.days[-1].date + timedelta(days=1), "00:00")
