"""Groups say who puts files into them; what a group has to take away is listed without a scan."""

import sqlalchemy as sa
from alembic import op

revision = "a4c07be19d35"
down_revision = "b3f70c92d6e1"


def upgrade() -> None:
    op.add_column(
        "groups", sa.Column("sharing", sa.String(12), nullable=False, server_default="members")
    )
    op.create_index("ix_resources_group", "resources", ["group_id", "published_at", "id"])
    op.drop_index("ix_resources_group_id", "resources")


def downgrade() -> None:
    op.create_index("ix_resources_group_id", "resources", ["group_id"])
    op.drop_index("ix_resources_group", "resources")
    op.drop_column("groups", "sharing")
