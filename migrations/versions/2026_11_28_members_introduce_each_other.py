"""Members know each other, introduce each other, write to each other about it, and thank each other."""

import sqlalchemy as sa
from alembic import op

revision = "e83b5d10c6f7"
down_revision = "d82b6f14c093"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def _no(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _person(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["users.id"], name=f"fk_{table}_{column}", ondelete=ondelete
    )


def upgrade() -> None:
    _connections()
    _introductions()
    _choices()
    _conversations()
    _thanks()


def _connections() -> None:
    op.create_table(
        "connections",
        sa.Column("id", big_id, nullable=False),
        sa.Column("first_id", big_id, nullable=False),
        sa.Column("second_id", big_id, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source_kind", sa.String(20), nullable=False),
        sa.Column("source_id", big_id),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("confirmed_at", moment),
        _no("first_says_yes"),
        _no("second_says_yes"),
        _no("first_removed"),
        _no("second_removed"),
        _no("first_allows_paths"),
        _no("second_allows_paths"),
        sa.CheckConstraint("first_id <= second_id", name="ck_connections_in_order"),
        _person("connections", "first_id"),
        _person("connections", "second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_connections_first_id_second_id"),
    )
    op.create_index("ix_connections_second", "connections", ["second_id", "first_id"])
    confirmed = sa.text("state = 'confirmed'")
    op.create_index(
        "ix_connections_confirmed",
        "connections",
        ["first_id", "second_id"],
        sqlite_where=confirmed,
        postgresql_where=confirmed,
    )


def _introductions() -> None:
    op.create_table(
        "introductions",
        sa.Column("id", big_id, nullable=False),
        sa.Column("requester_id", big_id),
        sa.Column("connector_id", big_id),
        sa.Column("target_id", big_id),
        sa.Column("target_name", sa.String(80), nullable=False),
        _no("by_connector"),
        _no("goes_nowhere"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("about_me", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("what_i_ask", sa.String(), nullable=False),
        sa.Column("what_i_give", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("note_to_first", sa.String(), nullable=False),
        sa.Column("word_to_connector", sa.String(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("passed_on_at", moment),
        sa.Column("introduced_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("due_at", moment),
        sa.Column("asked_whether_at", moment),
        sa.Column("requester_talked", sa.Boolean()),
        sa.Column("target_talked", sa.Boolean()),
        _person("introductions", "requester_id", "SET NULL"),
        _person("introductions", "connector_id", "SET NULL"),
        _person("introductions", "target_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_introductions"),
    )
    for part in ("requester", "connector", "target"):
        op.create_index(f"ix_introductions_{part}", "introductions", [f"{part}_id", "id"])
    runs_out = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_introductions_due",
        "introductions",
        ["due_at"],
        sqlite_where=runs_out,
        postgresql_where=runs_out,
    )


def _choices() -> None:
    op.create_table(
        "introduction_choices",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("a_month", sa.Integer(), nullable=False),
        _no("shows_talks"),
        sa.CheckConstraint("a_month BETWEEN 0 AND 10", name="ck_introduction_choices_a_month"),
        _person("introduction_choices", "user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_introduction_choices"),
    )
    op.create_table(
        "never_introduced",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("other_id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        _person("never_introduced", "user_id"),
        _person("never_introduced", "other_id"),
        sa.PrimaryKeyConstraint("user_id", "other_id", name="pk_never_introduced"),
    )
    op.create_index("ix_never_introduced_other_id", "never_introduced", ["other_id"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", big_id, nullable=False),
        sa.Column("owner_kind", sa.String(16), nullable=False),
        sa.Column("owner_id", big_id, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("moved_at", moment, nullable=False),
        sa.Column("closed_at", moment),
        sa.Column("reported_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("owner_kind", "owner_id", name="uq_conversations_owner_kind_owner_id"),
    )
    op.create_index("ix_conversations_moved_at", "conversations", ["moved_at"])
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_conversations_closed",
        "conversations",
        ["closed_at"],
        sqlite_where=closed,
        postgresql_where=closed,
    )
    its_conversation = {"name": "fk_conversation_parties_conversation_id", "ondelete": "CASCADE"}
    op.create_table(
        "conversation_parties",
        sa.Column("conversation_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.Column("left_at", moment),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], **its_conversation),
        _person("conversation_parties", "user_id"),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name="pk_conversation_parties"),
    )
    op.create_index("ix_conversation_parties_user_id", "conversation_parties", ["user_id"])
    _messages()


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", big_id, nullable=False),
        sa.Column("conversation_id", big_id, nullable=False),
        sa.Column("author_id", big_id),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reported_at", moment),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_messages_conversation_id",
            ondelete="CASCADE",
        ),
        _person("messages", "author_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "id"])
    op.create_index("ix_messages_author_id", "messages", ["author_id"])


def _thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("id", big_id, nullable=False),
        sa.Column("from_id", big_id, nullable=False),
        sa.Column("to_id", big_id, nullable=False),
        sa.Column("source_kind", sa.String(16), nullable=False),
        sa.Column("source_id", big_id, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _no("is_public"),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("agreed_at", moment),
        sa.Column("withdrawn_at", moment),
        _person("thanks", "from_id"),
        _person("thanks", "to_id"),
        sa.PrimaryKeyConstraint("id", name="pk_thanks"),
        sa.UniqueConstraint(
            "from_id",
            "to_id",
            "source_kind",
            "source_id",
            name="uq_thanks_from_id_to_id_source_kind_source_id",
        ),
    )
    op.create_index("ix_thanks_to", "thanks", ["to_id", "id"])


def downgrade() -> None:
    for table in (
        "thanks",
        "messages",
        "conversation_parties",
        "conversations",
        "never_introduced",
        "introduction_choices",
        "introductions",
        "connections",
    ):
        op.drop_table(table)
