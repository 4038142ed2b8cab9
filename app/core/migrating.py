"""Alembic, told where this program's migrations are: loaded by `schema.upgrade` when there is something to do."""

from app.core.lean import without
from app.core.schema import MIGRATIONS

# With it comes Mako, which would colour its templates' errors.
with without("pygments"):
    from alembic import command
    from alembic.config import Config


def migrate(url: str, revision: str) -> None:
    """Bring a database up to a revision."""
    config = Config(str(MIGRATIONS.parent / "alembic.ini"))
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, revision)
