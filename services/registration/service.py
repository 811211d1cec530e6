"""Registration on one page: what it publishes, handles and serves, and which mails it sends."""

from __future__ import annotations

from services.registration import emails, store, tables, web
from services.registration.handlers import attending
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
        "login": MailKind(render=emails.login),
        "invite": MailKind(render=emails.invite),
        "confirm": MailKind(render=emails.confirm),
        "ticket": MailKind(render=emails.ticket),
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
