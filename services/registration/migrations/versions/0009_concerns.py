"""Concerns that attendees report, who was introduced to whom, and marks of addresses that a concern may be about.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("ends_at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("attendee", name=op.f("pk_erased")),
    )
    op.create_index(op.f("ix_erased_conference"), "erased", ["conference"], unique=False)
    op.create_index(op.f("ix_erased_ends_at"), "erased", ["ends_at"], unique=False)
    op.create_table(
        "introduced",
        sa.Column("introduction", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("mentor", sa.String(length=32), nullable=False),
        sa.Column("mentee", sa.String(length=32), nullable=False),
        sa.Column("starts_at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("introduction", name=op.f("pk_introduced")),
    )
    op.create_index(op.f("ix_introduced_mentor"), "introduced", ["mentor"], unique=False)
    op.create_index(op.f("ix_introduced_mentee"), "introduced", ["mentee"], unique=False)
    op.create_table(
        "concerns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("introduction", sa.String(length=32), nullable=True),
        sa.Column("about", sa.String(length=32), nullable=True),
        sa.Column("about_mark", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("changed_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("ends_at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
    )
    op.create_index(op.f("ix_concerns_conference"), "concerns", ["conference"], unique=False)
    op.create_index(op.f("ix_concerns_person"), "concerns", ["person"], unique=False)
    op.create_index(op.f("ix_concerns_ends_at"), "concerns", ["ends_at"], unique=False)
    op.create_table(
        "reported",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_reported")),
    )


def downgrade() -> None:
    for table in ("reported", "concerns", "introduced", "erased"):
        op.drop_table(table)
