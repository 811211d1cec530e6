"""Public screens in the venue, each behind a link of its own that can be ended.

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
        "screens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("names", sa.Boolean(), nullable=False),
        sa.Column("made_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("ended_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
    )
    op.create_index(op.f("ix_screens_conference"), "screens", ["conference"])


def downgrade() -> None:
    op.drop_table("screens")
