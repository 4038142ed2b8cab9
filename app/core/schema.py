"""The schema's version: what the database has, what this program wants, and the way from one to the other."""

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import NullPool

from app.core.errors import NotReady
from app.core.lean import without

# With it comes Mako, which would colour its templates' errors.
with without("pygments"):
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

_ROOT = Path(__file__).parent.parent.parent


def _config(url: str) -> Config:
    config = Config(str(_ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def wanted_version() -> str:
    """The revision this program works with."""
    return ScriptDirectory.from_config(_config("sqlite://")).get_current_head() or ""


def current_version(url: str) -> str | None:
    """The revision a database has; None for an empty one. Raises NotReady when it can't be reached."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except (OperationalError, ProgrammingError) as error:
        raise NotReady("The database can't be reached. Run: rapport doctor") from error
    finally:
        engine.dispose()


def is_known(version: str) -> bool:
    """Whether this program ever had that revision; a newer program's it has not."""
    known = {
        script.revision
        for script in ScriptDirectory.from_config(_config("sqlite://")).walk_revisions()
    }
    return version in known


def upgrade(url: str) -> None:
    """Bring a database to the wanted version. Raises NotReady for one made by a newer program."""
    version = current_version(url)
    if version is not None and not is_known(version):
        raise NotReady("The database was made by a newer version of Rapport. Install that version.")
    if version != wanted_version():
        command.upgrade(_config(url), "head")


async def version_in(session: AsyncSession) -> str | None:
    """The revision of the database behind a session."""
    connection = await session.connection()
    return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
