"""What is done later about the index."""

from sqlalchemy import select

from app.core.jobs import Tools, job
from app.posts.models import PostAuthor
from app.search.index import index_of
from app.search.indexing import index_posts
from app.search.of_people import index_people, people_missing
from app.search.of_resources import index_resources, resources_missing

# Other writers come between two steps; whatever is left after so many is for the next time.
_MOST_STEPS = 1000
# Whoever else writes waits for no more than these.
_AT_ONCE = 50


@job("tidy-search-index")
async def tidy_search_index(tools: Tools) -> None:
    """Merge what many small changes have left in the index, a few milliseconds at a time."""
    for _ in range(_MOST_STEPS):
        async with tools.work.unit_of_work() as session:
            if not await index_of(session).tidy(session):
                return


@job("forget_author_in_index")
async def forget_author_in_index(tools: Tools, *, user_id: int, email: str, texts_go: bool) -> None:
    """Let nobody be found any more by the name they had when they wrote posts here."""
    async with tools.work.unit_of_work() as session:
        query = select(PostAuthor.post_id).where(PostAuthor.user_id == user_id)
        await index_posts(session, (await session.scalars(query)).all())


@job("fill-search-index")
async def fill_search_index(tools: Tools) -> None:
    """Take in what was there before the index knew of its kind: resources, and people. Finds nothing later."""
    for missing, take_in in ((resources_missing, index_resources), (people_missing, index_people)):
        for _step in range(_MOST_STEPS):
            async with tools.work.unit_of_work() as session:
                some = await missing(session, _AT_ONCE)
                await take_in(session, some)
            if len(some) < _AT_ONCE:
                break
