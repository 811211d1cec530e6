"""Tables for what the two of a pair write to each other, when they talk, what came of it. The only ones of follow-up with free
text: kept apart from the pairs, so that all of it goes when either of the two does. Nothing in them is part of an event."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from services.followup.tables import metadata
from shared.tables import Id, UTCDateTime

agreements = Table(
    "agreements",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("often", String(16)),
    Column("lasts", String(16)),
    Column("goal", Text),
    Column("second_goal", Text),
    Column("not_for", Text),
    Column("revision", Integer, nullable=False),
    Column("changed_by", Id, nullable=False),  # the attendee
    Column("changed_at", UTCDateTime, nullable=False),
    Column("fine_at", UTCDateTime),  # by the other one
)

feedback = Table(
    "feedback",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", Id, primary_key=True),  # who wrote it
    Column("helped", Text),
    Column("wish", Text),
    Column("at", UTCDateTime, nullable=False),
)

thanks = Table(
    "thanks",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("month", String(7), nullable=False),  # in which it left, at the conference
)

hours = Table(
    "hours",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", Id, primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("starts", String(5), nullable=False),
    Column("ends", String(5), nullable=False),
)

talks = Table(
    "talks",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("starts_at", UTCDateTime, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("often", String(16), nullable=False),
    Column("lasts", String(16)),
    Column("sequence", Integer, nullable=False),
    Column("chosen_by", Id, nullable=False),  # the attendee
    Column("chosen_at", UTCDateTime, nullable=False),
)

year_cards = Table(
    "year_cards",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("due_at", UTCDateTime),  # NULL: done
    Column("asked_at", UTCDateTime),
    Column("codes", JSON, nullable=False),  # what came of it; counted, also when she is gone
    Column("sentence", Text),
    Column("quote", Boolean, nullable=False),  # she allows that the sentence is quoted
    Column("answered_at", UTCDateTime),
)
Index("ix_year_cards_due_at", year_cards.c.due_at)
Index("ix_year_cards_attendee", year_cards.c.attendee)
