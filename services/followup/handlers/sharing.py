"""Links to the numbers of a conference, for people without a login: an owner makes one, sees it, and ends it."""

from __future__ import annotations

from services.followup.store import shares
from shared import links
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.errors import Conflict, NotFound
from shared.i18n import noted as N_
from shared.work import Work

PURPOSE = "numbers"
AT_MOST = 20


class EnoughLinks(Conflict):
    """There are 20 links to these numbers already. Please end one that nobody needs any more."""

    code = "enough-links"


def make(conference: ConferencePublished, actor: Actor, work: Work) -> str:
    """A link, until somebody ends it; its id. Raises EnoughLinks."""
    if len(shares.shares_of(work.connection, conference.conference)) >= AT_MOST:
        raise EnoughLinks
    made = shares.add_share(conference.conference, work)
    work.link(PURPOSE, made, made)
    work.audit(N_("link to the numbers made"), actor, conference=conference.conference, object_id=made)
    return made


def end(share: str, conference: ConferencePublished, actor: Actor, work: Work) -> None:
    """Whoever has it sees nothing more. Raises NotFound."""
    if not shares.end_share(share, conference.conference, work):
        raise NotFound
    links.revoke(work.connection, work.now, object_id=share)
    work.audit(N_("link to the numbers ended"), actor, conference=conference.conference, object_id=share)
