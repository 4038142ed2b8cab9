"""With the words typed into a post's form, all else that is typed and chosen there is kept."""

import sqlalchemy as sa
from alembic import op

revision = "7c1f2ad9e405"
down_revision = "4e7b1c92d6a8"


def upgrade() -> None:
    op.add_column("autosaves", sa.Column("choices", sa.String()))


def downgrade() -> None:
    op.drop_column("autosaves", "choices")
