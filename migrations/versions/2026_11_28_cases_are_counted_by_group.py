"""What stands in the queue is counted by group: those who moderate one see how much waits there."""

import sqlalchemy as sa
from alembic import op

revision = "e2b71c4d9f06"
down_revision = "d85e1f03c7a9"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("case_counts")
    op.create_table(
        "case_counts",
        sa.Column("tab", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tab", "kind", "group_id", name="pk_case_counts"),
    )
    op.execute(
        "INSERT INTO case_counts (tab, kind, group_id, number)"
        " SELECT tab, kind, COALESCE(group_id, 0), COUNT(*) FROM cases"
        " GROUP BY tab, kind, COALESCE(group_id, 0)"
    )


def downgrade() -> None:
    op.drop_table("case_counts")
    op.create_table(
        "case_counts",
        sa.Column("tab", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tab", "kind", name="pk_case_counts"),
    )
    op.execute(
        "INSERT INTO case_counts (tab, kind, number)"
        " SELECT tab, kind, COUNT(*) FROM cases GROUP BY tab, kind"
    )
