"""Keeps the newest post of a comment's author: that it is wanted, and what came of it."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import NotFound
from app.core.events import record
from app.core.markup import web_address
from app.discussions.events import LatestPostFound, LatestPostWanted
from app.discussions.latest_posts.feeds import Item
from app.discussions.latest_posts.models import TITLE_LENGTH, URL_LENGTH, LatestPost
from app.discussions.models import Comment, CommentStatus
from app.discussions.showing import locked_comment
from app.moderation.authors import is_trusted
from app.moderation.cases import find_case
from app.moderation.models import AuthorKey

# Until each next try; after the last nobody is asked any more.
RETRIES = (timedelta(minutes=10), timedelta(hours=6))
# For spam nobody's server is asked.
LOOKED_FOR = (CommentStatus.PENDING, CommentStatus.APPROVED)


class Wanted(NamedTuple):
    """Where to look for it, and whose address asked."""

    website: str
    asked_by: str


def want_latest_post(session: AsyncSession, comment: Comment) -> None:
    """Have the newest post of a comment's author looked for."""
    session.add(LatestPost(comment_id=comment.id))
    record(session, LatestPostWanted(comment_id=comment.id))


async def find_wanted(session: AsyncSession, comment_id: int) -> Wanted | None:
    """What is to be looked for; None where nothing is, or not as long as the comment is as it is."""
    query = (
        select(Comment.author_url, Comment.author_ip)
        .join(LatestPost, LatestPost.comment_id == Comment.id)
        .where(
            Comment.id == comment_id,
            Comment.status.in_(LOOKED_FOR),
            LatestPost.found_at.is_(None),
        )
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Wanted(*row)


async def keep_latest_post(session: AsyncSession, comment_id: int, item: Item | None) -> None:
    """Keep what was found, or that there is nothing; changes nothing where that is known already."""
    comment, wanted = await _still_wanted(session, comment_id)
    if comment is None or wanted is None:
        return
    wanted.url, wanted.title = linked(item)
    if not wanted.url:
        await session.delete(wanted)
        return
    wanted.is_trusted = await _is_by_trusted(session, comment)
    wanted.found_at = clock.now()
    shown_on = {f"thread:{comment.thread_id}"} if comment.is_approved else set[str]()
    record(session, LatestPostFound(comment_id=comment_id, touches=frozenset(shown_on)))


def linked(item: Item | None) -> tuple[str, str]:
    """Address and title as they are kept; both empty for what can't be linked."""
    url = web_address(item.url, URL_LENGTH) if item else ""
    return (url, _title_of(item)) if item and url else ("", "")


async def count_try(session: AsyncSession, comment_id: int) -> timedelta | None:
    """There was no answer: when to ask again; None, and it is wanted no more, after the last time."""
    _comment, wanted = await _still_wanted(session, comment_id)
    if wanted is None:
        return None
    if wanted.tries == len(RETRIES):
        await session.delete(wanted)
        return None
    wanted.tries += 1
    return RETRIES[wanted.tries - 1]


async def _still_wanted(
    session: AsyncSession, comment_id: int
) -> tuple[Comment | None, LatestPost | None]:
    """The comment and what is wanted for it, as they are now; nothing where it was found or forgotten."""
    try:
        comment, _thread = await locked_comment(session, comment_id)
    except NotFound:
        return None, None
    wanted = await session.get(LatestPost, comment_id, populate_existing=True)
    if wanted is None or wanted.found_at is not None or comment.status not in LOOKED_FOR:
        return comment, None
    return comment, wanted


def _title_of(item: Item) -> str:
    """What it is called; where it has no title, its address as one would say it."""
    title = item.title or item.url.partition("://")[2].rstrip("/")
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


async def _is_by_trusted(session: AsyncSession, comment: Comment) -> bool:
    case = await find_case(session, comment.kind, comment.id)
    if case is None or not case.is_proved or comment.author_key_id is None:
        return False
    author = await session.get(AuthorKey, comment.author_key_id)
    return author is not None and is_trusted(author, clock.now())
