"""Mails that leave as one name the first of them.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mails") as table:
        table.add_column(sa.Column("bundle", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mails") as table:
        table.drop_column("bundle")
