"""Ticket shops that call us, their calls, and which ticket is whose.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

import shared.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shops",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("organizer", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("hash", name=op.f("uq_shops_hash")),
    )
    op.create_index(op.f("ix_shops_conference"), "shops", ["conference"], unique=False)
    op.create_table(
        "shop_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(length=32), nullable=False),
        sa.Column("business_key", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("due_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_calls")),
        sa.UniqueConstraint("business_key", name=op.f("uq_shop_calls_business_key")),
    )
    op.create_index("ix_shop_calls_status_due_at", "shop_calls", ["status", "due_at"], unique=False)
    op.create_index("ix_shop_calls_shop", "shop_calls", ["shop", "created_at"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("shop", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=32), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("modified_at", shared.tables.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "position", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_attendee"), "tickets", ["attendee"], unique=False)
    op.create_index("ix_tickets_shop_code", "tickets", ["shop", "code"], unique=False)


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("shop_calls")
    op.drop_table("shops")
