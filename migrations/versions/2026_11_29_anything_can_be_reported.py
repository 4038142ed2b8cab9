"""Whether something is reported is asked of the reports; and who asks to join a group stands in the queue."""

import sqlalchemy as sa
from alembic import op

revision = "c81f5a02d6b3"
down_revision = "a4c07be19d35"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("promises") as promises:
        promises.drop_column("reported")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("reported_at")
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("reported_at")
    op.create_table(
        "join_requests",
        sa.Column("id", big_id, nullable=False),
        sa.Column("group_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_join_requests"),
        sa.UniqueConstraint("group_id", "user_id", name="uq_join_requests_group_id_user_id"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_join_requests_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_join_requests_user_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_join_requests_user_id", "join_requests", ["user_id"])
    _queue_up_who_asks()


def _queue_up_who_asks() -> None:
    op.execute(
        "INSERT INTO join_requests (group_id, user_id)"
        " SELECT group_id, user_id FROM memberships"
        " WHERE state = 'requested' AND asked_at IS NOT NULL"
    )
    op.execute(
        "INSERT INTO cases (kind, item_id, group_id, tab, arrived_at, moved_at, check_state, tries,"
        " reasons, reason_codes, akismet, doubt, links, is_proved, version)"
        " SELECT 'joining', join_requests.id, memberships.group_id, 'needs', asked_at, asked_at,"
        " 'done', 0, '[]', '', '', 0.0, 0, TRUE, 1"
        " FROM join_requests JOIN memberships ON memberships.group_id = join_requests.group_id"
        " AND memberships.user_id = join_requests.user_id"
    )
    op.execute(
        "INSERT INTO case_counts (tab, kind, group_id, number)"
        " SELECT 'needs', 'joining', group_id, COUNT(*) FROM join_requests GROUP BY group_id"
    )


def downgrade() -> None:
    # No earlier program knows what to do with them.
    op.execute(
        "DELETE FROM cases WHERE kind IN"
        " ('joining', 'profile', 'promise', 'introduction', 'message', 'resource')"
    )
    op.execute(
        "DELETE FROM case_counts WHERE kind IN"
        " ('joining', 'profile', 'promise', 'introduction', 'message', 'resource')"
    )
    op.drop_table("join_requests")
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("reported_at", moment))
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("reported_at", moment))
    with op.batch_alter_table("promises") as promises:
        promises.add_column(
            sa.Column("reported", sa.Boolean(), nullable=False, server_default=sa.false())
        )
