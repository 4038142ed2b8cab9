"""Words can be searched: an index in the database's own manner, which belongs to no model."""

from alembic import op

revision = "8d2b6f04c1e5"
down_revision = "5b7e0c9d41f2"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # The program folds words and puts blanks between them; this tokenizer leaves them as they are.
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5 (title, names, body, tokenize = 'ascii')"
        )
        return
    op.execute("CREATE TABLE search_index (key bigint PRIMARY KEY, words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_search_index_words ON search_index USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
