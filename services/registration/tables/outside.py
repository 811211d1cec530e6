"""What comes from others and goes to them: lists of people, ticket shops, webhooks."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from services.registration.tables.base import metadata
from shared.tables import Id, RowId, UTCDateTime

lists = Table(
    "lists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False),
    Column("organizer", Id, nullable=False),
    Column("organizer_kind", String(16), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("role", String(8), nullable=False),
    Column("consents", JSON, nullable=False),  # purposes that the organizer vouches for
    Column("stage", String(16), nullable=False),
    Column("content", LargeBinary, nullable=False),  # the list, then its rejected rows alone; goes with the row
    Column("columns", JSON, nullable=False),  # for each a field, "" or NULL
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("asked", Integer, nullable=False, server_default="0"),  # of the known: those who had not confirmed
    Column("topics", JSON, nullable=False),  # new ones, and those that the conference does not have
    Column("began_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),  # when it is forgotten
    Column("claims", Integer, nullable=False),  # a holder that was paused notices by it
    Column("until", UTCDateTime),
)

list_findings = Table(
    "list_findings",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("list", Id, nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # rejected or skipped
    Column("why", Text, nullable=False),
)
shops = Table(
    "shops",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False, index=True),
    Column("hash", String(64), nullable=False, unique=True),  # of the address that the shop calls
    Column("url", Text, nullable=False),  # of the shop: the only server that is asked about orders
    Column("organizer", String(100), nullable=False),
    Column("event", String(100), nullable=False),
    Column("role", String(8), nullable=False),
    Column("sealed", Text, nullable=False),  # the token for the shop's API; empty once it is revoked
    Column("created_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
)

shop_calls = Table(
    "shop_calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("shop", Id, nullable=False),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("action", String(64), nullable=False),
    Column("code", String(32), nullable=False),  # of the order
    Column("position", BigInteger),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, done, failed
    Column("reason", String(32)),  # a code: why it waits or failed, or what was not taken
    Column("attempts", Integer, nullable=False),
    Column("owner", Id),
    Column("lease_until", UTCDateTime),
)
Index("ix_shop_calls_status_due_at", shop_calls.c.status, shop_calls.c.due_at)
Index("ix_shop_calls_shop", shop_calls.c.shop, shop_calls.c.created_at)

tickets = Table(
    "tickets",
    metadata,
    Column("shop", Id, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(32), nullable=False),
    Column("attendee", Id, index=True),
    Column("valid", Boolean, nullable=False),
    Column("modified_at", UTCDateTime, nullable=False),  # of the order as it was read, by the shop's clock
)
Index("ix_tickets_shop_code", tickets.c.shop, tickets.c.code)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("types", JSON, nullable=False),
    Column("version", Integer, nullable=False),  # of its secret, which is stored nowhere
    Column("created_at", UTCDateTime, nullable=False),
    Column("rotated_at", UTCDateTime),
    Column("disabled_at", UTCDateTime),
    Column("disabled_why", String(16)),  # organizer or gone
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook", Id, nullable=False),
    Column("business_key", String(100), nullable=False, unique=True),  # webhook and event
    Column("event", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    Column("body", Text, nullable=False),  # ids and codes only
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, done, failed
    Column("reason", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("owner", Id),
    Column("lease_until", UTCDateTime),
)
Index("ix_deliveries_status_due_at", deliveries.c.status, deliveries.c.due_at)
Index("ix_deliveries_webhook", deliveries.c.webhook, deliveries.c.created_at)
