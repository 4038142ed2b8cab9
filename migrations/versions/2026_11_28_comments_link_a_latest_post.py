"""What a comment's author wrote last elsewhere is kept beside the comment."""

import sqlalchemy as sa
from alembic import op

revision = "e3a94d17c05b"
down_revision = "e4b07d6a1f35"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "latest_posts",
        sa.Column("comment_id", big_id, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("found_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_latest_posts_comment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name="pk_latest_posts"),
    )


def downgrade() -> None:
    op.drop_table("latest_posts")
