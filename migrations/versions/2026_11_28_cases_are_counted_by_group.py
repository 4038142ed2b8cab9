"""What stands in the queue is counted by group, and readers report what should not be there."""

import sqlalchemy as sa
from alembic import op

revision = "e2b71c4d9f06"
down_revision = "e7b40c5a19d2"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("CREATE TABLE counts_before AS SELECT tab, kind, number FROM case_counts")
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
        " SELECT tab, kind, 0, number - (SELECT COUNT(*) FROM cases WHERE group_id IS NOT NULL"
        " AND cases.tab = counts_before.tab AND cases.kind = counts_before.kind)"
        " FROM counts_before"
    )
    op.execute(
        "INSERT INTO case_counts (tab, kind, group_id, number)"
        " SELECT tab, kind, group_id, COUNT(*) FROM cases"
        " WHERE group_id IS NOT NULL GROUP BY tab, kind, group_id"
    )
    op.drop_table("counts_before")
    _create_reports()


def downgrade() -> None:
    op.drop_table("reports")
    op.execute(
        "CREATE TABLE counts_before AS"
        " SELECT tab, kind, SUM(number) AS number FROM case_counts GROUP BY tab, kind"
    )
    op.drop_table("case_counts")
    op.create_table(
        "case_counts",
        sa.Column("tab", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tab", "kind", name="pk_case_counts"),
    )
    op.execute(
        "INSERT INTO case_counts (tab, kind, number) SELECT tab, kind, number FROM counts_before"
    )
    op.drop_table("counts_before")


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", big_id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item_id", big_id, nullable=False),
        sa.Column("group_id", big_id),
        sa.Column("user_id", big_id),
        sa.Column("reporter", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("decided_at", moment),
        sa.Column("decided_by", big_id),
        sa.Column("decision_id", big_id),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_reports_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_reports_user_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name="fk_reports_decided_by", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_reports_item", "reports", ["kind", "item_id", "state"])
    op.create_index("ix_reports_reporter", "reports", ["reporter", "at"])
    op.create_index("ix_reports_user_id", "reports", ["user_id"])
    op.create_index("ix_reports_decision_id", "reports", ["decision_id"])
    op.create_index(
        "ix_reports_open", "reports", ["kind", "item_id", "reporter"], unique=True,
        sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
