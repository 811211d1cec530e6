"""The tables every service has in its own database: outbox, inbox, dead letters, mails, links, address book and so on.

It holds column types and tables, never a rule. Instants are UTC in stores; SQLite would lose the zone otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC. Refuses naive ones (SQLite gives naive ones back, which is put right here)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = String(32)
RowId = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData(naming_convention=NAMING)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("event_id", Id, nullable=False, unique=True),
    Column("topic", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", LargeBinary),  # NULL: a compacted topic, the state is read when it is sent
    Column("headers", JSON),  # of a dead letter: its place and reason
    Column("created_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("trace", String(64)),
)
Index(
    "ix_outbox_unsent",
    outbox.c.id,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("handled_at", UTCDateTime, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("topic", String(64), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("key", String(255)),
    Column("event_id", String(64)),
    Column("type", String(64)),
    Column("value", LargeBinary),
    Column("headers", JSON, nullable=False),
    Column("reason", String(64), nullable=False),  # a code, never an exception's text
    Column("attempts", Integer, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("redriven_at", UTCDateTime),
    UniqueConstraint("topic", "partition", "position"),
)
Index("ix_dead_letters_key", dead_letters.c.topic, dead_letters.c.key)

mails = Table(
    "mails",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("business_key", String(160), nullable=False, unique=True),
    Column("person", Id, nullable=False, index=True),
    Column("conference", Id),
    Column("args", JSON, nullable=False),  # ids and codes only
    Column("at_most_once", Boolean, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, sent, skipped, failed
    Column("attempts", Integer, nullable=False),
    Column("owner", Id),
    Column("lease_until", UTCDateTime),
    Column("sent_at", UTCDateTime),
    Column("bundle", Id),  # several that leave as one mail: the id of the first; NULL: it leaves alone
)
Index("ix_mails_status_due_at", mails.c.status, mails.c.due_at)

links = Table(
    "links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("object", Id, nullable=False),
    Column("person", Id, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("expires_at", UTCDateTime),
    Column("used_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
)
Index("ix_links_object", links.c.object)

revocations = Table(
    "revocations",
    metadata,
    Column("access", Id, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", Id, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", UTCDateTime, nullable=False),
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_seconds", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", UTCDateTime, nullable=False),
    Column("account", Id, nullable=False),
    Column("conference", Id),
    Column("actor", Id, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", String(64)),
    Column("details", JSON),  # ids and codes only
)
Index("ix_audit_conference", audit.c.conference, audit.c.id)

address_book = Table(
    "address_book",
    metadata,
    Column("person", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("account", Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", String(16), nullable=False),
)

attendance_texts = Table(
    "attendance_texts",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("person", Id, nullable=False, index=True),
    Column("conference", Id, nullable=False, index=True),
    Column("goal", Text),
    Column("company", Text),
    Column("field", Text),
)

known_conferences = Table(
    "known_conferences",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("account", Id, nullable=False, index=True),
    Column("slug", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("state", JSON, nullable=False),  # the data of conference.published
    Column("mails_stopped_at", UTCDateTime),  # while it is set, no mail about it leaves
)

known_attendees = Table(
    "known_attendees",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False, index=True),
    Column("person", Id, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", JSON, nullable=False),  # the data of the newest attendee event
    Column("first_checked_in_at", UTCDateTime),  # stays when she leaves
)


def row_values(row: Any) -> dict[str, Any]:
    """The columns of a row as a dict."""
    return dict(row._mapping)
