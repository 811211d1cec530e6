"""Links under which the numbers of a conference are seen without a login.

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
        "shares",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("made_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("ended_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
    )
    op.create_index(op.f("ix_shares_conference"), "shares", ["conference"])


def downgrade() -> None:
    op.drop_table("shares")
