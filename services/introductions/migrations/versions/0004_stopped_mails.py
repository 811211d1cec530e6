"""Which classes of mails somebody stopped; introductions and reminders are stopped apart.

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
        "stopped_mails",
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("attendee", "kind", name=op.f("pk_stopped_mails")),
    )


def downgrade() -> None:
    op.drop_table("stopped_mails")
