"""Threads under posts, their comments, and the kept boundaries of their pages."""

import sqlalchemy as sa
from alembic import op

revision = "5b7e0c9d41f2"
down_revision = "3f9c1a7d52b0"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _threads()
    _comments()
    _indexes_of_comments()
    _thread_pages()


def downgrade() -> None:
    for table in (
        "thread_pages",
        "comments",
        "threads",
    ):
        op.drop_table(table)


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("linkback_count", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_threads_post_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_threads"),
        sa.UniqueConstraint("post_id", name="uq_threads_post_id"),
    )


def _comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", big_id, nullable=False),
        sa.Column("thread_id", big_id, nullable=False),
        sa.Column("parent_id", big_id, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("guid", sa.String(length=1000), nullable=False),
        sa.Column("legacy_id", big_id, nullable=True),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("author_name", sa.String(length=300), nullable=False),
        sa.Column("author_email", sa.String(length=254), nullable=False),
        sa.Column("author_url", sa.String(length=1000), nullable=False),
        sa.Column("author_ip", sa.String(length=45), nullable=False),
        sa.Column("author_agent", sa.String(length=500), nullable=False),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("body_format", sa.String(length=10), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.LargeBinary(length=60), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'approved' OR approved_at IS NOT NULL", name="ck_comments_dated"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["comments.id"], name="fk_comments_parent_id"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="fk_comments_thread_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_comments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.UniqueConstraint("guid", name="uq_comments_guid"),
    )


def _indexes_of_comments() -> None:
    op.create_index(
        "ix_comments_approved",
        "comments",
        ["approved_at", "id", "thread_id"],
        sqlite_where=sa.text("status = 'approved'"),
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_comments_not_approved",
        "comments",
        ["status", "created_at"],
        sqlite_where=sa.text("status <> 'approved'"),
        postgresql_where=sa.text("status <> 'approved'"),
    )
    op.create_index("ix_comments_parent_id", "comments", ["parent_id"])
    op.create_index("ix_comments_thread_id", "comments", ["thread_id"])
    op.create_index(
        "ix_comments_shown",
        "comments",
        ["thread_id", "section", "place"],
        sqlite_where=sa.text("is_shown = 1"),
        postgresql_where=sa.text("is_shown"),
    )
    op.create_index(
        "ix_comments_thread_approved",
        "comments",
        ["thread_id", "approved_at", "id"],
        sqlite_where=sa.text("status = 'approved'"),
        postgresql_where=sa.text("status = 'approved'"),
    )


def _thread_pages() -> None:
    op.create_table(
        "thread_pages",
        sa.Column("thread_id", big_id, nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_place", sa.LargeBinary(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("roots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="fk_thread_pages_thread_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "section", "number", name="pk_thread_pages"),
    )
