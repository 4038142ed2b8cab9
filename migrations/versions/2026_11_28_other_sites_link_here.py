"""Links from elsewhere are one record a page and post, and the owner says which ways they may come."""

import sqlalchemy as sa
from alembic import op

revision = "e4b07d6a1f35"
down_revision = "d85f1b3c6e07"

_SWITCHES = ("takes_trackbacks", "takes_pingbacks", "takes_webmentions", "holds_links")


def upgrade() -> None:
    for name in _SWITCHES:
        op.add_column(
            "site", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.add_column(
        "comments", sa.Column("relation", sa.String(10), nullable=False, server_default="")
    )
    op.create_table(
        "linkbacks",
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("source_key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("target", sa.String(1000), nullable=False),
        sa.Column("asked_by", sa.String(45), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("sent", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("looked", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks_that_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="pk_linkbacks"),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], ondelete="CASCADE",
            name="fk_linkbacks_comment_id",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], ondelete="CASCADE", name="fk_linkbacks_post_id",
        ),
    )  # fmt: skip
    op.create_index(
        "uq_linkbacks_post_id_source_key", "linkbacks", ["post_id", "source_key"], unique=True
    )


def downgrade() -> None:
    op.drop_table("linkbacks")
    op.drop_column("comments", "relation")
    for name in reversed(_SWITCHES):
        op.drop_column("site", name)
