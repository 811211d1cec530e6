"""Follow-up on one page: what it publishes, handles, serves and does when something is due, and which mails it sends."""

from __future__ import annotations

from collections.abc import Callable

from services.followup import agreements, store, tables, web
from services.followup.handlers import asking, learning, mailing, pair_mails, passing, tallying, yearly
from services.followup.store import words
from shared import access, address_book, attendees
from shared.contracts import (
    AccessRevoked,
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    ConferencePublished,
    FollowUpAnswered,
    FollowUpAsked,
    IntroductionAccepted,
    IntroductionCancelled,
    IntroductionDeclined,
    IntroductionExpired,
    IntroductionGoalAgreed,
    IntroductionMet,
    IntroductionMissed,
    IntroductionMoved,
    IntroductionProposed,
    PersonDescribed,
    RelationshipContacted,
    RelationshipContinuedByBoth,
    RelationshipEnded,
    RelationshipLapsed,
    RelationshipResumed,
    RelationshipStarted,
    ThanksSent,
)
from shared.service import Due, MailKind, Room, Service
from shared.work import Work


def _due(name: str, steps: tuple[str, ...], handle: Callable[[str, Work], None]) -> Due:
    """Due steps of these names, handled for some attendees at a time in one unit of work."""

    def run(room: Room) -> int:
        with room.reading() as connection:
            attendees = store.whose_turn(connection, steps, room.now(), asking.BATCH)
        with room.work() as work:
            for attendee in attendees:
                handle(attendee, work)
        return len(attendees)

    return Due(name=name, count=lambda connection, now: store.count_due(connection, steps, now), run=run, seldom=True)


def _ask_after_a_year(room: Room) -> int:
    """What came of it, for some attendees at a time in one unit of work."""
    with room.reading() as connection:
        attendees = agreements.whose_card(connection, room.now(), asking.BATCH)
    with room.work() as work:
        for attendee in attendees:
            yearly.ask(attendee, work)
    return len(attendees)


def _let_words_go(room: Room) -> int:
    """Words to all whose day passed, each in a unit of work of its own."""
    with room.reading() as connection:
        found = words.due(connection, room.now())
    for word in found:
        with room.work() as work:
            passing.leave(word, work)
    return len(found)


def _count(room: Room) -> int:
    """Totals as they are by now, in a unit of work of its own."""
    with room.work() as work:
        return tallying.count_what_was_noted(work)


SERVICE = Service(
    name="followup",
    metadata=tables.metadata,
    publishes=frozenset(
        {
            FollowUpAsked,
            FollowUpAnswered,
            RelationshipStarted,
            RelationshipContinuedByBoth,
            RelationshipContacted,
            RelationshipEnded,
            RelationshipLapsed,
            RelationshipResumed,
            ThanksSent,
        }
    ),
    handles={
        ConferencePublished: learning.conference_published,
        AccessRevoked: access.remember_revocation,
        PersonDescribed: address_book.remember,
        AttendeeRegistered: learning.attendee_told,
        AttendeeChanged: learning.attendee_told,
        AttendeeCheckedIn: learning.attendee_told,
        AttendeeLeft: learning.attendee_told,
        AttendeeWithdrawn: learning.attendee_told,
        IntroductionProposed: learning.introduction_told,
        IntroductionAccepted: learning.introduction_told,
        IntroductionDeclined: learning.introduction_told,
        IntroductionExpired: learning.introduction_told,
        IntroductionMoved: learning.introduction_told,
        IntroductionCancelled: learning.introduction_told,
        IntroductionMet: learning.introduction_told,
        IntroductionMissed: learning.introduction_told,
        IntroductionGoalAgreed: learning.goal_agreed,
    },
    looks_ahead=attendees.look_ahead,
    tombstones={PersonDescribed: learning.person_gone},
    due=(
        _due("evening", asking.EVENING, asking.ask_in_the_evening),
        _due("close", asking.CLOSE, asking.close),
        _due("check-ins", asking.CHECK_INS, asking.check_in),
        _due("finish", asking.FINISH, asking.finish),
        Due(name="came-of", count=agreements.count_cards, run=_ask_after_a_year, seldom=True),
        Due(name="words", count=words.count_due, run=_let_words_go, seldom=True),
        Due(name="totals", count=lambda connection, _now: store.tallies.count_noted(connection), run=_count),
    ),
    unhurried=frozenset({"relay", "intake"}),
    mails={
        "evening": MailKind(render=mailing.evening, at_most_once=True),
        "close": MailKind(render=mailing.close, at_most_once=True),
        "check_in": MailKind(render=mailing.check_in, at_most_once=True),
        "contact": MailKind(render=mailing.contact),
        "feedback": MailKind(render=pair_mails.feedback),
        "thanks": MailKind(render=pair_mails.thanks),
        "came_of": MailKind(render=pair_mails.came_of, at_most_once=True),
        "goal_passed": MailKind(render=mailing.goal_passed, at_most_once=True),
    },
    patterns=(
        "/r",
        "/outcomes",
        "/numbers",
        "/api/v1/relationships",
        "/api/v1/conferences/<slug>/relationships",
        "/api/v1/conferences/<slug>/outcomes",
    ),
    mount=web.mount,
)
