"""Who is in a group, and who keeps it, is listed by an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "5a0c93f4e7d2"
down_revision = "c81f5a02d6b3"

_INSIDE, _KEEPS = sa.text("state IN ('active', 'muted')"), sa.text("role <> 'member'")


def upgrade() -> None:
    op.create_index(
        "ix_memberships_inside", "memberships", ["group_id", "joined_at", "user_id"],
        sqlite_where=_INSIDE, postgresql_where=_INSIDE,
    )  # fmt: skip
    op.create_index(
        "ix_memberships_keepers", "memberships", ["group_id", "user_id"],
        sqlite_where=_KEEPS, postgresql_where=_KEEPS,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_memberships_keepers", "memberships")
    op.drop_index("ix_memberships_inside", "memberships")
