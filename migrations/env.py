"""How Alembic reaches the database: through a plain connection, with SQLite's keys asleep."""

from alembic import context
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import NullPool

from app import tables
from app.core.db import Base
from app.settings import Settings

# A search index keeps tables of its own, which belong to no model.
NOT_OURS = ("search_index",)

assert tables.TABLES


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the shadow tables of full-text indexes alone."""
    return not (kind == "table" and name and name.startswith(NOT_OURS))


def run(connection: Connection) -> None:
    """Migrate on this connection, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")


def _url() -> str:
    given = context.config.get_main_option("sqlalchemy.url")
    return (given or Settings().database).replace("postgresql://", "postgresql+psycopg://", 1)


def main() -> None:
    """Use the connection handed in, else open one from the settings."""
    handed_in = context.config.attributes.get("connection")
    if handed_in is not None:
        run(handed_in)
        return
    engine = create_engine(_url(), poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
            # A batch change drops and remakes the parent: with keys awake its children would go too.
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("PRAGMA journal_mode=WAL")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        run(connection)
    engine.dispose()


main()
