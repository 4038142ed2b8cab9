"""How figures are read: by their owner with all that stands behind them, by others as far as they are shown."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.networking.figures.models import NOTHING, MemberFigures, Shown


async def own_figures(session: AsyncSession, user_id: int) -> MemberFigures:
    """Somebody's own; noughts that are shown to nobody, in no session, where there is no row yet."""
    return (await rows_of(session, [user_id])).get(user_id) or unwritten(user_id)


async def shown_figures(session: AsyncSession, user_id: int) -> Shown:
    """What whoever may see somebody's page sees on it: one query."""
    found = (await rows_of(session, [user_id])).get(user_id)
    return found.shown if found else NOTHING


async def rows_of(session: AsyncSession, ids: Collection[int]) -> Mapping[int, MemberFigures]:
    """The rows there are, by their member."""
    query = select(MemberFigures).where(MemberFigures.user_id.in_(ids))
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return {row.user_id: row for row in rows}


async def figures_taken_away(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """All that is kept of somebody's figures, for them to take away."""
    row = (await rows_of(session, [user_id])).get(user_id)
    if row is None:
        return []
    return [{column.name: getattr(row, column.name) for column in _KEPT}]


def unwritten(user_id: int) -> MemberFigures:
    """A row of noughts; in no session."""
    return MemberFigures(user_id=user_id, **{column.name: column.default.arg for column in _KEPT})


_KEPT: Any = [column for column in MemberFigures.__table__.columns if not column.primary_key]
