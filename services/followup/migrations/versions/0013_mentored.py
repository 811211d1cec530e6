"""A pair is counted by how many pairs its mentor met, too: all pairs are counted anew.

Revision: 0013, after 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AGAIN = "INSERT INTO recounts (kind, id) SELECT 'pair', id FROM counted_pairs"


def upgrade() -> None:
    op.execute(AGAIN)


def downgrade() -> None:
    op.execute(AGAIN)
