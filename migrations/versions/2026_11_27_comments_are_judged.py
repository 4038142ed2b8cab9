"""Comments are judged: author keys, the queue, the log of decisions, lists, and what was learned."""

import sqlalchemy as sa
from alembic import op

revision = "7e93b0d5c618"
down_revision = "c4d81e6a2f95"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _author_keys()
    _author_notes()
    _cases()
    _case_counts()
    _batches()
    _decisions()
    _learned_blocks()
    _learned_state()
    _listed()
    _saved_filters()
    _sampled()
    _corrections()
    _akismet_health()
    _more_of_site()


def downgrade() -> None:
    _less_of_site()
    for table in (
        "akismet_health",
        "corrections",
        "sampled",
        "saved_filters",
        "listed",
        "learned_state",
        "learned_blocks",
        "decisions",
        "batches",
        "case_counts",
        "cases",
        "author_notes",
        "author_keys",
    ):
        op.drop_table(table)


def _author_keys() -> None:
    op.create_table(
        "author_keys",
        sa.Column("id", big_id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("approved_days", sa.JSON(), nullable=False),
        sa.Column("last_spam_at", moment, nullable=True),
        sa.Column("first_seen_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_author_keys_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_author_keys"),
        sa.UniqueConstraint("key", name="uq_author_keys_key"),
    )
    op.create_index("ix_author_keys_user_id", "author_keys", ["user_id"])


def _author_notes() -> None:
    op.create_table(
        "author_notes",
        sa.Column("id", big_id, nullable=False),
        sa.Column("author_key_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_key_id"],
            ["author_keys.id"],
            name="fk_author_notes_author_key_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_author_notes_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_author_notes"),
    )
    op.create_index("ix_author_notes_author_key_id", "author_notes", ["author_key_id"])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("author_key_id", big_id, nullable=True),
        sa.Column("tab", sa.String(length=10), nullable=False),
        sa.Column("arrived_at", moment, nullable=False),
        sa.Column("moved_at", moment, nullable=False),
        sa.Column("check_state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", moment, nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("reason_codes", sa.String(length=500), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("akismet", sa.String(length=10), nullable=False),
        sa.Column("doubt", sa.Float(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("is_proved", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("claimed_by", big_id, nullable=True),
        sa.Column("claimed_at", moment, nullable=True),
        sa.Column("looked_by", big_id, nullable=True),
        sa.Column("looked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_key_id"],
            ["author_keys.id"],
            name="fk_cases_author_key_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["users.id"], name="fk_cases_claimed_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["looked_by"], ["users.id"], name="fk_cases_looked_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_cases_post_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("kind", "item_id", name="uq_cases_kind_item_id"),
    )
    op.create_index("ix_cases_author", "cases", ["author_key_id", "tab", "arrived_at"])
    op.create_index(
        "ix_cases_check",
        "cases",
        ["check_state", "retry_at"],
        sqlite_where=sa.text("check_state <> 'done'"),
        postgresql_where=sa.text("check_state <> 'done'"),
    )
    op.create_index(
        "ix_cases_claimed",
        "cases",
        ["claimed_by"],
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_doubt",
        "cases",
        ["tab", "doubt", "id"],
        sqlite_where=sa.text("tab = 'spam'"),
        postgresql_where=sa.text("tab = 'spam'"),
    )
    op.create_index("ix_cases_item_id", "cases", ["item_id"])
    op.create_index("ix_cases_post", "cases", ["post_id", "tab", "arrived_at"])
    op.create_index("ix_cases_tab", "cases", ["tab", "arrived_at", "id"])


def _case_counts() -> None:
    op.create_table(
        "case_counts",
        sa.Column("tab", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tab", "kind", name="pk_case_counts"),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("reached", big_id, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("undo_asked_at", moment, nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("left_alone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_batches_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("is_by_person", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", big_id, nullable=False),
        sa.Column("author_key_id", big_id, nullable=True),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("was", sa.String(length=10), nullable=False),
        sa.Column("became", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("batch_id", big_id, nullable=True),
        sa.Column("reverses_id", big_id, nullable=True),
        sa.Column("label", sa.String(length=4), nullable=False),
        sa.Column("unlearns", sa.Boolean(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.String(length=32), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_key_id"],
            ["author_keys.id"],
            name="fk_decisions_author_key_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name="fk_decisions_batch_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_decisions_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at", "id"])
    op.create_index("ix_decisions_author_key_id", "decisions", ["author_key_id"])
    op.create_index(
        "ix_decisions_batch",
        "decisions",
        ["batch_id", "id"],
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index("ix_decisions_item", "decisions", ["kind", "item_id"])
    op.create_index(
        "ix_decisions_lessons",
        "decisions",
        ["id"],
        sqlite_where=sa.text("label <> ''"),
        postgresql_where=sa.text("label <> ''"),
    )
    op.create_index("ix_decisions_reverses_id", "decisions", ["reverses_id"])
    op.create_index(
        "ix_decisions_text",
        "decisions",
        ["text_hash", "at"],
        sqlite_where=sa.text("text_hash <> ''"),
        postgresql_where=sa.text("text_hash <> ''"),
    )


def _learned_blocks() -> None:
    op.create_table(
        "learned_blocks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_learned_blocks"),
    )


def _learned_state() -> None:
    op.create_table(
        "learned_state",
        sa.Column("id", big_id, nullable=False),
        sa.Column("seed", big_id, nullable=False),
        sa.Column("reached", big_id, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learned_state"),
    )


def _listed() -> None:
    op.create_table(
        "listed",
        sa.Column("id", big_id, nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_listed_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listed"),
        sa.UniqueConstraint("effect", "kind", "value", name="uq_listed_effect_kind_value"),
    )


def _saved_filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_saved_filters_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
    )
    op.create_index("ix_saved_filters_user_id", "saved_filters", ["user_id"])


def _sampled() -> None:
    op.create_table(
        "sampled",
        sa.Column("id", big_id, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("case_id", big_id, nullable=False),
        sa.Column("was_mistake", sa.Boolean(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_sampled_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sampled"),
    )
    op.create_index("ix_sampled_week", "sampled", ["week"])


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", big_id, nullable=False),
        sa.Column("comment_id", big_id, nullable=False),
        sa.Column("decision_id", big_id, nullable=False),
        sa.Column("label", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("trouble", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_corrections_comment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("decision_id", name="uq_corrections_decision_id"),
    )
    op.create_index("ix_corrections_comment_id", "corrections", ["comment_id"])
    op.create_index(
        "ix_corrections_waiting",
        "corrections",
        ["retry_at", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _akismet_health() -> None:
    op.create_table(
        "akismet_health",
        sa.Column("id", big_id, nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("trouble", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_akismet_health"),
    )


def _more_of_site() -> None:
    with op.batch_alter_table("site") as table:
        table.add_column(
            sa.Column("comments_open", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(
            sa.Column("holds_everything", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(
            sa.Column("holds_first", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(
            sa.Column("comments_close_after", sa.Integer(), nullable=False, server_default="0")
        )
        table.add_column(
            sa.Column("links_allowed", sa.Integer(), nullable=False, server_default="2")
        )
        table.add_column(sa.Column("spam_above", sa.Float(), nullable=False, server_default="0.95"))
        table.add_column(sa.Column("ham_below", sa.Float(), nullable=False, server_default="0.2"))


def _less_of_site() -> None:
    with op.batch_alter_table("site") as table:
        table.drop_column("ham_below")
        table.drop_column("spam_above")
        table.drop_column("links_allowed")
        table.drop_column("comments_close_after")
        table.drop_column("holds_first")
        table.drop_column("holds_everything")
        table.drop_column("comments_open")
