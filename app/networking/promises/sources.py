"""What a promise is made of, and so whom it is between."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT, has_account
from app.core.errors import NotFound
from app.core.i18n import marked
from app.discussions.models import Comment, CommentKind, CommentStatus, Thread
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Topic
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import MET
from app.networking.introductions.queries import introductions_open_to
from app.networking.promises.models import SourceKind
from app.posts.models import Post, PostAuthor
from app.posts.queries import posts_visible_to


@dataclass(frozen=True)
class Source:
    """Where a promise comes from, and who is on the other side of it."""

    kind: SourceKind
    id: int | None
    other_id: int
    other_name: str
    is_mine: bool = False


async def source_of_comment(session: AsyncSession, actor: Actor, comment_id: int) -> Source:
    """A comment the actor may read: the other side wrote it; or, of one's own, is answered by it. Raises NotFound."""
    sides = await _sides_of(session, actor, comment_id)
    if sides is None:
        raise NotFound(marked("There is no such comment."))
    other, is_mine = sides
    if other is None or (is_mine and other == actor.user_id):
        raise NotFound(marked("Nobody with an account is on the other side of that."))
    person = await member(session, User.id == other)
    return Source(SourceKind.COMMENT, comment_id, person.id, person.name, is_mine)


async def has_other_side(session: AsyncSession, actor: Actor, comment_id: int) -> bool:
    """Whether a comment of the actor's own is said to somebody whom they could promise something."""
    other, is_mine = await _sides_of(session, actor, comment_id) or (None, False)
    is_another = is_mine and other is not None and other != actor.user_id
    return is_another and await has_account(session, other or 0)


async def _sides_of(
    session: AsyncSession, actor: Actor, comment_id: int
) -> tuple[int | None, bool] | None:
    """Who is on the other side of a comment, and whether it is the actor's own; None where they may not read it."""
    parent = aliased(Comment)
    query = (
        select(Comment.user_id, parent.user_id, Topic.user_id, Thread.post_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .where(
            Comment.id == comment_id,
            Comment.kind == CommentKind.COMMENT,
            Comment.status == CommentStatus.APPROVED,
            _stands_where_read(actor),
        )
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    writer, answered, began, post_id = row
    if writer is None or writer != actor.user_id:
        return writer, False
    return answered or began or await _author_of(session, post_id), True


async def source_of_introduction(
    session: AsyncSession, actor: Actor, introduction_id: int
) -> Source:
    """An introduction that was made: the other side is the other of the two. Raises NotFound, for its connector too."""
    query = select(Introduction.requester_id, Introduction.target_id).where(
        Introduction.id == introduction_id,
        introductions_open_to(actor),
        Introduction.state.in_(MET),
    )
    row = (await session.execute(query)).first()
    two = tuple(row) if row is not None else ()
    if actor.user_id not in two or None in two:
        raise NotFound(marked("There is no such introduction."))
    other = two[1] if two[0] == actor.user_id else two[0]
    person = await member(session, User.id == other)
    return Source(SourceKind.INTRODUCTION, introduction_id, person.id, person.name)


async def source_of_nothing(session: AsyncSession, handle: str) -> Source:
    """A promise that comes of nothing on this site, to or from somebody by their handle. Raises NotFound."""
    person = await member(session, User.slug == handle)
    return Source(SourceKind.NONE, None, person.id, person.name)


async def member(session: AsyncSession, which: ColumnElement[bool]) -> User:
    """Somebody with an account. Raises NotFound."""
    found: User | None = await session.scalar(select(User).where(which, HAS_ACCOUNT))
    if found is None:
        raise NotFound(marked("There is nobody like that here."))
    return found


def _stands_where_read(actor: Actor) -> ColumnElement[bool]:
    posts: Any = select(Post.id).where(posts_visible_to(actor))
    topics: Any = select(Topic.id).join(Group, Group.id == Topic.group_id)
    return or_(
        Thread.post_id.in_(posts), Thread.topic_id.in_(topics.where(topics_visible_to(actor)))
    )


async def _author_of(session: AsyncSession, post_id: int | None) -> int | None:
    query = select(PostAuthor.user_id).where(PostAuthor.post_id == post_id)
    found: int | None = await session.scalar(query.order_by(PostAuthor.position).limit(1))
    return found
