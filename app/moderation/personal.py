"""What somebody reported, as they take it away."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.report_models import Report


async def own_reports_taken(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Each with its reason, their note and what became of it; of what it is about, kind and number alone."""
    query = select(Report).where(Report.user_id == user_id).order_by(Report.id)
    return [
        {
            "kind": one.kind,
            "number": one.item_id,
            "reason": one.reason,
            "note": one.note,
            "reported_at": one.at,
            "state": one.state,
        }
        for one in await session.scalars(query)
    ]
