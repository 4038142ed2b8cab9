"""Sites know which of the first steps their owner put aside."""

import sqlalchemy as sa
from alembic import op

revision = "5c90e7a1d2f8"
down_revision = "b83d5e1f7a26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("steps_put_aside", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("site", column)


def downgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.drop_column("steps_put_aside")
