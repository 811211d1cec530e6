"""When the two of a pair work, the talk that they chose, and what came of it after a year.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hours",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("relationship", "attendee", name=op.f("pk_hours")),
    )
    op.create_table(
        "talks",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("starts_at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("often", sa.String(length=16), nullable=False),
        sa.Column("lasts", sa.String(length=16), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.String(length=32), nullable=False),
        sa.Column("chosen_at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("relationship", name=op.f("pk_talks")),
    )
    op.create_table(
        "year_cards",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("due_at", shared.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("asked_at", shared.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("quote", sa.Boolean(), nullable=False),
        sa.Column("answered_at", shared.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("relationship", "attendee", name=op.f("pk_year_cards")),
    )
    op.create_index("ix_year_cards_conference", "year_cards", ["conference"])
    op.create_index("ix_year_cards_due_at", "year_cards", ["due_at"])
    op.create_index("ix_year_cards_attendee", "year_cards", ["attendee"])


def downgrade() -> None:
    op.drop_table("year_cards")
    op.drop_table("talks")
    op.drop_table("hours")
