"""What a member put into the library or into groups, taken away."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.resources.models import Resource
from app.resources.queries import with_latest


async def own_resources(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """All that is theirs, be it a draft, retired, or in a group they have left."""
    query = with_latest().where(Resource.owner_id == user_id).order_by(Resource.id)
    return [
        {
            "title": resource.title,
            "description": resource.description_source,
            "licence": resource.licence,
            "state": resource.status,
            "access": resource.access,
            "published_at": resource.published_at,
            "file": version.file_name,
            "sha256": version.sha256,
            "letter": version.letter,
        }
        for resource, version in await session.execute(query)
    ]
