"""Totals of a conference that are kept up to date, and what they are counted from beside pairs and answers.

What was there before is noted to be counted, so that the first turns after this make the totals.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTS = ("introduced", "accepted", "met", "week", "month", "quarter", "mentored")


def upgrade() -> None:
    op.create_table(
        "particulars",
        sa.Column("pair", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=True),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.Column("goal_seen", sa.Integer(), nullable=True),
        sa.Column("goal_by", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("pair", name=op.f("pk_particulars")),
    )
    op.create_index("ix_particulars_conference_goal_by", "particulars", ["conference", "goal_by"])
    op.create_table(
        "recounts",
        sa.Column("number", shared.tables.RowId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recounts")),
    )
    op.create_table(
        "counted_pairs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("mentor", sa.String(length=32), nullable=False),
        sa.Column("mentee", sa.String(length=32), nullable=False),
        sa.Column("letters", sa.String(length=16), nullable=False),
        sa.Column("cohorts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_pairs")),
    )
    op.create_index(op.f("ix_counted_pairs_conference"), "counted_pairs", ["conference"])
    op.create_table(
        "counted_people",
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("checked_in", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("attendee", name=op.f("pk_counted_people")),
    )
    op.create_index(op.f("ix_counted_people_conference"), "counted_people", ["conference"])
    op.create_table(
        "totals",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("letters", sa.String(length=96), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conference", "what", "value", "letters", name=op.f("pk_totals")),
    )
    for kind, column, table in (("pair", "id", "pairs"), ("attendee", "attendee", "known_attendees")):
        op.execute(f"INSERT INTO recounts (kind, id) SELECT '{kind}', {column} FROM {table}")  # noqa: S608 - names of ours


def downgrade() -> None:
    for table in ("totals", "counted_people", "counted_pairs", "recounts", "particulars"):
        op.drop_table(table)
