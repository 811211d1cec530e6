"""Who is at the table, waits alone, comes late, is free now; what the two agreed on.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from shared.tables import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANTS = ("mentor_here_at", "mentee_here_at", "mentor_late_until", "mentee_late_until", "alone_until")


def upgrade() -> None:
    with op.batch_alter_table("introductions") as batch_op:
        for name in INSTANTS:
            batch_op.add_column(sa.Column(name, UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("goal_enough", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("goal_by", sa.Date(), nullable=True))
        where = sa.text("alone_until IS NOT NULL")
        batch_op.create_index(
            "ix_introductions_alone", ["alone_until"], unique=False, sqlite_where=where, postgresql_where=where
        )
    for table in ("free_now", "late"):
        op.create_table(
            table,
            sa.Column("attendee", sa.String(length=32), nullable=False),
            sa.Column("conference", sa.String(length=32), nullable=False),
            sa.Column("until", UTCDateTime(), nullable=False),
            sa.PrimaryKeyConstraint("attendee", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_conference"), table, ["conference"], unique=False)
    op.create_table(
        "goal_sentences",
        sa.Column("introduction", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("introduction", name=op.f("pk_goal_sentences")),
    )


def downgrade() -> None:
    op.drop_table("goal_sentences")
    for table in ("late", "free_now"):
        op.drop_table(table)
    with op.batch_alter_table("introductions") as batch_op:
        batch_op.drop_index("ix_introductions_alone")
        for name in ("goal_by", "goal_enough", *reversed(INSTANTS)):
            batch_op.drop_column(name)
