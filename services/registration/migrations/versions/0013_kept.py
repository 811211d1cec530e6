"""When it is looked whose time of being kept is over. Conferences that are there are looked at soon, and find their day.

Revision: 0013, after 0012
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "kept",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("due_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_kept")),
    )
    op.create_index(op.f("ix_kept_due_at"), "kept", ["due_at"], unique=False)
    kept = sa.table("kept", sa.column("conference"), sa.column("due_at", shared.tables.UTCDateTime()))
    known = sa.select(sa.column("conference"), sa.literal(LONG_AGO, shared.tables.UTCDateTime()))
    op.execute(sa.insert(kept).from_select(["conference", "due_at"], known.select_from(sa.table("known_conferences"))))


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_due_at"), table_name="kept")
    op.drop_table("kept")
