"""There are groups, with members, and threads may hang on what is started there."""

import sqlalchemy as sa
from alembic import op

revision = "d85e1f03c7a9"
down_revision = "c4d90a7be215"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_groups()
    _create_members()
    _create_topics()
    with op.batch_alter_table("threads") as threads:
        threads.alter_column("post_id", existing_type=big_id, nullable=True)
        threads.add_column(sa.Column("topic_id", big_id))
        threads.add_column(sa.Column("group_id", big_id))
        threads.create_foreign_key(
            "fk_threads_topic_id", "topics", ["topic_id"], ["id"], ondelete="CASCADE"
        )
        threads.create_foreign_key(
            "fk_threads_group_id", "groups", ["group_id"], ["id"], ondelete="CASCADE"
        )
        threads.create_unique_constraint("uq_threads_topic_id", ["topic_id"])
        threads.create_check_constraint(
            "ck_threads_one_home", "(post_id IS NULL) <> (topic_id IS NULL)"
        )
    op.create_index("ix_threads_group_id", "threads", ["group_id"])
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("group_id", big_id))
        cases.create_foreign_key(
            "fk_cases_group_id", "groups", ["group_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(
        "ix_cases_group", "cases", ["group_id", "tab", "arrived_at"],
        sqlite_where=sa.text("group_id IS NOT NULL"),
        postgresql_where=sa.text("group_id IS NOT NULL"),
    )  # fmt: skip
    with op.batch_alter_table("site") as site:
        site.add_column(
            sa.Column(
                "members_found_groups", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    # A group has a log of its own.
    op.create_index("ix_audit_entries_thing", "audit_entries", ["thing", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_thing", "audit_entries")
    with op.batch_alter_table("site") as site:
        site.drop_column("members_found_groups")
    op.execute("DELETE FROM cases WHERE group_id IS NOT NULL")
    op.execute(
        "DELETE FROM comments WHERE thread_id IN (SELECT id FROM threads WHERE topic_id IS NOT NULL)"
    )
    op.execute("DELETE FROM threads WHERE topic_id IS NOT NULL")
    op.drop_index("ix_cases_group", "cases")
    with op.batch_alter_table("cases") as cases:
        cases.drop_constraint("fk_cases_group_id", type_="foreignkey")
        cases.drop_column("group_id")
    op.drop_index("ix_threads_group_id", "threads")
    with op.batch_alter_table("threads") as threads:
        threads.drop_constraint("ck_threads_one_home", type_="check")
        threads.drop_constraint("uq_threads_topic_id", type_="unique")
        threads.drop_constraint("fk_threads_group_id", type_="foreignkey")
        threads.drop_constraint("fk_threads_topic_id", type_="foreignkey")
        threads.drop_column("group_id")
        threads.drop_column("topic_id")
        threads.alter_column("post_id", existing_type=big_id, nullable=False)
    for table in ("topic_readings", "topics", "group_invitations", "memberships", "groups"):
        op.drop_table(table)


def _create_groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", big_id, nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("guid", sa.String(200), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("about_source", sa.String(), nullable=False),
        sa.Column("about_html", sa.Text(), nullable=False),
        sa.Column("rules_source", sa.String(), nullable=False),
        sa.Column("rules_html", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("joining", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("read_only_until", moment),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("members_start", sa.Boolean(), nullable=False),
        sa.Column("holds_first", sa.Integer(), nullable=False),
        sa.Column("slow_seconds", sa.Integer(), nullable=False),
        sa.Column("daily_topics", sa.Integer(), nullable=False),
        sa.Column("daily_replies", sa.Integer(), nullable=False),
        sa.Column("takes_commercial", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", big_id),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("topic_count", sa.Integer(), nullable=False),
        sa.Column("last_said_at", moment),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="fk_groups_created_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("slug", name="uq_groups_slug"),
        sa.UniqueConstraint("guid", name="uq_groups_guid"),
    )
    op.create_index("ix_groups_listed", "groups", ["state", "visibility", "last_said_at", "id"])


def _create_members() -> None:
    op.create_table(
        "memberships",
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", moment),
        sa.Column("joined_at", moment),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("rules_accepted_at", moment),
        sa.Column("until", moment),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_memberships_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_memberships_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", name="pk_memberships"),
    )
    op.create_index(
        "ix_memberships_group", "memberships", ["group_id", "state", "joined_at", "user_id"]
    )
    op.create_index("ix_memberships_user", "memberships", ["user_id", "state", "group_id"])
    op.create_table(
        "group_invitations",
        sa.Column("id", big_id, nullable=False),
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_by", big_id),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", moment),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_group_invitations_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name="fk_group_invitations_made_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_group_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_group_invitations_token_hash"),
    )
    op.create_index("ix_group_invitations_group_id", "group_invitations", ["group_id"])


def _create_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", big_id, nullable=False),
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("user_id", big_id),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("slug", sa.String(120), nullable=False),
        sa.Column("guid", sa.String(200), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("opening_id", big_id),
        sa.Column("solved_by", big_id),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("last_said_at", moment, nullable=False),
        sa.Column("last_said_by", sa.String(200), nullable=False),
        sa.Column("moved_to", big_id),
        sa.Column("about_post_id", big_id),
        sa.Column("about_comment_id", big_id),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("moved_to IS NULL OR moved_to <> id", name="ck_topics_moved_elsewhere"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_topics_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_topics_user_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["moved_to"], ["topics.id"], name="fk_topics_moved_to", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["about_post_id"], ["posts.id"], name="fk_topics_about_post_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("guid", name="uq_topics_guid"),
    )
    for name, *columns in (
        ("ix_topics_listed", "group_id", "is_pinned", "last_said_at", "id"),
        ("ix_topics_kind", "group_id", "kind", "last_said_at", "id"),
        ("ix_topics_started", "group_id", "created_at", "id"),
    ):
        op.create_index(
            name, "topics", columns,
            sqlite_where=sa.text("is_shown = 1"), postgresql_where=sa.text("is_shown"),
        )  # fmt: skip
    op.create_index("ix_topics_user_id", "topics", ["user_id"])
    op.create_index("ix_topics_about_post_id", "topics", ["about_post_id"])
    op.create_table(
        "topic_readings",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("topic_id", big_id, nullable=False),
        sa.Column("comment_id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("follows", sa.Boolean()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_topic_readings_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_topic_readings_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "topic_id", name="pk_topic_readings"),
    )
    op.create_index("ix_topic_readings_topic_id", "topic_readings", ["topic_id"])
