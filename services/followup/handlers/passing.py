"""A word to all whose day on the goal card has passed and who told of no contact: an owner has it sent, once to each about a
pair. It waits a few minutes before anything leaves, and until then it can be taken back."""

from __future__ import annotations

from services.followup import policies, store
from services.followup.domain.goals import as_seen
from services.followup.queries import passed
from services.followup.store import words
from shared import conferences
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


class WaitsAlready(Conflict):
    """It waits already, and leaves once. Until then it can be taken back on this page."""

    code = "waits-already"


class WaitsNoLonger(Conflict):
    """It has left by now, or was taken back before."""

    code = "waits-no-longer"


def write_to_all(conference: ConferencePublished, expected: int, actor: Actor, work: Work) -> None:
    """A word to as many as the page said (`expected`), in a few minutes. Raises OthersByNow, WaitsAlready."""
    if words.waiting(work.connection, conference.conference) is not None:
        raise WaitsAlready
    today = local_day(conference, work.now)
    whom = passed.to_write_to(work.connection, conference, passed.passed(work.connection, conference, today))
    if not whom or as_seen(len(whom), conference.policy.small_cells_under) != expected:
        raise OthersByNow
    leaves_at = policies.word_leaves_at(conference, work.now)
    word = words.add(conference.conference, today, min(len(whom), AT_ONCE), leaves_at, work)
    if word is None:
        raise WaitsAlready
    work.audit(N_("wrote to pairs whose day passed"), actor, conference=conference.conference, object_id=word)


def take_back(conference: ConferencePublished, word: str, actor: Actor, work: Work) -> None:
    """Nobody gets it; it can be sent anew. Raises WaitsNoLonger."""
    if not words.take_back(word, conference.conference, work):
        raise WaitsNoLonger
    work.audit(
        N_("took back the word to pairs whose day passed"), actor, conference=conference.conference, object_id=word
    )


def leave(word_id: str, work: Work) -> None:
    """One mail to each whose day was over when the button was pressed, and of whom nothing is known by now either. Where
    it was not seen to for days, it comes too late, and the page offers it anew."""
    word = words.let_go(word_id, work)
    conference = None if word is None else conferences.by_id(work.connection, word.conference)
    if word is None or conference is None:
        return
    until = word.leaves_at + policies.latest("check_in")
    found = passed.passed(work.connection, conference, word.day) if work.now <= until else ()
    some = dict(sorted(passed.to_write_to(work.connection, conference, found).items())[:AT_ONCE])
    people = store.who(work.connection, some)
    for attendee, pairs in some.items():
        taken = [pair for pair in pairs if store.do_once(pair, attendee, passed.TOLD, work)]
        if taken:
            work.mail(
                "goal_passed",
                people[attendee].person,
                f"{attendee}:{taken[0]}",
                conference=conference.conference,
                attendee=attendee,
                relationships=taken,
                until=until.isoformat(),
            )
    words.went_to(word.id, len(some), work)
