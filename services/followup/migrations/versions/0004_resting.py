"""Who paused the questions, wants one again later, or a pair left alone.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("until", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_turns")),
    )
    op.create_index(op.f("ix_turns_attendee"), "turns", ["attendee"])
    op.add_column("pairs", sa.Column("left_by", sa.JSON(), nullable=True))
    op.add_column("questions", sa.Column("snoozed_until", shared.tables.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("questions", "snoozed_until")
    op.drop_column("pairs", "left_by")
    op.drop_table("turns")
