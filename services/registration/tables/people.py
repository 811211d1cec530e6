"""Who is registered, who organizes, what devices at the door know, what was reported."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from services.registration.tables.base import metadata
from shared.tables import Id, RowId, UTCDateTime

organizers = Table(
    "organizers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("conferences", JSON),  # slugs; NULL = all
    Column("created_at", UTCDateTime, nullable=False),
    Column("removed_at", UTCDateTime),
    UniqueConstraint("account", "email"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("access", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("organizer", Id, nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # session, key or device
    Column("label", String(200)),
    Column("conferences", JSON),
    Column("created_at", UTCDateTime, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False, index=True),
    Column("made_by", Id, nullable=False),  # the organizer whose word it is; her leaving the team ends it
    Column("role", String(8), nullable=False),  # desk or kiosk
    Column("label", String(80), nullable=False),
    Column("pin", String(200), nullable=False),  # a salted scrypt hash
    Column("wrong", Integer, nullable=False),  # wrong PINs in a row
    Column("created_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),  # until when it may be paired
    Column("access", Id),  # its session, once it is paired
    Column("ended_at", UTCDateTime),
)

taps = Table(
    "taps",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("id", Id, primary_key=True),  # made by the device
    Column("device", Id, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", UTCDateTime),  # what stood against it: when that was, by whom
    Column("by", Id),
    Column("created_at", UTCDateTime, nullable=False),
)

shortage_looks = Table(
    "shortage_looks",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("due_at", UTCDateTime, index=True),  # when it is looked where mentors are missing; NULL: not any more
    Column("mailed_at", UTCDateTime),
)

kept = Table(
    "kept",
    metadata,
    Column("conference", Id, primary_key=True),
    Column(
        "due_at", UTCDateTime, index=True
    ),  # when it is looked whose time of being kept is over; NULL: nobody is left
)

people = Table(
    "people",
    metadata,
    Column("person", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("address", Text, nullable=False),  # folded, for recognising
    Column("name", Text, nullable=False),  # folded, for the desk that searches while typing
    Column("version", Integer, nullable=False),
    UniqueConstraint("account", "address"),
)

attendees = Table(
    "attendees",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False),
    Column("person", Id, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("role", String(8), nullable=False),
    Column("status", String(16), nullable=False),
    Column("approved", Boolean, nullable=False),
    # False: she came without a registration and has not shown yet that the address is hers
    Column("sure", Boolean, nullable=False, server_default=true()),
    Column("state", JSON, nullable=False),
    Column("code", String(16), nullable=False, unique=True),  # public, for the QR at the door
    Column("created_at", UTCDateTime, nullable=False),
)
Index("ix_attendees_conference_number", attendees.c.conference, attendees.c.number)
UNCONFIRMED = attendees.c.status == "pending"
Index(
    "ix_attendees_unconfirmed", attendees.c.created_at, sqlite_where=UNCONFIRMED, postgresql_where=UNCONFIRMED
)  # who registered and is let go where nobody confirms it
HERE = attendees.c.status != "withdrawn"
"""Who withdrew may register again, as a new attendee; nobody is here twice."""
Index(
    "uq_attendees_conference_person",
    attendees.c.conference,
    attendees.c.person,
    unique=True,
    sqlite_where=HERE,
    postgresql_where=HERE,
)

companies = Table(
    "companies",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("name", String(200), primary_key=True),  # folded
    Column("code", String(16), nullable=False),
)

wishes = Table(
    "wishes",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("attendee", Id, nullable=False, index=True),
    Column("conference", Id, nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # requests, blocks or referrals
    Column("address", Text, nullable=False, index=True),  # folded; or an attendee's id, where a program named her
)

departed = Table(
    "departed",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("mark", String(32), primary_key=True),  # a keyed hash: a list that is imported again invites nobody back
)

apart = Table(
    "apart",
    metadata,
    Column("one", String(32), primary_key=True),  # a keyed hash of account and address; the smaller one of the two
    Column("other", String(32), primary_key=True, index=True),
)

erased = Table(
    "erased",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("mark", String(32), nullable=False),  # of her address: a concern about her may come after she is gone
    Column("conference", Id, nullable=False, index=True),
    Column("ends_at", UTCDateTime, nullable=False, index=True),
)

introduced = Table(
    "introduced",
    metadata,
    Column("introduction", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("conference", Id, nullable=False),
    Column("mentor", Id, nullable=False, index=True),
    Column("mentee", Id, nullable=False, index=True),
    Column("starts_at", UTCDateTime, nullable=False),
)

concerns = Table(
    "concerns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False, index=True),
    Column("person", Id, nullable=False, index=True),  # who reports
    Column("attendee", Id, nullable=False),
    Column("introduction", Id),  # about which meeting, where she chose one
    Column("about", Id),  # the other of that meeting
    Column("about_mark", String(32)),  # of that one's address
    Column("text", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("note", Text, nullable=False),  # of whoever takes it
    Column("apart", Boolean, nullable=False),  # she asked not to be introduced to the other again
    Column("state", String(16), nullable=False),  # new, handling, closed or serious (closed, and counted)
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False, index=True),  # when it is forgotten, whatever its state
)

reported = Table(
    "reported",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("times", Integer, nullable=False),  # how often a concern about this address was closed as serious
)

consents = Table(
    "consents",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("attendee", Id, nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("text_version", String(16), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("channel", String(16), nullable=False),  # form, api, import or page
    Column("at", UTCDateTime, nullable=False),
)
