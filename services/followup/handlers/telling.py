"""Saves a pair and says what happened to it: events, what is due from now on, contacts once both said yes, the question
of a year later once they are in touch."""

from __future__ import annotations

from collections.abc import Iterable

from services.followup import agreements, store
from services.followup.domain import Relationship, agenda
from services.followup.domain.came_of import asked_at
from shared import attendees, conferences
from shared.contracts import RelationshipContacted, RelationshipContinuedByBoth
from shared.contracts.relationship import RelationshipEvent
from shared.work import Work


def save_and_tell(
    before: Relationship | None, after: Relationship, events: Iterable[RelationshipEvent], work: Work
) -> None:
    """The pair as it now is (`before` None: it is new), and everything that follows from it."""
    if before is None:
        store.add(after, work)
    else:
        store.save(before, after, work)
    for event in events:
        work.publish(event)
        if isinstance(event, RelationshipContinuedByBoth):
            _exchange_contacts(after, work)
        if isinstance(event, RelationshipContacted):
            _ask_after_a_year(after, work)
    _plan(before, after, work)


def _plan(before: Relationship | None, after: Relationship, work: Work) -> None:
    if before is not None and _frame(before) == _frame(after):
        return
    conference = conferences.by_id(work.connection, after.conference)
    if conference is not None:  # otherwise it is planned once the conference is known
        store.plan(after.id, agenda(after, conference), work)


def _frame(pair: Relationship) -> tuple[object, ...]:
    """What the agenda depends on."""
    return pair.day, pair.met_at, pair.counts_for_the_evening, pair.started, pair.over


def _exchange_contacts(pair: Relationship, work: Work) -> None:
    people = attendees.people(work.connection, pair.people)
    for attendee in filter(people.get, pair.people):
        key = f"{pair.id}:{attendee}"
        work.mail("contact", people[attendee], key, conference=pair.conference, relationship=pair.id, attendee=attendee)


def _ask_after_a_year(pair: Relationship, work: Work) -> None:
    """The pair is in touch: both are to be asked then what came of it."""
    conference = conferences.by_id(work.connection, pair.conference)
    if conference is not None:
        for attendee in pair.people:
            agreements.plan_card(pair.id, attendee, pair.conference, asked_at(conference), work)
