"""On SQLite the search index is merged by a job, in small steps, and no longer within changes."""

import sqlalchemy as sa
from alembic import op

revision = "c41e7a90d2f6"
down_revision = "b6d2f05c91ae"

# FTS5 merges by itself in a writer's transaction, at every 64th page of its index: a tenth of a
# second at a million entries. Only when nobody else did, and 64 segments stand on a level, must it.
_BY_THE_JOB = {"automerge": 0, "crisismerge": 64}
_BY_ITSELF = {"automerge": 4, "crisismerge": 16}


def upgrade() -> None:
    _configure(_BY_THE_JOB)


def downgrade() -> None:
    _configure(_BY_ITSELF)


def _configure(settings: dict[str, int]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.get_bind().execute(
            sa.text("INSERT INTO search_index (search_index, rank) VALUES (:name, :value)"),
            [{"name": name, "value": value} for name, value in settings.items()],
        )
