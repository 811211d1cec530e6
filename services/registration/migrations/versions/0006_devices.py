"""Devices at the door: who paired them, what they may do, by which PIN they open.

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
        "devices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("conference", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("pin", sa.String(length=200), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("created_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("expires_at", shared.tables.UTCDateTime(), nullable=False),
        sa.Column("access", sa.String(length=32), nullable=True),
        sa.Column("ended_at", shared.tables.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_conference"), "devices", ["conference"], unique=False)


def downgrade() -> None:
    op.drop_table("devices")
