"""Registrations that nobody confirms are found by their age.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_index(
        "ix_attendees_unconfirmed",
        "attendees",
        ["created_at"],
        unique=False,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    op.drop_index("ix_attendees_unconfirmed", table_name="attendees")
