"""Whoever left a group muted comes back muted."""

import sqlalchemy as sa
from alembic import op

revision = "5e0b7c94d218"
down_revision = "5c90e7a1d2f8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "memberships",
        sa.Column("left_muted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("memberships", "left_muted")
