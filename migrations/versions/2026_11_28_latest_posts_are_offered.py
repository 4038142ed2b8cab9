"""What was found at a website for somebody who was still writing is kept for a day."""

import sqlalchemy as sa
from alembic import op

revision = "f1c82b6e94d3"
down_revision = "f2a96c47d1e8"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "latest_post_lookups",
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("website", name="pk_latest_post_lookups"),
    )
    op.create_index("ix_latest_post_lookups_asked_at", "latest_post_lookups", ["asked_at"])


def downgrade() -> None:
    op.drop_table("latest_post_lookups")
