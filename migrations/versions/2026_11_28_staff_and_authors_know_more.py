"""Moderators' edits are marked."""

import sqlalchemy as sa
from alembic import op

revision = "9d40c7e1b358"
down_revision = "e15fa27c8b40"


def upgrade() -> None:
    op.add_column(
        "comments",
        sa.Column(
            "is_edited_by_moderator", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


def downgrade() -> None:
    op.drop_column("comments", "is_edited_by_moderator")
