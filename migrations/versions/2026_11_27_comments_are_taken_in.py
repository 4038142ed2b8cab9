"""Comments are taken in: who wrote them, their edits, who follows them, and the letters about them."""

import sqlalchemy as sa
from alembic import op

revision = "e15fa27c8b40"
down_revision = "7e93b0d5c618"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _comment_edits()
    _follows()
    _refusals()
    _letters()
    _jobs()
    _job_workers()
    _scheduled_posts()
    _more_of_comments()


def downgrade() -> None:
    _less_of_comments()
    op.drop_index("ix_posts_scheduled", table_name="posts")
    for table in (
        "job_workers",
        "jobs",
        "letters",
        "refusals",
        "follows",
        "comment_edits",
    ):
        op.drop_table(table)


def _comment_edits() -> None:
    op.create_table(
        "comment_edits",
        sa.Column("id", big_id, nullable=False),
        sa.Column("comment_id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_comment_edits_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_comment_edits_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comment_edits"),
    )
    op.create_index("ix_comment_edits_comment_id", "comment_edits", ["comment_id"])


def _follows() -> None:
    op.create_table(
        "follows",
        sa.Column("id", big_id, nullable=False),
        sa.Column("thread_id", big_id, nullable=False),
        sa.Column("comment_id", big_id, nullable=True),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_follows_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name="fk_follows_thread_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_follows_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follows"),
    )
    op.create_index("ix_follows_email", "follows", ["email"])
    op.create_index("ix_follows_thread", "follows", ["thread_id", "comment_id"])


def _refusals() -> None:
    op.create_table(
        "refusals",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_refusals"),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", big_id, nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", moment, nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("message_id", name="uq_letters_message_id"),
    )
    op.create_index("ix_letters_about", "letters", ["about"])
    op.create_index("ix_letters_recipient", "letters", ["recipient"])
    op.create_index(
        "ix_letters_waiting",
        "letters",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", big_id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    for name, columns, condition in (
        ("ix_jobs_due", ["due_at", "id"], "state = 'waiting'"),
        ("ix_jobs_once", ["name", "once"], "once <> ''"),
        ("ix_jobs_taken", ["state", "due_at"], "state <> 'waiting'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "jobs", columns, sqlite_where=where, postgresql_where=where)


def _job_workers() -> None:
    op.create_table(
        "job_workers",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_workers"),
    )


def _scheduled_posts() -> None:
    op.create_index(
        "ix_posts_scheduled",
        "posts",
        ["published_at"],
        sqlite_where=sa.text("status = 'scheduled'"),
        postgresql_where=sa.text("status = 'scheduled'"),
    )


def _more_of_comments() -> None:
    with op.batch_alter_table("comments") as table:
        table.add_column(
            sa.Column("referrer", sa.String(length=500), nullable=False, server_default="")
        )
        table.add_column(sa.Column("author_key_id", big_id, nullable=True))
        table.add_column(
            sa.Column("text_hash", sa.String(length=32), nullable=False, server_default="")
        )
        table.add_column(
            sa.Column("status_before", sa.String(length=10), nullable=False, server_default="")
        )
        table.add_column(sa.Column("decided_at", moment, nullable=True))
        table.create_foreign_key(
            "fk_comments_author_key_id",
            "author_keys",
            ["author_key_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index(
        "ix_comments_address",
        "comments",
        ["created_at"],
        sqlite_where=sa.text("author_ip <> ''"),
        postgresql_where=sa.text("author_ip <> ''"),
    )
    op.create_index(
        "ix_comments_author",
        "comments",
        ["author_key_id", "status", "created_at"],
        sqlite_where=sa.text("author_key_id IS NOT NULL"),
        postgresql_where=sa.text("author_key_id IS NOT NULL"),
    )
    op.create_index(
        "ix_comments_text",
        "comments",
        ["text_hash", "created_at"],
        sqlite_where=sa.text("text_hash <> ''"),
        postgresql_where=sa.text("text_hash <> ''"),
    )
    op.create_index(
        "ix_comments_waiting",
        "comments",
        ["author_ip"],
        sqlite_where=sa.text("status = 'pending' AND author_ip <> ''"),
        postgresql_where=sa.text("status = 'pending' AND author_ip <> ''"),
    )


def _less_of_comments() -> None:
    op.drop_index("ix_comments_waiting", table_name="comments")
    op.drop_index("ix_comments_address", table_name="comments")
    op.drop_index("ix_comments_author", table_name="comments")
    op.drop_index("ix_comments_text", table_name="comments")
    with op.batch_alter_table("comments") as table:
        table.drop_constraint("fk_comments_author_key_id", type_="foreignkey")
        table.drop_column("decided_at")
        table.drop_column("status_before")
        table.drop_column("text_hash")
        table.drop_column("author_key_id")
        table.drop_column("referrer")
