"""Where a comment may be moved to: posts by the words of their titles, or one by its address. Only reads."""

from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _
from app.core.text import number_in
from app.discussions.models import Comment
from app.posts.addresses import address, readings
from app.posts.local_addresses import local_path
from app.posts.models import Post, PostAuthor
from app.posts.queries import find_post, posts_visible_to
from app.search.near import posts_like
from app.web.deps import Frame
from app.web.moderating.sheet_pages import PlaceFound

MOST_FOUND = 8
LONGEST = 500


async def why_not_moved(session: AsyncSession, comment: Comment) -> str:
    """Why a comment has to stay where it is, as a sentence; empty where it may go."""
    answered = select(Comment.id).where(Comment.parent_id == comment.id).limit(1)
    if await session.scalar(answered) is not None:
        return _("It has been answered: only what nobody has answered can be moved.")
    return ""


async def places_meant(
    session: AsyncSession, actor: Actor, frame: Frame, written: str
) -> list[PlaceFound]:
    """The posts that are meant by an address or some words, as far as somebody may move things there."""
    written = written.strip()[:LONGEST]
    found = await _at_address(session, actor, frame, written)
    if not found:
        like = await posts_like(session, actor, written, MOST_FOUND)
        found = [PlaceFound(one.id, one.title, address(one.path)) for one in like]
    return found if actor.moderates else await _own(session, actor, found)


async def _at_address(
    session: AsyncSession, actor: Actor, frame: Frame, written: str
) -> list[PlaceFound]:
    path = written if written.startswith("/") else None
    path = path or local_path(written, (frame.base_url, *frame.site.former_urls))
    if path is None:
        return []
    parts = urlsplit(written)
    numbers = parse_qs(parts.query).get("p", [""])
    if number := number_in(numbers[0]):
        query = select(Post).where(Post.id == number, posts_visible_to(actor))
        post = await session.scalar(query)
    else:
        meant = list(readings(unquote(urlsplit(path).path)))
        reading = await find_post(session, actor, meant)
        post = reading[0] if reading else None
    return [PlaceFound(post.id, post.title, address(post.path or "/"))] if post else []


async def _own(
    session: AsyncSession, actor: Actor, found: Sequence[PlaceFound]
) -> list[PlaceFound]:
    ids = [one.id for one in found]
    query = select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)
    own = set(await session.scalars(query.where(PostAuthor.post_id.in_(ids))))
    return [one for one in found if one.id in own]
