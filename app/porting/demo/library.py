"""The demo's library: files into the store, rows that describe them, as if each had been put there at its time."""

from collections.abc import AsyncIterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core.storage import Store
from app.porting.demo.content import DemoResource, DemoSite
from app.porting.demo.reader import read_resource
from app.posts.models import Post
from app.resources.actions import add_resource, publish
from app.resources.drafts import Draft, NewVersion
from app.resources.models import Attachment, Resource, ResourceKind
from app.resources.queries import get_version
from app.resources.uploading import keep_file, letter_version
from app.site.models import SiteRow


async def add_library(
    session: AsyncSession,
    demo: DemoSite,
    site: SiteRow,
    store: Store,
    users: Mapping[str, User],
    posts: Mapping[str, Post],
) -> None:
    """Everything that can be taken away; `users` are found by login, `posts` by slug."""
    for one in demo.resources:
        new = await _version(store, one)
        draft = Draft(
            title=one.title,
            description=one.description,
            licence=one.licence,
            access=one.access,
            tags=", ".join(one.tags),
        )
        resource = await add_resource(session, OWNER_AT_THE_MACHINE, site, draft, new)
        await publish(session, OWNER_AT_THE_MACHINE, resource.id)
        await _settle(session, demo, one, resource, users[one.author])
        session.add_all(
            Attachment(resource_id=resource.id, post_id=posts[slug].id) for slug in one.posts
        )
    await session.flush()


async def _version(store: Store, one: DemoResource) -> NewVersion:
    content = read_resource(one.file)
    if one.kind == ResourceKind.LETTER:
        return letter_version(content.decode(), one.title)
    async with store.receive(_whole(content)) as incoming:
        return await keep_file(incoming, one.file)


async def _settle(
    session: AsyncSession, demo: DemoSite, one: DemoResource, resource: Resource, author: User
) -> None:
    """Make it look as if its author had put it there then."""
    at = demo.moment(one.at)
    resource.slug, resource.guid = one.slug, demo.guid("resource", one.slug, one.at)
    resource.owner_id = author.id
    resource.created_at = resource.updated_at = resource.published_at = at
    version = await get_version(session, resource.id, resource.latest)
    version.at, version.uploaded_by = at, author.id


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
