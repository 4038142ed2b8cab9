"""Resources in the index: what can be had, in words; who sees which is asked when it is read."""

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from app.resources.events import ResourceWritten
from app.resources.models import Resource, ResourceState, ResourceTag
from app.search.entries import RESOURCES_FROM, resource_entry
from app.search.index import index_of


async def index_resource(session: AsyncSession, event: ResourceWritten) -> None:
    """A resource says something else, or has come or gone: its entry follows."""
    await session.flush()
    html = type_coerce(Resource.description_html, Text)
    query = select(Resource.title, html).where(
        Resource.id == event.resource_id, Resource.status == ResourceState.PUBLISHED
    )
    row = (await session.execute(query)).first()
    index = index_of(session)
    if row is None:
        await index.erase(session, [RESOURCES_FROM + event.resource_id])
        return
    tags = select(ResourceTag.name).where(ResourceTag.resource_id == event.resource_id)
    names = list(await session.scalars(tags.order_by(ResourceTag.name)))
    await index.write(session, [resource_entry(event.resource_id, row[0], names, row[1])])
