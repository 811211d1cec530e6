"""Registration on one page: what it publishes, handles and serves, and which mails it sends."""

from __future__ import annotations

from services.registration import store, tables, web
from services.registration.handlers import attending, mailing
from shared import access, conferences
from shared.contracts import (
    AccessRevoked,
    AttendeeChanged,
    AttendeeCheckedIn,
    AttendeeLeft,
    AttendeeRegistered,
    AttendeeWithdrawn,
    ConferencePublished,
    PersonDescribed,
)
from shared.service import MailKind, Service

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
    handles={PersonDescribed: attending.correct_older, AccessRevoked: access.remember_revocation},
    states={
        ConferencePublished: conferences.by_id,
        PersonDescribed: store.person_described,
        AccessRevoked: access.revocation,
    },
    mails={
        "login": MailKind(render=mailing.login),
        "invite": MailKind(render=mailing.invite),
        "confirm": MailKind(render=mailing.confirm),
        "ticket": MailKind(render=mailing.ticket),
    },
    patterns=(
        "/",
        "/c",
        "/a",
        "/q",
        "/organize",
        "/desk",
        "/login",
        "/logout",
        "/api/v1/conferences",
        "/api/v1/status",
    ),
    mount=web.mount,
)
