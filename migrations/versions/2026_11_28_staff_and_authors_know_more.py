"""Moderators' edits are marked, and addresses that no mail reaches are known."""

import sqlalchemy as sa
from alembic import op

revision = "9d40c7e1b358"
down_revision = "e15fa27c8b40"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _bounces()
    op.add_column("letters", sa.Column("resent_at", moment, nullable=True))
    op.add_column(
        "comments",
        sa.Column(
            "is_edited_by_moderator", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


def downgrade() -> None:
    op.drop_column("comments", "is_edited_by_moderator")
    op.drop_column("letters", "resent_at")
    op.drop_table("bounces")


def _bounces() -> None:
    op.create_table(
        "bounces",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("stopped_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("address", name="pk_bounces"),
    )
