"""A list says how many it invites who registered before and did not confirm.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lists", sa.Column("asked", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("lists", "asked")
