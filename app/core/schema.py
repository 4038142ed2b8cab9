"""The schema's version: what the database has, what this program wants, and the way from one to the other.

To compare them takes no Alembic, which is 11 MB in every server process and starts with none to do.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import NullPool

from app.core.errors import NotReady

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
# As each migration says of itself, above all that it does.
_SAYS = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)$', re.MULTILINE)


@cache
def _earlier() -> Mapping[str, str]:
    """Of each revision the one before it; nothing before the first."""
    known = {}
    for path in (MIGRATIONS / "versions").glob("*.py"):
        said = dict(_SAYS.findall(path.read_text(encoding="utf-8")))
        known[said["revision"]] = said["down_revision"]
    return known


def wanted_version() -> str:
    """The revision this program works with: the one that no other comes after."""
    (head,) = _earlier().keys() - set(_earlier().values())
    return head


def current_version(url: str) -> str | None:
    """The revision a database has; None for an empty one. Raises NotReady when it can't be reached."""
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        # To ask would make the file.
        return None
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            return _version_of(connection)
    except (OperationalError, ProgrammingError) as error:
        raise NotReady("The database can't be reached. Run: rapport doctor") from error
    finally:
        engine.dispose()


def is_known(version: str) -> bool:
    """Whether this program ever had that revision; a newer program's it has not."""
    return version in _earlier()


def upgrade(url: str, to: str = "") -> None:
    """Bring a database to the wanted version, or up to another. Raises NotReady for a newer program's."""
    version = current_version(url)
    if version is not None and not is_known(version):
        raise NotReady("The database was made by a newer version of Rapport. Install that version.")
    if version != (to or wanted_version()):
        import_module("app.core.migrating").migrate(url, to or wanted_version())


async def version_in(session: AsyncSession) -> str | None:
    """The revision of the database behind a session."""
    return await (await session.connection()).run_sync(_version_of)


def _version_of(connection: Connection) -> str | None:
    # Where Alembic keeps it.
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
