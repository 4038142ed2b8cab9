"""Moderators give each other work, keep keys of their own, and find things in the log."""

import sqlalchemy as sa
from alembic import op

revision = "b6d2f05c91ae"
down_revision = "9d40c7e1b358"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, column in (("cases", "assigned_by"), ("decisions", "given_to")):
        _point_at_users(table, column)
    op.create_index("ix_decisions_user", "decisions", ["user_id", "at", "id"])
    op.create_index("ix_decisions_verb", "decisions", ["verb", "at", "id"])
    op.create_table(
        "console_keys",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_console_keys_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_console_keys"),
    )


def downgrade() -> None:
    op.drop_table("console_keys")
    op.drop_index("ix_decisions_verb", table_name="decisions")
    op.drop_index("ix_decisions_user", table_name="decisions")
    for table, column in (("decisions", "given_to"), ("cases", "assigned_by")):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
            batch.drop_column(column)


def _point_at_users(table: str, column: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column, big_id, nullable=True))
        batch.create_foreign_key(
            f"fk_{table}_{column}", "users", [column], ["id"], ondelete="SET NULL"
        )
