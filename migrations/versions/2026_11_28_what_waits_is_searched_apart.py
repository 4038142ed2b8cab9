"""On SQLite what is not approved has an index of its own, in which moderators search quickly."""

import sqlalchemy as sa
from alembic import op

revision = "5e19c3b7a04d"
down_revision = "e3a94d17c05b"

# The mark of what is not approved: the first word of its title.
_HELD = {"mark": '"\ue000"'}
# As for the first index: merged by the job alone.
_BY_THE_JOB = {"automerge": 0, "crisismerge": 64}
_MOVE = (
    "INSERT INTO {there} (rowid, title, names, body) SELECT rowid, title, names, body FROM {here}"
)


def upgrade() -> None:
    if not _is_sqlite():
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_index_held USING fts5 (title, names, body, tokenize = 'ascii')"
    )
    op.get_bind().execute(
        sa.text("INSERT INTO search_index_held (search_index_held, rank) VALUES (:name, :value)"),
        [{"name": name, "value": value} for name, value in _BY_THE_JOB.items()],
    )
    move = _MOVE.format(here="search_index", there="search_index_held")
    op.get_bind().execute(sa.text(f"{move} WHERE search_index MATCH :mark"), _HELD)
    op.execute("DELETE FROM search_index WHERE rowid IN (SELECT rowid FROM search_index_held)")


def downgrade() -> None:
    if _is_sqlite():
        op.execute(_MOVE.format(here="search_index_held", there="search_index"))
        op.execute("DROP TABLE search_index_held")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
