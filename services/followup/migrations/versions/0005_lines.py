"""Lines that people add to their answers.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lines",
        sa.Column("relationship", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("happened", sa.Text(), nullable=True),
        sa.Column("next", sa.Text(), nullable=True),
        sa.Column("help", sa.Text(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("relationship", "attendee", "question", name=op.f("pk_lines")),
    )
    op.create_index(op.f("ix_lines_person"), "lines", ["person"])


def downgrade() -> None:
    op.drop_table("lines")
