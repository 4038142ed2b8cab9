"""Posts name those of the same site that link to them."""

import sqlalchemy as sa
from alembic import op

revision = "b7c05e91d3a4"
down_revision = "f1c82b6e94d3"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "own_links",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("linked_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_own_links_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["linked_id"], ["posts.id"], name="fk_own_links_linked_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "linked_id", name="pk_own_links"),
    )
    op.create_index("ix_own_links_linked_id", "own_links", ["linked_id"])


def downgrade() -> None:
    op.drop_table("own_links")
