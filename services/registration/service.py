"""Registration on one page: what it publishes, handles and serves, does when something is due, and which mails it sends."""

from __future__ import annotations

from services.registration import store, tables, web
from services.registration.domain.outward import FROM_OTHERS
from services.registration.handlers import (
    attending,
    concerns,
    delivering,
    forecasting,
    keeping,
    mailing,
    tickets,
    uploads,
    webhooks,
)
from shared import access, conferences
from shared.contracts import (
    AccessRevoked,
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    ConferencePublished,
    IntroductionAccepted,
    IntroductionMoved,
    IntroductionProposed,
    PersonDescribed,
)
from shared.contracts.introduction import PlacedIntroductionEvent
from shared.service import Due, MailKind, Room, Service
from shared.work import Work


def _bring_in(room: Room) -> int:
    """Go on with a list of people that an organizer waits for."""
    # What reads rows is loaded by whoever has some: a worker that has none needs a third less.
    from services.registration.forms import read_row  # noqa: PLC0415

    return uploads.run(room, read_row)


def _hear_of_tickets(room: Room) -> int:
    """Ask a ticket shop that called what it called about."""
    from services.registration.forms import read_row  # noqa: PLC0415 - as above

    return tickets.run(room, read_row)


def _meeting_heard(event: PlacedIntroductionEvent, work: Work) -> None:
    """Two were introduced, or meet at another time: they may report a concern about it, and programs may hear of it."""
    store.remember_meeting(event, work)
    webhooks.heard(event, work)


SERVICE = Service(
    name="registration",
    metadata=tables.metadata,
    publishes=frozenset(
        {
            ConferencePublished,
            AccessRevoked,
            PersonDescribed,
            AttendeeRegistered,
            AttendeeChanged,
            AttendeeCheckedIn,
            AttendeeLeft,
            AttendeeWithdrawn,
        }
    ),
    handles={
        PersonDescribed: attending.correct_older,
        AccessRevoked: access.remember_revocation,
        **dict.fromkeys(FROM_OTHERS, webhooks.heard),
        **dict.fromkeys((IntroductionProposed, IntroductionAccepted, IntroductionMoved), _meeting_heard),
    },
    beside=webhooks.note,
    states={
        ConferencePublished: conferences.by_id,
        PersonDescribed: store.person_described,
        AccessRevoked: access.revocation,
    },
    due=(
        Due(name="import", count=store.count_busy_lists, free=store.count_waiting_lists, run=_bring_in),
        Due(name="forget lists", count=store.count_old_lists, run=uploads.forget_old, seldom=True),
        Due(name="shops", count=store.CALLS.count, free=store.CALLS.free, run=_hear_of_tickets),
        Due(name="forget concerns", count=store.count_old_concerns, run=concerns.forget_old, seldom=True),
        Due(name="let go", count=store.count_overdue, run=keeping.run, seldom=True),
        Due(name="unconfirmed", count=keeping.count_unconfirmed, run=keeping.forget_unconfirmed, seldom=True),
        Due(name="shortage", count=store.count_looks, run=forecasting.run, seldom=True),
        Due(name="webhooks", count=store.DELIVERIES.count, free=store.DELIVERIES.free, run=delivering.run),
    ),
    unhurried=frozenset({"intake"}),
    mails={
        "login": MailKind(render=mailing.login),
        "invite": MailKind(render=mailing.invite),
        "confirm": MailKind(render=mailing.confirm),
        "ticket": MailKind(render=mailing.ticket),
        "concern": MailKind(render=mailing.concern),
        "shortage": MailKind(render=mailing.shortage),
    },
    patterns=(
        "/",
        "/c",
        "/a",
        "/concern",
        "/q",
        "/t",
        "/organize",
        "/desk",
        "/shortage",
        "/hooks",
        "/pair",
        "/login",
        "/logout",
        "/api/v1/conferences",
        "/api/v1/status",
    ),
    mount=web.mount,
)
