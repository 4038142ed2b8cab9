"""Of addresses of other sites that posts link to is kept for a day whether anything stands there."""

import sqlalchemy as sa
from alembic import op

revision = "f1a93d5e7b60"
down_revision = "d4e81b6f2a97"


def upgrade() -> None:
    op.create_table(
        "outside_links",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("came", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_outside_links"),
    )
    op.create_index("ix_outside_links_at", "outside_links", ["at"])


def downgrade() -> None:
    op.drop_table("outside_links")
