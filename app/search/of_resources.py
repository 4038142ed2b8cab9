"""Resources in the index: what can be had, in words; who sees which is asked when it is read."""

from collections.abc import Sequence

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.resources.events import ResourceWritten
from app.resources.models import Resource, ResourceState, ResourceTag
from app.search.entries import RESOURCES_FROM, resource_entry
from app.search.index import index_of


async def index_resource(session: AsyncSession, event: ResourceWritten) -> None:
    """A resource says something else, or has come or gone: its entry follows."""
    await session.flush()
    await index_resources(session, [event.resource_id])


async def resources_missing(session: AsyncSession, most: int) -> Sequence[int]:
    """Some that are not in the index yet: those of a site that was there before it took them in."""
    is_in = index_of(session).has(Resource.id + RESOURCES_FROM)
    query = select(Resource.id).where(Resource.status == ResourceState.PUBLISHED, ~is_in)
    return (await session.scalars(query.order_by(Resource.id).limit(most))).all()


async def index_resources(session: AsyncSession, resource_ids: Sequence[int]) -> None:
    """Make the entries of resources anew; what can't be had has none."""
    for resource_id in resource_ids:
        await _index(session, resource_id)


async def _index(session: AsyncSession, resource_id: int) -> None:
    html = type_coerce(Resource.description_html, Text)
    query = select(Resource.title, html).where(
        Resource.id == resource_id, Resource.status == ResourceState.PUBLISHED
    )
    row = (await session.execute(query)).first()
    index = index_of(session)
    if row is None:
        await index.erase(session, [RESOURCES_FROM + resource_id])
        return
    tags = select(ResourceTag.name).where(ResourceTag.resource_id == resource_id)
    names = list(await session.scalars(tags.order_by(ResourceTag.name)))
    await index.write(session, [resource_entry(resource_id, row[0], names, row[1])])
