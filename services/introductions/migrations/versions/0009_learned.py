"""What points have to do with contact, as far as an owner asked.

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
        "learned",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("wanted_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("made_at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("finding", sa.JSON(), nullable=True),
        sa.Column("until", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_learned")),
    )


def downgrade() -> None:
    op.drop_table("learned")
