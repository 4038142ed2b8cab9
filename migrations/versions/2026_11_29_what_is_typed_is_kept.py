"""What is typed into a post's form is kept apart, and a post counts its changes."""

import sqlalchemy as sa
from alembic import op

revision = "4d8e1f60b2a7"
down_revision = "c4e81a6f20d7"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("posts", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    unpublished = sa.text("status <> 'published'")
    op.create_index(
        "ix_posts_desk",
        "posts",
        ["kind", "status"],
        sqlite_where=unpublished,
        postgresql_where=unpublished,
    )
    op.add_column(
        "revisions", sa.Column("was_saved", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_table(
        "autosaves",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("excerpt_source", sa.String(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_autosaves_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_autosaves_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_autosaves"),
    )
    op.create_index(
        "uq_autosaves_device", "autosaves", ["post_id", "user_id", "device"], unique=True
    )
    op.create_index("ix_autosaves_user_id", "autosaves", ["user_id"])


def downgrade() -> None:
    op.drop_table("autosaves")
    op.drop_column("revisions", "was_saved")
    op.drop_index("ix_posts_desk", table_name="posts")
    op.drop_column("posts", "version")
