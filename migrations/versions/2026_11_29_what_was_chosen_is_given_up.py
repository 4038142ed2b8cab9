"""Words that are given up go among the revisions with all that was chosen beside them."""

import sqlalchemy as sa
from alembic import op

revision = "b83d5e1f7a26"
down_revision = "b7d05c3e91f4"


def upgrade() -> None:
    op.add_column("revisions", sa.Column("choices", sa.String()))


def downgrade() -> None:
    op.drop_column("revisions", "choices")
