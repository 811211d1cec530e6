"""What the two of a pair write to each other, in tables of their own.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("often", sa.String(length=16), nullable=True),
        sa.Column("lasts", sa.String(length=16), nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("second_goal", sa.Text(), nullable=True),
        sa.Column("not_for", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("fine_at", shared.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("relationship", name=op.f("pk_agreements")),
    )
    op.create_table(
        "feedback",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("helped", sa.Text(), nullable=True),
        sa.Column("wish", sa.Text(), nullable=True),
        sa.Column("at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("relationship", "attendee", name=op.f("pk_feedback")),
    )
    op.create_table(
        "thanks",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("relationship", name=op.f("pk_thanks")),
    )


def downgrade() -> None:
    op.drop_table("thanks")
    op.drop_table("feedback")
    op.drop_table("agreements")
