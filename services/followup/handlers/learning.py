"""What follow-up learns from others: conferences, people, attendees, introductions."""

from __future__ import annotations

from services.followup import agreements, store
from services.followup.domain import Relationship, agenda
from services.followup.domain.relationship import first_known
from services.followup.handlers.telling import save_and_tell
from services.followup.store import lines, resting, tallies
from shared import address_book, answers, attendees, conferences, links
from shared.contracts import (
    AttendeeCheckedIn,
    AttendeeLeft,
    ConferencePublished,
    IntroductionGoalAgreed,
    IntroductionProposed,
)
from shared.contracts.attendee import AttendeeEvent
from shared.contracts.introduction import IntroductionEvent
from shared.work import Work

QUESTIONS_BY_MAIL = ("evening", "close", "check_in", "goal_passed")
"""What ends when somebody wants no more mails of follow-up."""


def conference_published(event: ConferencePublished, work: Work) -> None:
    """Zone or policy may be new: what is not done yet is due when they say."""
    before = conferences.by_id(work.connection, event.conference)
    conferences.remember(event, work)
    newest = conferences.by_id(work.connection, event.conference)
    if newest is not None:
        if before is None or before.timezone != newest.timezone:  # the hour of their meeting is counted
            tallies.note_conference(event.conference, work)
        for pair in store.pairs_at(work.connection, event.conference):
            store.plan(pair.id, agenda(pair, newest), work)


def attendee_told(event: AttendeeEvent, work: Work) -> None:
    """Somebody registered, changed, checked in, left or withdrew."""
    before, news = attendees.remember(event, work)
    if _counts_otherwise(before, event):
        tallies.note_attendee(event.attendee, work)
    if not news:
        return
    agreed_before = before is not None and before.consents.follow_up
    if event.consents.follow_up and not agreed_before:
        store.unstop(event.attendee, work)
    if agreed_before and not event.consents.follow_up:
        store.drop_mails(event.person, event.conference, QUESTIONS_BY_MAIL, work)
    if event.status == "withdrawn":
        _withdrawn(event, work)


def _counts_otherwise(before: AttendeeEvent | None, event: AttendeeEvent) -> bool:
    """Whether totals may change by it: who is there, whose answers count, in which cohorts her pairs stand."""
    if before is None or isinstance(event, AttendeeCheckedIn | AttendeeLeft):
        return True
    counted = before.consents.statistics, before.first_timer, before.languages
    return counted != (event.consents.statistics, event.first_timer, event.languages)


def _withdrawn(event: AttendeeEvent, work: Work) -> None:
    store.drop_mails(event.person, event.conference, (*QUESTIONS_BY_MAIL, "contact"), work)
    answers.forget(event.attendee, work)
    pairs = store.pairs_of(work.connection, event.attendee)
    agreements.forget([pair.id for pair in pairs], work)
    for pair in pairs:
        save_and_tell(pair, *pair.end("withdrawn", work.now), work)
    resting.keep_zone(event.attendee, None, work)
    lines.forget_pairs_of(event.attendee, work)  # the pairs are locked by now: nobody writes a new one


def person_gone(person: str, work: Work) -> None:
    """Everything personal of somebody is deleted, and her links end."""
    address_book.forget(person, work)
    lines.forget(person, work)
    agreements.forget(store.ids_of_person(work.connection, person), work)
    links.revoke(work.connection, work.now, person=person)


def introduction_told(event: IntroductionEvent, work: Work) -> None:
    """An introduction was proposed, accepted, moved, given up, met or missed."""
    if isinstance(event, IntroductionProposed):
        tallies.remember_proposal(event, work)
    before = store.pair(work.connection, event.introduction)
    pair, events = (before or first_known(event)).learn(event).start(work.now)
    if pair.started and not pair.over and _somebody_withdrew(pair, work):
        pair, more = pair.end("withdrawn", work.now)
        events = (*events, *more)
    save_and_tell(before, pair, events, work)


def goal_agreed(event: IntroductionGoalAgreed, work: Work) -> None:
    """The two agreed on a day, or that this talk was enough; what they agreed on stays where it was written."""
    tallies.remember_goal(event, work)


def _somebody_withdrew(pair: Relationship, work: Work) -> bool:
    """Topics have no order among each other: a meeting may be told of after one of the two withdrew."""
    return any(who.withdrawn for who in store.who(work.connection, pair.people).values())
