"""Introductions' own tables: introductions, who paused or stopped mails, is free or comes late, what is to be planned, which
public screens there are: ids and codes. Personal are only the sentences of goal cards, which have a table of their own."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, MetaData, String, Table, Text, text

from shared.tables import NAMING, Id, RowId, UTCDateTime

metadata = MetaData(naming_convention=NAMING)

introductions = Table(
    "introductions",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False),
    Column("mentor", Id, nullable=False, index=True),
    Column("mentee", Id, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("slot", String(16), nullable=False),
    Column("starts_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("meeting_point", String(48), nullable=False),
    Column("table_number", Integer, nullable=False),
    Column("hold_until", UTCDateTime, nullable=False),
    Column("mentor_answer", String(16)),
    Column("mentee_answer", String(16)),
    Column("reasons", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("plan_version", Integer, nullable=False),
    Column("probability", Float),  # with which chance chose the mentor; NULL = it was planned
    Column("link_version", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("words", JSON, nullable=False),
    Column("told_by", String(16)),
    Column("contradicted", Boolean, nullable=False),
    Column("missed", Boolean, nullable=False),
    Column("cause", String(16)),
    Column("mentor_here_at", UTCDateTime),
    Column("mentee_here_at", UTCDateTime),
    Column("mentor_late_until", UTCDateTime),
    Column("mentee_late_until", UTCDateTime),
    Column("alone_until", UTCDateTime),  # somebody waits at the table, and is looked after then
    Column("goal_enough", Boolean),  # NULL = no goal card
    Column("goal_by", Date),
    Column("created_at", UTCDateTime, nullable=False),
)
Index("ix_introductions_conference_number", introductions.c.conference, introductions.c.number)
_proposed = text("status = 'proposed'")
_active = text("status IN ('proposed', 'accepted', 'met')")
_counts = text("cause IS NULL OR cause <> 'conference'")
_alone = text("alone_until IS NOT NULL")
Index("ix_introductions_held", introductions.c.hold_until, sqlite_where=_proposed, postgresql_where=_proposed)
Index("ix_introductions_alone", introductions.c.alone_until, sqlite_where=_alone, postgresql_where=_alone)
# What the planner promises, the database makes sure of: one meeting a table, a pair once at a conference.
Index(
    "uq_introductions_table",
    introductions.c.conference,
    introductions.c.slot,
    introductions.c.meeting_point,
    introductions.c.table_number,
    unique=True,
    sqlite_where=_active,
    postgresql_where=_active,
)
Index(
    "uq_introductions_pair",
    introductions.c.conference,
    introductions.c.mentor,
    introductions.c.mentee,
    unique=True,
    sqlite_where=_counts,
    postgresql_where=_counts,
)

paused = Table(
    "paused",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
)

free_now = Table(
    "free_now",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("until", UTCDateTime, nullable=False),  # she looks at her page until then, and can be asked at short notice
)

late = Table(
    "late",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("until", UTCDateTime, nullable=False),  # nothing that begins earlier is for her
)

goal_sentences = Table(
    "goal_sentences",
    metadata,
    Column("introduction", Id, primary_key=True),
    Column("sentence", Text, nullable=False),  # personal: what the two agreed on, for nobody else
)

stopped_mails = Table(
    "stopped_mails",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("kind", String(16), primary_key=True),  # introductions or reminders
    Column("at", UTCDateTime, nullable=False),
)

screens = Table(
    "screens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("names", Boolean, nullable=False),  # first name and initial; else codes alone
    Column("made_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
)

contacts = Table(
    "contacts",
    metadata,
    Column("introduction", Id, primary_key=True),
    Column("mentor_said", String(16)),  # a month later; NULL = nothing
    Column("mentor_seen", Integer),  # the version of the relationship that said so
    Column("mentee_said", String(16)),
    Column("mentee_seen", Integer),
)

learned = Table(
    "learned",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("wanted", Integer, nullable=False),  # counts how often an owner asked
    Column("made", Integer, nullable=False),  # which of them the finding answers
    Column("wanted_at", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime),
    Column("finding", JSON),  # numbers of all pairs together; nothing about one
    Column("until", UTCDateTime),  # somebody computes it until then
)

planning = Table(
    "planning",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("dirty", Integer, nullable=False),  # counts what happened
    Column("planned", Integer, nullable=False),  # what of it the newest plan knows
    Column("since", UTCDateTime, nullable=False),
    Column("again_at", UTCDateTime),  # when time alone makes another plan useful
    Column("plan_version", Integer, nullable=False),
    Column("owner", Id),
    Column("epoch", Integer, nullable=False),
    Column("until", UTCDateTime),
)

drafts = Table(
    "drafts",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("wanted", Integer, nullable=False),  # counts how often an organizer asked for one
    Column("made", Integer, nullable=False),  # which of them the plan is for
    Column("wanted_at", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime),
    Column("plan", JSON),  # ids and codes only
    Column("publishing", Boolean, nullable=False),
    Column("published", Integer, nullable=False),  # how many of its meetings were looked at
    Column("proposed", Integer, nullable=False),  # how many of them were proposed
    Column("until", UTCDateTime),  # somebody computes it until then
)

wanted_pairs = Table(
    "wanted_pairs",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("mentor", Id, primary_key=True),
    Column("mentee", Id, primary_key=True),
    Column("kind", String(8), nullable=False),  # pin or ban
    Column("at", UTCDateTime, nullable=False),
)
