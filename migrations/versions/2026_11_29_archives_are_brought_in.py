"""An archive that is being brought in says how far it has come."""

import sqlalchemy as sa
from alembic import op

revision = "c3a9f1d7e520"
down_revision = "d15b9e3c7a42"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "archive_imports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reached", sa.String(80), nullable=False),
        sa.Column("line", _ID, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("id = 1", name=op.f("ck_archive_imports_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_imports")),
    )


def downgrade() -> None:
    op.drop_table("archive_imports")
