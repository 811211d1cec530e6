"""Programs that hear of events, and what is on its way to them.

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
        "webhooks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("rotated_at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("disabled_at", shared.tables.UTCDateTime(), nullable=True),
        sa.Column("disabled_why", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_conference"), "webhooks", ["conference"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("webhook", sa.String(length=32), nullable=False),
        sa.Column("business_key", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("due_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("business_key", name=op.f("uq_deliveries_business_key")),
    )
    op.create_index("ix_deliveries_status_due_at", "deliveries", ["status", "due_at"], unique=False)
    op.create_index("ix_deliveries_webhook", "deliveries", ["webhook", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("webhooks")
