"""Owners hand exports in, and read afterwards what came of them."""

import sqlalchemy as sa
from alembic import op

revision = "e17b40c9d35a"
down_revision = "d40a7c92e5b8"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site_imports",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("size", _BIG, nullable=False),
        sa.Column("fetches_files", sa.Boolean(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("step", sa.String(80), nullable=False),
        sa.Column("done", _BIG, nullable=False),
        sa.Column("all", _BIG, nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_site_imports_user_id_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_site_imports"),
    )
    op.create_index("ix_site_imports_user_id", "site_imports", ["user_id"])


def downgrade() -> None:
    op.drop_table("site_imports")
