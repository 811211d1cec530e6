"""Drafts of plans, pairs whom organizers want to meet or keep apart, and what chance chose.

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
    op.create_table(
        "drafts",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("wanted_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("made_at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("publishing", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("until", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("introductions") as batch_op:
        batch_op.add_column(sa.Column("probability", sa.Float(), nullable=True))
    op.create_table(
        "wanted_pairs",
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("mentor", sa.String(length=32), nullable=False),
        sa.Column("mentee", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conference", "mentor", "mentee", name=op.f("pk_wanted_pairs")),
    )


def downgrade() -> None:
    op.drop_table("wanted_pairs")
    with op.batch_alter_table("introductions") as batch_op:
        batch_op.drop_column("probability")
    op.drop_table("drafts")
