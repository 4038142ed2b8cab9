"""Programs that act for somebody have passwords of their own."""

import sqlalchemy as sa
from alembic import op

revision = "a07f3d52e6c9"
down_revision = "c41e7a90d2f6"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "application_passwords",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_application_passwords_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_application_passwords"),
        sa.UniqueConstraint("token_hash", name="uq_application_passwords_token_hash"),
    )
    op.create_index("ix_application_passwords_user_id", "application_passwords", ["user_id"])


def downgrade() -> None:
    op.drop_table("application_passwords")
