"""Since when mails about a conference are stopped.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("known_conferences", sa.Column("mails_stopped_at", shared.tables.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("known_conferences", "mails_stopped_at")
