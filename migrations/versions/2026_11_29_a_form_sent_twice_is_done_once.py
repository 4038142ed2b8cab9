"""What was sent twice is done once: forms that were sent, and where they led."""

import sqlalchemy as sa
from alembic import op

revision = "b7d20c91e4a8"
down_revision = "e17b40c9d35a"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sent_forms",
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("led_to", sa.String(1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sent_forms_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "digest", name="pk_sent_forms"),
    )
    op.create_index("ix_sent_forms_made_at", "sent_forms", ["made_at"])


def downgrade() -> None:
    op.drop_table("sent_forms")
