"""Introductions on one page: what it publishes, handles, serves, does when something is due, and which mails it sends."""

from __future__ import annotations

from datetime import timedelta

from services.introductions import store, tables, web
from services.introductions.handlers import drafting, expiring, hearing, learning, mailing, outcomes, planning, rescuing
from shared import access, attendees
from shared.contracts import (
    AccessRevoked,
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    ConferencePublished,
    FollowUpAnswered,
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
)
from shared.service import Due, MailKind, Service

SERVICE = Service(
    name="introductions",
    metadata=tables.metadata,
    publishes=frozenset(
        {
            IntroductionProposed,
            IntroductionAccepted,
            IntroductionDeclined,
            IntroductionExpired,
            IntroductionMoved,
            IntroductionCancelled,
            IntroductionMet,
            IntroductionMissed,
            IntroductionGoalAgreed,
        }
    ),
    handles={
        ConferencePublished: hearing.conference_published,
        AccessRevoked: access.remember_revocation,
        PersonDescribed: hearing.person_described,
        AttendeeRegistered: hearing.attendee_heard,
        AttendeeChanged: hearing.attendee_heard,
        AttendeeCheckedIn: hearing.attendee_heard,
        AttendeeLeft: hearing.attendee_heard,
        AttendeeWithdrawn: hearing.attendee_heard,
        FollowUpAnswered: outcomes.follow_up_answered,
    },
    looks_ahead=attendees.look_ahead,
    tombstones={PersonDescribed: hearing.person_gone},
    due=(
        Due(name="expire", count=store.count_over, run=expiring.run),
        Due(name="alone", count=store.count_alone, run=rescuing.run),
        Due(name="plan", count=store.count_to_plan, free=store.count_to_claim, run=planning.run),
        Due(name="draft", count=store.count_to_make, free=store.count_unclaimed, run=drafting.run),
        Due(name="publish", count=store.count_to_publish, run=drafting.run_publishing),
        Due(name="learn", count=store.count_to_find, free=store.count_unfound, run=learning.run, seldom=True),
    ),
    mails={
        "proposed": MailKind(together=mailing.proposed),
        "moved": MailKind(together=mailing.moved),
        "announced": MailKind(together=mailing.announced),
        "cancelled": MailKind(together=mailing.cancelled),
        "reminder": MailKind(together=mailing.reminder, ahead=timedelta(minutes=30), at_most_once=True),
        "waited_for": MailKind(render=mailing.waited_for, at_most_once=True),
        "rescue": MailKind(render=mailing.rescue),
    },
    patterns=(
        "/i",
        "/d",
        "/plan",
        "/print",
        "/board",
        "/screen",
        "/learning",
        "/api/v1/introductions",
        "/api/v1/conferences/<slug>/introductions",
    ),
    mount=web.mount,
)
