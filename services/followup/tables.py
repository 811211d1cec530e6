"""Follow-up's own tables: pairs, questions with answers, what is due, who paused or stopped the mails, and totals of all
that: ids and codes. Personal are only the lines that people add to answers, which have a table of their own."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, MetaData, String, Table, Text

from shared.tables import NAMING, Id, RowId, UTCDateTime

metadata = MetaData(naming_convention=NAMING)

pairs = Table(
    "pairs",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),  # the introduction's
    Column("account", Id, nullable=False),
    Column("conference", Id, nullable=False),
    Column("mentor", Id, nullable=False, index=True),
    Column("mentee", Id, nullable=False, index=True),
    Column("seen", Integer, nullable=False),  # newest version of the introduction
    Column("state", String(16), nullable=False),
    Column("starts_at", UTCDateTime),
    Column("ends_at", UTCDateTime),
    Column("day", Date),
    Column("introduced_at", UTCDateTime),
    Column("accepted_at", UTCDateTime),
    Column("met_at", UTCDateTime),
    Column("version", Integer, nullable=False),  # of the published relationship events
    Column("revision", Integer, nullable=False),  # of this row
    Column("started", Boolean, nullable=False),
    Column("continued_at", UTCDateTime),
    Column("ended_at", UTCDateTime),
    Column("cause", String(16)),
    Column("lapsed_at", UTCDateTime),
    Column("contacted", JSON, nullable=False),  # question -> since
    Column("left_by", JSON),  # who of the two wants it left alone; NULL = nobody
)
Index("ix_pairs_conference_number", pairs.c.conference, pairs.c.number)

questions = Table(
    "questions",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", Id, primary_key=True),
    Column("question", String(16), primary_key=True),  # evening, met, continue, week, month, quarter
    Column("asked_at", UTCDateTime),
    Column("round", Integer),
    Column("answer", String(16)),
    Column("answered_at", UTCDateTime),
    Column("told", String(16)),  # by an organizer's key
    Column("snoozed_until", UTCDateTime),  # she wants to be asked again
)
Index("ix_questions_attendee_round", questions.c.attendee, questions.c.round)

steps = Table(
    "steps",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", String(32), primary_key=True),  # "" = the pair itself
    Column("step", String(16), primary_key=True),
    Column("at", UTCDateTime),  # NULL: done
)
Index("ix_steps_step_at", steps.c.step, steps.c.at)
Index("ix_steps_attendee_at", steps.c.attendee, steps.c.at)

lines = Table(
    "lines",
    metadata,
    Column("relationship", Id, primary_key=True),
    Column("attendee", Id, primary_key=True),
    Column("question", String(16), primary_key=True),
    Column("person", Id, nullable=False, index=True),
    Column("happened", Text),  # personal: her words, for nobody, or for the other of the two
    Column("next", Text),
    Column("help", Text),
    Column("shared", Boolean, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("attendee", Id, nullable=False, index=True),
    Column("what", String(16), nullable=False),  # paused or resumed
    Column("at", UTCDateTime, nullable=False),
    Column("until", UTCDateTime),
)

zones = Table(
    "zones",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("zone", String(64), nullable=False),  # where she wants to be asked by day
)

stops = Table(
    "stops",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

particulars = Table(  # of an introduction, told by introductions, for cohorts and for goals that passed
    "particulars",
    metadata,
    Column("pair", Id, primary_key=True),
    Column("conference", Id, nullable=False),
    Column("topics", JSON),  # codes of what speaks for the two; NULL: its proposal was not heard of
    Column("chance", Float),  # with which probability chance chose it; NULL: it was planned
    Column("goal_seen", Integer),  # version of the introduction that the goal is from; NULL: no goal card
    Column("goal_by", Date),  # NULL with a goal card: this talk was enough
)
Index("ix_particulars_conference_goal_by", particulars.c.conference, particulars.c.goal_by)

recounts = Table(  # whose counting is not up to date
    "recounts",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),  # pair or attendee
    Column("id", Id, nullable=False),
)

counted_pairs = Table(
    "counted_pairs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("mentor", Id, nullable=False),
    Column("mentee", Id, nullable=False),
    Column("letters", String(16), nullable=False),
    Column("cohorts", JSON, nullable=False),
)

counted_people = Table(
    "counted_people",
    metadata,
    Column("attendee", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("registered", Boolean, nullable=False),
    Column("checked_in", Boolean, nullable=False),
    *(
        Column(name, Integer, nullable=False)
        for name in ("introduced", "accepted", "met", "week", "month", "quarter", "mentored")
    ),
)

totals = Table(
    "totals",
    metadata,
    Column("conference", Id, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("value", String(64), primary_key=True),
    Column("letters", String(96), primary_key=True),
    Column("count", Integer, nullable=False),
)

words = Table(  # to all whose day on the goal card passed; each waits a few minutes before it leaves
    "words",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("day", Date, nullable=False),  # to those whose day was over then
    Column("people", Integer, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("leaves_at", UTCDateTime, nullable=False),
    Column("taken_back_at", UTCDateTime),
    Column("left_at", UTCDateTime),
    Column("waits", Id, unique=True),  # the conference while it waits: one at a time; NULL afterwards
)

shares = Table(  # links under which the numbers of a conference are seen without a login
    "shares",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conference", Id, nullable=False, index=True),
    Column("made_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
)
