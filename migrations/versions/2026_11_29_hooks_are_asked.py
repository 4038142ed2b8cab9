"""Sites know whether a web hook is asked about comments."""

import sqlalchemy as sa
from alembic import op

revision = "d4e81b6f2a97"
down_revision = "e5b07c19d4f2"


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.add_column(
            sa.Column("asks_hooks", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.drop_column("asks_hooks")
