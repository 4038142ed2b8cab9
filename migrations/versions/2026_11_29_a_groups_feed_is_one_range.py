"""Comments know their group and whether they open a topic: a group's feeds are ranges of an index."""

import sqlalchemy as sa
from alembic import op

revision = "d40a7c92e5b8"
down_revision = "5e0b7c94d218"

_IN_GROUP = sa.text("status = 'approved' AND group_id IS NOT NULL")
# One look at all threads of groups, not one for each comment under posts.
_FILLED = sa.text(
    "UPDATE comments SET"
    " group_id = (SELECT group_id FROM threads WHERE threads.id = comments.thread_id),"
    " is_opening = EXISTS (SELECT 1 FROM threads JOIN topics ON topics.id = threads.topic_id"
    " WHERE threads.id = comments.thread_id AND topics.opening_id = comments.id)"
    " WHERE thread_id IN (SELECT id FROM threads WHERE group_id IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column(
        "comments", sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
    )
    op.add_column(
        "comments", sa.Column("is_opening", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(_FILLED)
    op.create_index(
        "ix_comments_group_approved", "comments",
        ["group_id", "is_opening", "approved_at", "id", "thread_id", "user_id"],
        sqlite_where=_IN_GROUP, postgresql_where=_IN_GROUP,
    )  # fmt: skip
    op.create_index(
        "ix_topics_hidden", "topics", ["group_id"],
        sqlite_where=sa.text("is_shown = 0"), postgresql_where=sa.text("NOT is_shown"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_topics_hidden", "topics")
    op.drop_index("ix_comments_group_approved", "comments")
    op.drop_column("comments", "is_opening")
    op.drop_column("comments", "group_id")
