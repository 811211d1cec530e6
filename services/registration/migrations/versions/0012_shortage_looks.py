"""When it is looked where mentors are missing. Conferences that are there are looked at soon.

Revision: 0012, after 0011
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "shortage_looks",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("due_at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("mailed_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_shortage_looks")),
    )
    op.create_index(op.f("ix_shortage_looks_due_at"), "shortage_looks", ["due_at"], unique=False)
    looks = sa.table("shortage_looks", sa.column("conference"), sa.column("due_at", shared.tables.UTCDateTime()))
    known = sa.select(sa.column("conference"), sa.literal(LONG_AGO, shared.tables.UTCDateTime()))
    op.execute(sa.insert(looks).from_select(["conference", "due_at"], known.select_from(sa.table("known_conferences"))))


def downgrade() -> None:
    op.drop_index(op.f("ix_shortage_looks_due_at"), table_name="shortage_looks")
    op.drop_table("shortage_looks")
