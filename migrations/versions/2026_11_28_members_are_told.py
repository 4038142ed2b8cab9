"""Members have an inbox of notices, and choose how they hear of what."""

import sqlalchemy as sa
from alembic import op

revision = "d7a31f60c2e8"
down_revision = "d85e1f03c7a9"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)

_UNREAD = sa.text("read_at IS NULL AND gone_at IS NULL")
_READ = sa.text("read_at IS NOT NULL AND gone_at IS NULL")
_TO_BE_MAILED = sa.text("mail_at IS NOT NULL")


def upgrade() -> None:
    for column in _of_users():
        op.add_column("users", column)
    _notices()
    op.create_table(
        "notice_levels",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("family", sa.String(length=20), nullable=False),
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notice_levels_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "family", "group_id", name="pk_notice_levels"),
    )
    op.create_table(
        "notice_mutes",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("thread", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notice_mutes_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "thread", name="pk_notice_mutes"),
    )


def downgrade() -> None:
    op.drop_table("notice_mutes")
    op.drop_table("notice_levels")
    op.drop_table("notices")
    for column in reversed(_of_users()):
        op.drop_column("users", column.name)


def _of_users() -> list[sa.Column]:
    return [
        sa.Column("timezone", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("language", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("mail_hour", sa.Integer(), nullable=False, server_default="8"),
        sa.Column("mail_weekday", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reminded_at", moment, nullable=True),
        sa.Column("unread_notices", sa.Integer(), nullable=False, server_default="0"),
    ]


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by_id", big_id, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("thread", sa.String(length=80), nullable=False),
        sa.Column("group_id", big_id, nullable=True),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("mail_at", moment, nullable=True),
        sa.Column("mailed_at", moment, nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("gone_at", moment, nullable=True),
        sa.CheckConstraint(
            "mail_at IS NULL OR (mailed_at IS NULL AND read_at IS NULL AND gone_at IS NULL)",
            name="ck_notices_mailed_once",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notices_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name="fk_notices_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("user_id", "once", name="uq_notices_user_id_once"),
    )
    for name, columns, where in (
        ("ix_notices_unread", ["user_id", "id"], _UNREAD),
        ("ix_notices_read", ["user_id", "id"], _READ),
        ("ix_notices_to_be_mailed", ["mail_at", "user_id"], _TO_BE_MAILED),
        ("ix_notices_about", ["about"], None),
        ("ix_notices_by_id", ["by_id"], None),
    ):
        op.create_index(name, "notices", columns, sqlite_where=where, postgresql_where=where)
