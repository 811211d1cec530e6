"""What was answered about taps of devices that had no network.

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
        "taps",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conference", "id", name=op.f("pk_taps")),
    )


def downgrade() -> None:
    op.drop_table("taps")
