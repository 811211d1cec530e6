"""Somebody adds a line to her answer, changes it or takes it away."""

from __future__ import annotations

from services.followup import store
from services.followup.domain import line
from services.followup.domain.line import Line
from services.followup.domain.resting import NothingMore
from services.followup.store import Who
from services.followup.store import lines as kept
from shared.links import LinkOver
from shared.work import Work


def write(who: Who, relationship: str, question: str, written: Line, work: Work) -> None:
    """Keep it; an empty one takes away what was there. Raises NotFound, AnswerFirst, NothingMore where the other takes part
    no longer, LinkOver where she does not."""
    pair = store.pair_of(work.connection, who.attendee, relationship)  # locked: a withdrawal comes before or after
    line.may_write(pair, who.attendee, question)
    withdrawn = {one.attendee for one in store.who(work.connection, pair.people).values() if one.withdrawn}
    if who.attendee in withdrawn:
        raise LinkOver
    if withdrawn:
        raise NothingMore
    if not kept.write(pair.id, who.attendee, question, who.person, written, work):
        raise LinkOver
