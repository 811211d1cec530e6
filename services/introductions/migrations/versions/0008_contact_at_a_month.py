"""What pairs said a month later, in codes.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("introduction", sa.String(length=32), nullable=False),
        sa.Column("mentor_said", sa.String(length=16), nullable=True),
        sa.Column("mentor_seen", sa.Integer(), nullable=True),
        sa.Column("mentee_said", sa.String(length=16), nullable=True),
        sa.Column("mentee_seen", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("introduction", name=op.f("pk_contacts")),
    )


def downgrade() -> None:
    op.drop_table("contacts")
