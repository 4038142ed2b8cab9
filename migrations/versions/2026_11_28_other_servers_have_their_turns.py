"""How often other people's servers are asked is counted for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "d85f1b3c6e07"
down_revision = "a07f3d52e6c9"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbound_turns",
        sa.Column("id", big_id, nullable=False),
        sa.Column("server", sa.String(length=260), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kept_for", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbound_turns"),
    )
    op.create_index("ix_outbound_turns_server_at", "outbound_turns", ["server", "at"])
    kept = sa.text("kept_for <> ''")
    op.create_index(
        "ix_outbound_turns_kept",
        "outbound_turns",
        ["kept_for", "server"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def downgrade() -> None:
    op.drop_table("outbound_turns")
