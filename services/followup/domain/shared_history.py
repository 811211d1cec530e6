"""How a pair came along, as both of the two may read it: nothing that one of them may not know of the other.

It is walked by the same table as a pair's state (`states`), from less: that they met, that both said yes, and each time one of
them told of contact from then on (by then the question says that the other reads so). What was told stays, also where an answer
was changed: otherwise a step that vanishes would say so. No pause, no silence, no end by its name or its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from services.followup.domain import states
from services.followup.domain.agenda import meeting_day
from services.followup.domain.relationship import Relationship
from shared.contracts import ConferencePublished
from shared.days import local_day


class Chapter(NamedTuple):
    """A state of the pair, and the local day since when."""

    state: str
    since: date


def shared_history(pair: Relationship, conference: ConferencePublished) -> tuple[Chapter, ...]:
    """What both may know, oldest first; nothing before both said yes."""
    if pair.continued_at is None or pair.met_at is None:
        return ()
    steps = states.walk(_happenings(pair, pair.met_at, pair.continued_at))
    return tuple(Chapter(state, _day(pair, conference, state, since)) for state, since in steps)


def _happenings(pair: Relationship, met_at: datetime, continued_at: datetime) -> Iterable[states.Happening]:
    yield min(met_at, continued_at), "met"
    yield continued_at, "both_yes"
    yield from states.contacts({question: at for question, at in pair.contacted.items() if at >= continued_at})


def _day(pair: Relationship, conference: ConferencePublished, state: str, since: datetime) -> date:
    met = meeting_day(pair, conference) if state == "met" else None
    return met or local_day(conference, since)
