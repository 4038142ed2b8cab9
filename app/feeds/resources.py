"""Resources as entries of a feed: what everybody may see that there is."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.links import absolute_links
from app.feeds.model import Enclosure, Entry, Person
from app.posts.addresses import address
from app.resources.models import Access, Resource, ResourceKind, ResourceVersion
from app.resources.reach import in_library


async def newest_resources(
    session: AsyncSession, base_url: str, *, skip: int, limit: int
) -> Sequence[Entry]:
    """The newest first; one query."""
    query = (
        select(Resource, ResourceVersion, User.name)
        .join(
            ResourceVersion,
            and_(
                ResourceVersion.resource_id == Resource.id,
                ResourceVersion.number == Resource.latest,
            ),
        )
        .outerjoin(User, User.id == Resource.owner_id)
        .where(in_library(VISITOR))
        .order_by(Resource.published_at.desc(), Resource.id.desc())
        .offset(skip)
        .limit(limit)
    )
    rows = await session.execute(query)
    return [resource_entry(resource, version, name, base_url) for resource, version, name in rows]


def resource_entry(
    resource: Resource, version: ResourceVersion, owner: str | None, base_url: str
) -> Entry:
    """A resource; its file is named only where everybody gets it by asking."""
    url = base_url + address(f"/resources/{resource.slug}/")
    assert resource.published_at is not None
    is_at_once = resource.access == Access.EVERYONE and resource.kind == ResourceKind.FILE
    file = Enclosure(f"{url}download", version.mime.partition(";")[0], version.size)
    return Entry(
        guid=resource.guid,
        url=url,
        title=resource.title,
        published=resource.published_at,
        # A new version is a change; what is counted is none.
        updated=max(resource.published_at, version.at, resource.updated_at),
        summary=resource.summary,
        content_html=absolute_links(str(resource.description_html), url),
        authors=(Person(owner),) if owner else (),
        enclosures=(file,) if is_at_once else (),
    )
