"""People promise each other things, and read of them in calendars of their own."""

import sqlalchemy as sa
from alembic import op

revision = "a1c7e94b36d2"
down_revision = "e83b5d10c6f7"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def _no(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _person(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["users.id"], name=f"fk_{table}_{column}", ondelete=ondelete
    )


def upgrade() -> None:
    _promises()
    _steps()
    _records()
    op.create_table(
        "feed_tokens",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("feed", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _person("feed_tokens", "user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_feed_tokens_token_hash"),
        sa.UniqueConstraint("user_id", "feed", name="uq_feed_tokens_user_id_feed"),
    )


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", big_id, nullable=False),
        sa.Column("promiser_id", big_id),
        sa.Column("promisee_id", big_id),
        sa.Column("by_promiser", sa.Boolean(), nullable=False),
        _no("goes_nowhere"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("source_kind", sa.String(20), nullable=False),
        sa.Column("source_id", big_id),
        sa.Column("state", sa.String(12), nullable=False),
        _number("version"),
        sa.Column("made_at", moment, nullable=False),
        *[
            sa.Column(name, moment)
            for name in ("accepted_at", "done_at", "ended_at", "runs_out_at", "remind_at")
        ],
        *[_number(name) for name in ("reminders", "moves", "not_yets")],
        *[_no(name) for name in ("promiser_shows", "promisee_shows", "reported")],
        _person("promises", "promiser_id", "SET NULL"),
        _person("promises", "promisee_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
    )
    op.create_index("ix_promises_promiser", "promises", ["promiser_id", "id"])
    op.create_index("ix_promises_promisee", "promises", ["promisee_id", "id"])
    op.create_index("ix_promises_source", "promises", ["source_kind", "source_id"])
    for name, column in (("runs_out", "runs_out_at"), ("reminds", "remind_at")):
        waits = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_promises_{name}", "promises", [column], sqlite_where=waits, postgresql_where=waits
        )


def _steps() -> None:
    op.create_table(
        "promise_steps",
        sa.Column("id", big_id, nullable=False),
        sa.Column("promise_id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name="fk_promise_steps_promise_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_promise_steps"),
    )
    op.create_index("ix_promise_steps_promise_id", "promise_steps", ["promise_id"])


def _records() -> None:
    op.create_table(
        "promise_records",
        sa.Column("user_id", big_id, nullable=False),
        _no("is_shown"),
        *[_number(name) for name in ("kept", "people", "lapsed", "unresolved", "withdrawn")],
        sa.Column("counted_at", moment),
        _person("promise_records", "user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_promise_records"),
    )


def downgrade() -> None:
    for table in ("feed_tokens", "promise_records", "promise_steps", "promises"):
        op.drop_table(table)
