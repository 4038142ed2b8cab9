"""Fills an empty index: after a restore, which brings the rows alone."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Work
from app.discussions.models import Comment
from app.posts.models import Post
from app.resources.models import Resource
from app.search.indexing import index_comments_after, index_posts
from app.search.of_people import index_people, people_missing
from app.search.of_resources import index_resources, resources_missing

# Whoever else writes waits for no more than these.
_COMMENTS_AT_ONCE = 500
_AT_ONCE = 50


async def refill_index(work: Work, told: Callable[[int, int], None]) -> None:
    """Take in everything there is to find, told how much of it is done and how much there is."""
    async with work.reading() as session:
        total = sum([await _count(session, table) for table in (Post, Comment, Resource)])
    done = 0
    after: int | None = 0
    while after is not None:
        told(min(done, total), total)
        async with work.unit_of_work() as session:
            after = await index_comments_after(session, after, _COMMENTS_AT_ONCE)
        done += _COMMENTS_AT_ONCE
    await _refill_posts(work)
    for missing, take_in in ((resources_missing, index_resources), (people_missing, index_people)):
        while True:
            async with work.unit_of_work() as session:
                some = await missing(session, _AT_ONCE)
                await take_in(session, some)
            if not some:
                break
    told(total, total)


async def _refill_posts(work: Work) -> None:
    last = 0
    while True:
        async with work.unit_of_work() as session:
            query = select(Post.id).where(Post.id > last).order_by(Post.id).limit(_AT_ONCE)
            some = (await session.scalars(query)).all()
            await index_posts(session, some)
        if not some:
            return
        last = some[-1]


async def _count(session: AsyncSession, table: type[Post] | type[Comment] | type[Resource]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0
