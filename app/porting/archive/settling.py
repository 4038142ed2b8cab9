"""What is not in an archive because it follows from the rest: made anew when all rows are in.

Each step may be done twice: a run that was killed in the middle begins them again.
"""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Integer, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import Work
from app.core.i18n import _
from app.core.numbering import Numbers
from app.discussions.models import Comment, Thread
from app.groups.models import Topic
from app.groups.profiles.models import Profile
from app.moderation.learned import rebuild
from app.moderation.models import Case, CaseCount
from app.porting.archive.contents import CARRIED
from app.posts.models import Post
from app.resources.models import Resource
from app.search.indexing import index_comments, index_posts
from app.search.of_people import index_people
from app.search.of_resources import index_resources

_AT_ONCE = 200

Told = Callable[[str, int, int], None]
_Index = Callable[[AsyncSession, Sequence[int]], Awaitable[None]]

_INDEXED: tuple[tuple[InstrumentedAttribute[int], _Index], ...] = (
    (Post.id, index_posts),
    (Comment.id, index_comments),
    (Resource.id, index_resources),
    (Profile.user_id, index_people),
)


async def make_anew(work: Work, told: Told) -> None:
    """Numbers for what comes next, the queue's counters, the search index, what the filter learned."""
    async with work.unit_of_work() as session:
        await _keep_numbers_clear(session)
        await _count_cases(session)
        await _place_in_groups(session)
    for key, index in _INDEXED:
        await _index_all(work, key, index, told)
    await rebuild(work)


async def _keep_numbers_clear(session: AsyncSession) -> None:
    for carried in CARRIED:
        if [column.name for column in carried.key] == ["id"]:
            await Numbers(carried.model.id, 0).keep_clear(session)  # type: ignore[attr-defined]


async def _count_cases(session: AsyncSession) -> None:
    group = func.coalesce(Case.group_id, 0)
    counted: Select[str, str, int, int] = select(
        Case.tab, Case.kind, group, func.count().cast(Integer)
    ).group_by(Case.tab, Case.kind, group)
    await session.execute(delete(CaseCount))
    names = ["tab", "kind", "group_id", "number"]
    await session.execute(insert(CaseCount).from_select(names, counted))


async def _place_in_groups(session: AsyncSession) -> None:
    """Let comments know their group, and whether they open a topic, for the index of its feeds."""
    of_groups = select(Thread.id).where(Thread.group_id.is_not(None))
    group = select(Thread.group_id).where(Thread.id == Comment.thread_id).scalar_subquery()
    opens = (
        select(Topic.id)
        .join(Thread, Thread.topic_id == Topic.id)
        .where(Thread.id == Comment.thread_id, Topic.opening_id == Comment.id)
        .exists()
    )
    placed = update(Comment).where(Comment.thread_id.in_(of_groups))
    placed = placed.values(group_id=group, is_opening=opens)
    await session.execute(placed.execution_options(synchronize_session=False))


async def _index_all(
    work: Work, key: InstrumentedAttribute[int], index: _Index, told: Told
) -> None:
    async with work.reading() as session:
        last = await session.scalar(select(func.max(key))) or 0
    at = 0
    while True:
        async with work.unit_of_work() as session:
            ids = (
                await session.scalars(select(key).where(key > at).order_by(key).limit(_AT_ONCE))
            ).all()
            await index(session, ids)
        if not ids:
            return
        at = ids[-1]
        told(_("Making the index"), at, last)
