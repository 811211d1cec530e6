"""A word to all whose day on the goal card has passed and who told of no contact: sent by an owner, once to each about a pair."""

from __future__ import annotations

from services.followup import policies, store
from services.followup.domain.goals import as_seen
from services.followup.queries import passed
from shared.access import Actor
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.errors import Conflict
from shared.i18n import noted as N_
from shared.work import Work

AT_ONCE = 2000
"""People whom one press of the button writes to; the page offers the rest."""


class OthersByNow(Conflict):
    """It is other people by now than a moment ago. Please look at the numbers again."""

    code = "others-by-now"


def write_to_all(conference: ConferencePublished, expected: int, actor: Actor, work: Work) -> int:
    """One mail to each, as many as the page said (`expected`); how many. Raises OthersByNow."""
    found = passed.passed(work.connection, conference, local_day(conference, work.now))
    whom = passed.to_write_to(work.connection, conference, found)
    if as_seen(len(whom), conference.policy.small_cells_under) != expected:
        raise OthersByNow
    some = dict(sorted(whom.items())[:AT_ONCE])
    people = store.who(work.connection, some)
    at = policies.quiet_until(work.now, conference.timezone) or work.now
    for attendee, pairs in some.items():
        taken = [pair for pair in pairs if store.do_once(pair, attendee, passed.TOLD, work)]
        if taken:
            until = at + policies.latest("check_in")
            key = f"{attendee}:{taken[0]}"
            what = {"attendee": attendee, "relationships": taken, "until": until.isoformat()}
            work.mail("goal_passed", people[attendee].person, key, conference=conference.conference, due_at=at, **what)
    if some:
        work.audit(N_("wrote to pairs whose day passed"), actor, conference=conference.conference)
    return len(some)
