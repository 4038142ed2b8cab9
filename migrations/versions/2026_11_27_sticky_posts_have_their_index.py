"""Sticky posts have their index: made like that of public posts, or SQLite reads every post instead."""

import sqlalchemy as sa
from alembic import op

revision = "2f6c1a90b7d3"
down_revision = "8d2b6f04c1e5"


def upgrade() -> None:
    op.drop_index("ix_posts_sticky", table_name="posts")
    op.create_index(
        "ix_posts_sticky", "posts", ["kind", "published_at", "id"],
        sqlite_where=sa.text("status = 'published' AND is_sticky = 1"),
        postgresql_where=sa.text("status = 'published' AND is_sticky"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_posts_sticky", table_name="posts")
    op.create_index(
        "ix_posts_sticky", "posts", ["published_at"],
        sqlite_where=sa.text("is_sticky = 1"), postgresql_where=sa.text("is_sticky"),
    )  # fmt: skip
