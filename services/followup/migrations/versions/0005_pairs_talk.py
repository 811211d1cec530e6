"""When the two of a pair work, and the talk that they chose.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0005"
down_revision = "0004"
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


def downgrade() -> None:
    op.drop_table("talks")
    op.drop_table("hours")
