"""A pair stands in one value of each cohort: all pairs are counted anew.

Revision: 0011, after 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AGAIN = "INSERT INTO recounts (kind, id) SELECT 'pair', id FROM counted_pairs"


def upgrade() -> None:
    op.execute(AGAIN)


def downgrade() -> None:
    op.execute(AGAIN)
