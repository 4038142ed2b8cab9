"""Moderators' edits are marked, addresses that no mail reaches are known, removals can be appealed."""

import sqlalchemy as sa
from alembic import op

revision = "9d40c7e1b358"
down_revision = "e15fa27c8b40"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _bounces()
    _appeals()
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
    op.drop_table("appeals")
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


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", big_id, nullable=False),
        sa.Column("comment_id", big_id, nullable=False),
        sa.Column("decision_id", big_id, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_appeals_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_appeals_decision_id"),
        sa.ForeignKeyConstraint(["answer_id"], ["decisions.id"], name="fk_appeals_answer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("decision_id", name="uq_appeals_decision_id"),
    )
    op.create_index("ix_appeals_comment_id", "appeals", ["comment_id"])
    op.create_index("ix_appeals_answer_id", "appeals", ["answer_id"])
