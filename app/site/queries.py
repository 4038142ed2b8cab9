"""How the site's row is read."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.site.models import SiteRow


async def get_site(session: AsyncSession) -> SiteRow:
    """The site's row; on a database nobody has written to yet, one with the defaults."""
    found = await session.scalar(select(SiteRow))
    return found or unwritten_site()


def unwritten_site() -> SiteRow:
    """A site as it is before anybody decided anything; not in any session."""
    defaults = {
        column.key: column.default.arg(None) if column.default.is_callable else column.default.arg
        for column in SiteRow.__table__.columns
        if column.default is not None and hasattr(column.default, "arg")
    }
    return SiteRow(**defaults)


async def ensure_site(session: AsyncSession, guid_host: str, *, locked: bool = False) -> SiteRow:
    """The site's row, written if there was none and maybe locked: for actions that are about to change it."""
    query = select(SiteRow)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        found = unwritten_site()
        found.guid_host = guid_host
        session.add(found)
        await session.flush()
    return found
