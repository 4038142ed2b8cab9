"""Members ask each other for help, and offer it."""

import sqlalchemy as sa
from alembic import op

revision = "e7b40c5a19d2"
down_revision = "d81f3c6a2e97"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_asks()
    _create_offers()
    _create_answers()


def downgrade() -> None:
    for table in ("ask_passings", "helpings", "offers", "asks"):
        op.drop_table(table)


def _create_asks() -> None:
    op.create_table(
        "asks",
        sa.Column("topic_id", big_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("is_commercial", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("outcome", sa.String(500), nullable=False),
        sa.Column("met_by", big_id),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_asks_topic_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["met_by"], ["users.id"], name="fk_asks_met_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("topic_id", name="pk_asks"),
    )
    op.create_index("ix_asks_met_by", "asks", ["met_by"])
    op.create_index("ix_asks_listed", "asks", ["state", "needed_by", "topic_id"])
    op.create_index(
        "ix_asks_running", "asks", ["expires_at"],
        sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip


def _create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("topic_id", big_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("is_commercial", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("outcome", sa.String(500), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND times", name="ck_offers_no_more_than_offered"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_offers_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", name="pk_offers"),
    )
    op.create_index("ix_offers_listed", "offers", ["state", "valid_until", "topic_id"])
    op.create_index(
        "ix_offers_running", "offers", ["expires_at"],
        sqlite_where=sa.text("state IN ('open', 'full')"),
        postgresql_where=sa.text("state IN ('open', 'full')"),
    )  # fmt: skip


def _create_answers() -> None:
    op.create_table(
        "helpings",
        sa.Column("id", big_id, nullable=False),
        sa.Column("topic_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("words", sa.String(280), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_helpings_topic_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_helpings_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_helpings"),
        sa.UniqueConstraint("topic_id", "user_id", name="uq_helpings_once"),
    )
    op.create_index("ix_helpings_user", "helpings", ["user_id", "made_at"])
    op.create_table(
        "ask_passings",
        sa.Column("topic_id", big_id, nullable=False),
        sa.Column("from_id", big_id, nullable=False),
        sa.Column("to_id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_ask_passings_topic_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["users.id"], name="fk_ask_passings_from_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["users.id"], name="fk_ask_passings_to_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "from_id", "to_id", name="pk_ask_passings"),
    )
    op.create_index("ix_ask_passings_to_id", "ask_passings", ["to_id"])
    op.create_index("ix_ask_passings_from", "ask_passings", ["from_id", "at"])
