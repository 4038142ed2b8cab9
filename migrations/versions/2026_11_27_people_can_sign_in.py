"""People can sign in: roles, passwords, sessions, mailed links, limits and what was changed by whom."""

import sqlalchemy as sa
from alembic import op

revision = "c4d81e6a2f95"
down_revision = "2f6c1a90b7d3"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _allowances()
    _user_sessions()
    _one_time_links()
    _audit_entries()
    _more_of_users()


def downgrade() -> None:
    _less_of_users()
    for table in (
        "audit_entries",
        "one_time_links",
        "user_sessions",
        "allowances",
    ):
        op.drop_table(table)


def _allowances() -> None:
    op.create_table(
        "allowances",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("stale_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_allowances"),
    )
    op.create_index("ix_allowances_stale_at", "allowances", ["stale_at"])


def _user_sessions() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_sessions_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_user_sessions_token_hash"),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])


def _one_time_links() -> None:
    op.create_table(
        "one_time_links",
        sa.Column("id", big_id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("subject_id", big_id, nullable=True),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_one_time_links_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_links"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_links_token_hash"),
    )
    op.create_index("ix_one_time_links_expires_at", "one_time_links", ["expires_at"])


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", big_id, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("thing", sa.String(length=100), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_audit_entries_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ix_audit_entries_user", "audit_entries", ["user_id", "at"])


def _more_of_users() -> None:
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("roles", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(
            sa.Column("password_hash", sa.String(length=255), nullable=False, server_default="")
        )
        table.add_column(
            sa.Column("totp_secret", sa.String(length=64), nullable=False, server_default="")
        )
        table.add_column(sa.Column("totp_step", big_id, nullable=False, server_default="0"))
        table.add_column(sa.Column("email_confirmed_at", moment, nullable=True))
        table.add_column(
            sa.Column(
                "moderation_mail", sa.String(length=10), nullable=False, server_default="hourly"
            )
        )
        table.add_column(sa.Column("moderation_mailed_at", moment, nullable=True))


def _less_of_users() -> None:
    with op.batch_alter_table("users") as table:
        table.drop_column("moderation_mailed_at")
        table.drop_column("moderation_mail")
        table.drop_column("email_confirmed_at")
        table.drop_column("totp_step")
        table.drop_column("totp_secret")
        table.drop_column("password_hash")
        table.drop_column("roles")
