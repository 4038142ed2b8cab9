"""The form of a new post has a key, and makes one post however often it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "e5b07c19d4f2"
down_revision = "c3a9f1d7e520"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "begun_posts",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("typed", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_begun_posts_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_begun_posts_post_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_begun_posts"),
    )
    op.create_index("ix_begun_posts_post_id", "begun_posts", ["post_id"])


def downgrade() -> None:
    op.drop_table("begun_posts")
