"""What was put into a topic is found without a scan."""

import sqlalchemy as sa
from alembic import op

revision = "b70c52e9d1f4"
down_revision = "e2b71c4d9f06"


def upgrade() -> None:
    moved = sa.text("moved_to IS NOT NULL")
    op.create_index(
        "ix_topics_moved", "topics", ["moved_to"], sqlite_where=moved, postgresql_where=moved
    )


def downgrade() -> None:
    op.drop_index("ix_topics_moved", table_name="topics")
