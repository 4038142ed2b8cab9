"""Posts of this site that link to each other: a post names those under "More on this site".

They are found in our own texts: nobody has to send them, and nobody gets a letter about them.
"""

from datetime import datetime

from anyio import to_thread
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event, record
from app.core.jobs import Tools, enqueue, job
from app.linkbacks.leading_out import links_within
from app.linkbacks.targets import own_urls, posts_at
from app.posts.addresses import address
from app.posts.models import OwnLink, Post
from app.site.queries import get_site

# So many texts are read before others have their turn.
_AT_ONCE = 50


@job("find-own-links")
async def find_own_links(tools: Tools, *, post_id: int) -> None:
    """Find which posts here a post links to."""
    async with tools.work.reading() as session:
        post = await session.get(Post, post_id)
        urls = (base_url, *_) = own_urls(tools.settings, await get_site(session))
        known = await _known(session, post_id)
    if post is None:
        return
    page_url = base_url + address(post.path or "/")
    # A long text takes its time to be read, and others are waiting for their answers.
    links = await to_thread.run_sync(links_within, post.body_html, page_url, urls)
    if not links and not known:
        # As most posts: nothing to write, and no reason to keep other writers waiting.
        return
    async with tools.work.unit_of_work() as session:
        # Whoever changed it since it was read has asked for another turn.
        if await _is_as_it_was(session, post_id, post.updated_at):
            site = await get_site(session)
            linked = await posts_at(session, tools.settings, site, links)
            await _keep(session, post_id, linked - {post_id})


@job("find-all-own-links")
async def find_all_own_links(tools: Tools, *, after_id: int = 0) -> None:
    """Find them for all posts, in the order of their ids: after an import, which brings many at once."""
    async with tools.work.reading() as session:
        following = select(Post.id).where(Post.id > after_id).order_by(Post.id).limit(_AT_ONCE)
        ids = list(await session.scalars(following))
    for post_id in ids:
        await find_own_links(tools, post_id=post_id)
    if ids:
        async with tools.work.unit_of_work() as session:
            await enqueue(session, find_all_own_links, after_id=ids[-1])


async def _is_as_it_was(session: AsyncSession, post_id: int, updated_at: datetime | None) -> bool:
    query = select(Post.updated_at).where(Post.id == post_id).with_for_update()
    found = (await session.execute(query)).first()
    return found is not None and found.updated_at == updated_at


async def _known(session: AsyncSession, post_id: int) -> set[int]:
    query = select(OwnLink.linked_id).where(OwnLink.post_id == post_id)
    return set(await session.scalars(query))


async def _keep(session: AsyncSession, post_id: int, linked: set[int]) -> None:
    known = await _known(session, post_id)
    if gone := known - linked:
        await session.execute(
            delete(OwnLink).where(OwnLink.post_id == post_id, OwnLink.linked_id.in_(gone))
        )
    if new := linked - known:
        rows = [{"post_id": post_id, "linked_id": linked_id} for linked_id in sorted(new)]
        await session.execute(insert(OwnLink), rows)
    if changed := gone | new:
        record(session, Event(touches=frozenset(f"post:{linked_id}" for linked_id in changed)))
