"""What the two of a pair expect of each other, in a table of its own.

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
        "agreements",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("often", sa.String(length=16), nullable=True),
        sa.Column("lasts", sa.String(length=16), nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("second_goal", sa.Text(), nullable=True),
        sa.Column("not_for", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", shared.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("fine_at", shared.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("relationship", name=op.f("pk_agreements")),
    )


def downgrade() -> None:
    op.drop_table("agreements")
