"""Who took part in a thread is found without reading all that was said in it."""

import sqlalchemy as sa
from alembic import op

revision = "b7d05c3e91f4"
down_revision = "7c1f2ad9e405"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_comments_took_part",
        "comments",
        ["thread_id", "user_id"],
        sqlite_where=sa.text("is_shown = 1 AND user_id IS NOT NULL"),
        postgresql_where=sa.text("is_shown AND user_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_comments_took_part", table_name="comments")
