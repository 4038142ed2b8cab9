"""An act on many knows how much of it stays as it is, because its author took it back."""

import sqlalchemy as sa
from alembic import op

revision = "8d2f46b1c07e"
down_revision = "b7d20c91e4a8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "batches", sa.Column("withdrawn", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("batches", "withdrawn")
