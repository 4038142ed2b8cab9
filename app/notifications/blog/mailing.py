"""A post goes to the followers: once, when it is first published, if its author says so.

Written in small steps, each with how far it got: killed anywhere, the next step is the one that was
not done. The letters of one step wait in the box before the next is written, so that nobody else's
letter stands behind ten thousand, and what is taken back in time was never written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import Work
from app.core.errors import NotNow
from app.core.i18n import _
from app.core.jobs import Tools, enqueue, job
from app.core.leisure import Leisure
from app.notifications.blog.following import IS_FOLLOWING
from app.notifications.blog.leaving import NEWS
from app.notifications.blog.models import BlogFollower, PostMailing
from app.notifications.blog.writing import written_to
from app.notifications.letters import write_letters
from app.notifications.models import IS_WAITING, Bounce, Letter
from app.notifications.texts import NewLetter, desk_of
from app.posts.events import PostPublished, PostTrashed, PostWritten
from app.posts.models import Post, PostKind
from app.posts.queries import authors_of

TOGETHER = 50
# With so many waiting, the next step waits, too.
MOST_WAITING = 100
_PAUSE = timedelta(seconds=3)
_WITHOUT_SERVER = timedelta(minutes=10)
# As letters themselves: what nobody could send for so long is no news any more.
_GIVEN_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class _Step:
    """The next few followers, and where the step before them ended."""

    after: int
    followers: Sequence[BlogFollower]


async def begin_mailing(session: AsyncSession, event: PostPublished) -> None:
    """Send a post out that was published for the first time, if its author says so."""
    post = await session.get(Post, event.post_id)
    if post is None or not post.mails_followers or post.kind != PostKind.POST:
        return
    session.add(PostMailing(post_id=post.id, begun_at=clock.now()))
    await session.flush()
    await enqueue(session, mail_followers, post_id=post.id)


async def stop_mailing(session: AsyncSession, event: PostWritten | PostTrashed) -> None:
    """What is no longer to be read, or to be mailed, goes to nobody else: what waits in the box goes."""
    post = await session.get(Post, event.post_id)
    if post is None or not post.was_public or _may_go(post):
        return
    mailing = await session.get(PostMailing, post.id, with_for_update=True, populate_existing=True)
    if mailing is None:
        return
    if mailing.ended_at is None:
        mailing.ended_at, mailing.was_stopped = clock.now(), True
    about = NEWS.format(post_id=post.id)
    await session.execute(delete(Letter).where(Letter.about == about, IS_WAITING))


@job("mail_followers")
async def mail_followers(tools: Tools, *, post_id: int) -> None:
    """Write to all who followed when a post was published, a few at a time. Raises NotNow."""
    leisure = Leisure()
    while True:
        async with tools.work.reading() as db:
            mailing = await db.get(PostMailing, post_id)
            if mailing is None or mailing.ended_at is not None:
                return
            is_old = clock.now() - mailing.begun_at > _GIVEN_UP_AFTER
            step = _Step(mailing.last_id, (await db.scalars(_next(mailing))).all())
            letters = [] if is_old else await _letters(db, tools, post_id, step.followers)
            if letters:
                await _wait_for_room(db, tools)
        await _take(tools.work, post_id, step, letters, was_stopped=is_old)
        await leisure.rest()


async def _take(
    work: Work, post_id: int, step: _Step, letters: Sequence[NewLetter], *, was_stopped: bool
) -> None:
    """Put these letters into the box, and note that they are there, in one transaction."""
    async with work.unit_of_work() as db:
        post = await db.scalar(select(Post).where(Post.id == post_id).with_for_update(read=True))
        mailing = await db.get(PostMailing, post_id, with_for_update=True, populate_existing=True)
        if mailing is None or mailing.ended_at is not None or mailing.last_id != step.after:
            return
        if was_stopped or post is None or not _may_go(post) or not step.followers:
            mailing.ended_at = clock.now()
            mailing.was_stopped = bool(step.followers)
            return
        still = await _still_following(db, step.followers)
        await write_letters(db, [letter for letter in letters if letter.recipient in still])
        mailing.last_id = step.followers[-1].id
        mailing.written += len(still)


def _next(mailing: PostMailing) -> Select[BlogFollower]:
    return (
        select(BlogFollower)
        .where(
            BlogFollower.id > mailing.last_id,
            IS_FOLLOWING,
            BlogFollower.confirmed_at <= mailing.begun_at,
        )
        .order_by(BlogFollower.id)
        .limit(TOGETHER)
    )


async def _letters(
    session: AsyncSession, tools: Tools, post_id: int, followers: Sequence[BlogFollower]
) -> list[NewLetter]:
    post = await session.get(Post, post_id)
    if post is None or not followers:
        return []
    authors = (await authors_of(session, [post_id])).get(post_id, [])
    desk = await desk_of(session, tools.settings)
    return written_to(desk, post, [author.name for author in authors], followers)


async def _wait_for_room(session: AsyncSession, tools: Tools) -> None:
    now = clock.now()
    is_due = and_(IS_WAITING, or_(Letter.retry_at.is_(None), Letter.retry_at <= now))
    some = select(Letter.id).where(is_due).limit(MOST_WAITING).subquery()
    if (await session.scalar(select(func.count()).select_from(some)) or 0) >= MOST_WAITING:
        pause = _PAUSE if tools.settings.smtp_url else _WITHOUT_SERVER
        raise NotNow(_("Other letters are sent first."), now + pause)


async def _still_following(session: AsyncSession, followers: Sequence[BlogFollower]) -> set[str]:
    """The addresses of those who did not end it meanwhile, and are reached by mail; held until the commit."""
    has_stopped = exists().where(
        Bounce.address == BlogFollower.email, Bounce.stopped_at.is_not(None)
    )
    query = (
        select(BlogFollower.email)
        .where(BlogFollower.id.in_([one.id for one in followers]), IS_FOLLOWING, ~has_stopped)
        .with_for_update(read=True, of=BlogFollower)
    )
    return set(await session.scalars(query))


def _may_go(post: Post) -> bool:
    return post.mails_followers and post.is_public(clock.now())
